//! Paths: every place in a record where a value was seen, as a tree of steps. A parent's id is smaller than its
//! children's, so one pass in the order of ids can compute anything that follows from the parent.

use super::secret;
use hashbrown::HashMap;

/// Number of a path in its store; [`ROOT`] is the record itself.
pub type PathId = u32;

/// The path of the record itself.
pub const ROOT: PathId = 0;

/// One step from a container to something in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PathStep {
    /// A member of an object, by the number of its key in [`Paths::key`].
    Key(u32),
    /// An element of an array, from 0.
    Index(u32),
}

/// What the store knows of one path.
#[derive(Clone, Debug)]
pub struct PathNode {
    /// The container's path ([`ROOT`] for the root itself).
    pub parent: PathId,
    /// The step from there; meaningless for the root.
    pub step: PathStep,
    /// Containers around the value: 0 for the root.
    pub depth: u16,
    /// A value here or below must not be searched or shown (see [`secret`]).
    pub secret: bool,
    /// From now on a container here is kept as one raw text: it has too many different keys to be shredded.
    pub raw: bool,
    /// This path with every array index taken as 0: values of all elements share one dictionary.
    pub family: PathId,
    /// Different keys seen below.
    pub keys: u32,
}

/// The tree of paths of one store.
#[derive(Debug)]
pub struct Paths {
    nodes: Vec<PathNode>,
    keys: Vec<Box<str>>,
    key_ids: HashMap<Box<str>, u32, foldhash::fast::FixedState>,
    children: HashMap<(PathId, PathStep), PathId, foldhash::fast::FixedState>,
}

impl Default for Paths {
    fn default() -> Self {
        let root = PathNode {
            parent: ROOT,
            step: PathStep::Index(0),
            depth: 0,
            secret: false,
            raw: false,
            family: ROOT,
            keys: 0,
        };
        Self { nodes: vec![root], keys: Vec::new(), key_ids: HashMap::default(), children: HashMap::default() }
    }
}

impl Paths {
    /// All paths, in the order of their ids.
    #[must_use]
    pub fn nodes(&self) -> &[PathNode] {
        &self.nodes
    }

    /// What is known of one path.
    #[must_use]
    pub fn node(&self, path: PathId) -> &PathNode {
        &self.nodes[path as usize]
    }

    /// Marks a container path as kept raw from now on.
    pub(super) fn mark_raw(&mut self, path: PathId) {
        self.nodes[path as usize].raw = true;
    }

    /// The text of a key.
    #[must_use]
    pub fn key(&self, key: u32) -> &str {
        &self.keys[key as usize]
    }

    /// The number of a key, if any record had it.
    #[must_use]
    pub fn key_id(&self, key: &str) -> Option<u32> {
        self.key_ids.get(key).copied()
    }

    /// The member `key` of the object at `parent`, if seen before.
    #[must_use]
    pub fn member(&self, parent: PathId, key: &str) -> Option<PathId> {
        self.children.get(&(parent, PathStep::Key(self.key_id(key)?))).copied()
    }

    /// The member `key` of the object at `parent`, made if new.
    pub(super) fn member_or_new(&mut self, parent: PathId, key: &str) -> PathId {
        let id = match self.key_ids.get(key) {
            Some(&id) => id,
            None => {
                let id = self.keys.len() as u32;
                self.keys.push(key.into());
                self.key_ids.insert(key.into(), id);
                id
            }
        };
        self.child(parent, PathStep::Key(id))
    }

    /// The element `index` of the array at `parent`, made if new.
    pub(super) fn element_or_new(&mut self, parent: PathId, index: u32) -> PathId {
        self.child(parent, PathStep::Index(index))
    }

    fn child(&mut self, parent: PathId, step: PathStep) -> PathId {
        if let Some(&id) = self.children.get(&(parent, step)) {
            return id;
        }
        let above = self.nodes[parent as usize].clone();
        let secret =
            above.secret || matches!(step, PathStep::Key(key) if secret::is_secret_key(&self.keys[key as usize]));
        // The family of a child of element 3 is the child of element 0: made first, so that parents keep smaller ids.
        let first = match step {
            PathStep::Index(_) => PathStep::Index(0),
            key => key,
        };
        let family = if above.family == parent && first == step { None } else { Some(self.child(above.family, first)) };
        let id = self.nodes.len() as PathId;
        self.nodes.push(PathNode {
            parent,
            step,
            depth: above.depth.saturating_add(1),
            secret,
            raw: false,
            family: family.unwrap_or(id),
            keys: 0,
        });
        if matches!(step, PathStep::Key(_)) {
            self.nodes[parent as usize].keys += 1;
        }
        self.children.insert((parent, step), id);
        id
    }

    /// The path as people write it: `requestParameters.instancesSet.items[0].instanceId`; a key that is not a plain word
    /// stands in brackets and quotes. The root is empty.
    #[must_use]
    pub fn text(&self, path: PathId) -> String {
        let mut steps = Vec::new();
        let mut at = path;
        while at != ROOT {
            let node = self.node(at);
            steps.push(node.step);
            at = node.parent;
        }
        let mut out = String::new();
        for step in steps.into_iter().rev() {
            match step {
                PathStep::Index(index) => {
                    out.push('[');
                    out.push_str(&index.to_string());
                    out.push(']');
                }
                PathStep::Key(key) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(self.key(key));
                }
            }
        }
        out
    }

    /// Heap bytes held, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<PathNode>()
            + self.children.capacity() * (size_of::<((PathId, PathStep), PathId)>() + 1)
            + self.keys.iter().map(|key| 2 * (key.len() + 24)).sum::<usize>()
    }
}
