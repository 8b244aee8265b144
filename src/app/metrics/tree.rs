//! The metrics of a case as a tree, namespace and names of dimensions and metric, and the rows of it that are listed.

use crate::import::metrics::Metric;
use crate::watch::series::{Catalog, Listed};
use std::collections::{BTreeMap, HashMap};

/// Metrics listed of a group at first, and how many are added at a time.
const FIRST: usize = 60;
const STEP: usize = 200;

/// Rows on the page at most, so that ten thousand metrics cost no more than these.
const ROWS_MAX: usize = 600;

/// So many metrics are shown in groups that nobody opened.
const FEW: usize = 30;

/// A namespace; `None` for what files do not name.
pub type Space = Option<String>;

/// A group of the tree: a namespace, or metrics of it whose dimensions have the same names.
pub type Group = (Space, Option<Vec<String>>);

/// A row of the list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Row {
    /// The head of a group.
    Group(Group),
    /// A metric.
    Metric(Metric),
    /// There is more of a group.
    More(Group),
    /// There is more, and searching is the way to it.
    Rest,
}

/// The tree. Metrics by their place in the catalog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    spaces: BTreeMap<Space, BTreeMap<Vec<String>, Vec<usize>>>,
    /// Metrics in it.
    pub count: usize,
}

/// What a metric is found by: all that it is, in small letters.
#[must_use]
pub fn haystack(listed: &Listed) -> String {
    let metric = &listed.metric;
    let parts = [&metric.unit, &metric.account, &metric.region, &listed.id];
    let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    format!("{} {}", metric.title(), parts.join(" ")).to_lowercase()
}

impl Tree {
    /// Of those metrics of a catalog for which `found` holds.
    #[must_use]
    pub fn of(catalog: &Catalog, found: impl Fn(usize) -> bool) -> Self {
        let mut tree = Self::default();
        for (at, listed) in catalog.series.iter().enumerate().filter(|(at, _)| found(*at)) {
            let metric = &listed.metric;
            let names = metric.dimensions.iter().map(|(name, _)| name.clone()).collect();
            let space = tree.spaces.entry(metric.namespace.clone()).or_default();
            space.entry(names).or_default().push(at);
            tree.count += 1;
        }
        tree
    }

    /// The metrics of a group, by place.
    #[must_use]
    pub fn members(&self, (space, names): &Group) -> Vec<usize> {
        let Some(sets) = self.spaces.get(space) else { return Vec::new() };
        match names {
            Some(names) => sets.get(names).cloned().unwrap_or_default(),
            None => sets.values().flatten().copied().collect(),
        }
    }

    /// How many metrics a group has.
    #[must_use]
    pub fn size(&self, (space, names): &Group) -> usize {
        let Some(sets) = self.spaces.get(space) else { return 0 };
        match names {
            Some(names) => sets.get(names).map_or(0, Vec::len),
            None => sets.values().map(Vec::len).sum(),
        }
    }

    /// Whether a group is open that nobody opened or closed: where that shows little, or leaves no choice.
    #[must_use]
    pub fn is_open_at_first(&self, (space, names): &Group) -> bool {
        let one = match names {
            None => self.spaces.len() == 1,
            Some(_) => self.spaces.get(space).is_some_and(|sets| sets.len() == 1) && self.spaces.len() == 1,
        };
        one || self.count <= FEW
    }

    /// The rows to list.
    #[must_use]
    pub fn rows(
        &self,
        catalog: &Catalog,
        is_open: impl Fn(&Group) -> bool,
        limits: &HashMap<Group, usize>,
    ) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut left_out = false;
        // What has no name comes last: it is what there is least to do with.
        let (named, unnamed): (Vec<_>, Vec<_>) = self.spaces.iter().partition(|(space, _)| space.is_some());
        for (space, sets) in named.into_iter().chain(unnamed) {
            let head = (space.clone(), None);
            rows.push(Row::Group(head.clone()));
            if !is_open(&head) {
                continue;
            }
            for (names, metrics) in sets {
                let group = (space.clone(), Some(names.clone()));
                // The files of what has no name are no dimension that one would choose by.
                let headed = space.is_some();
                if headed {
                    rows.push(Row::Group(group.clone()));
                }
                if headed && !is_open(&group) {
                    continue;
                }
                let limit = limits.get(&group).copied().unwrap_or(FIRST);
                let room = ROWS_MAX.saturating_sub(rows.len());
                let shown = metrics.len().min(limit).min(room);
                let metric = |at: &usize| catalog.series.get(*at).map(|listed| Row::Metric(listed.metric.clone()));
                rows.extend(metrics[..shown].iter().filter_map(metric));
                left_out |= shown < metrics.len().min(limit);
                if limit < metrics.len() && !left_out {
                    rows.push(Row::More(group));
                }
            }
        }
        if left_out {
            rows.push(Row::Rest);
        }
        rows
    }
}

/// The next limit of a group, in round numbers.
#[must_use]
pub fn further(limit: Option<usize>) -> usize {
    limit.unwrap_or(FIRST) / STEP * STEP + STEP
}

/// How many of a group are not listed.
#[must_use]
pub fn beyond(size: usize, limit: Option<usize>) -> usize {
    size.saturating_sub(limit.unwrap_or(FIRST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog(count: usize) -> Catalog {
        let metric = |n: usize| Metric {
            namespace: (!n.is_multiple_of(10)).then(|| format!("AWS/{}", n % 3)),
            name: format!("m{n:05}"),
            dimensions: vec![("InstanceId".into(), format!("i-{n}"))],
            ..Metric::default()
        };
        let mut metrics: Vec<Metric> = (0..count).map(metric).collect();
        metrics.sort();
        let series = metrics.into_iter().map(|metric| Listed { metric, id: None, stored: Vec::new() });
        Catalog { series: series.collect(), ..Catalog::default() }
    }

    #[test]
    fn few_are_open_and_many_are_not() {
        let few = catalog(20);
        let tree = Tree::of(&few, |_| true);
        let rows = tree.rows(&few, |group| tree.is_open_at_first(group), &HashMap::new());
        assert_eq!(rows.iter().filter(|row| matches!(row, Row::Metric(_))).count(), 20);
        // Those without a name stand last, and have no second head.
        assert_eq!(rows.iter().position(|row| *row == Row::Group((None, None))), Some(rows.len() - 3));
        let many = catalog(10_000);
        let tree = Tree::of(&many, |_| true);
        let rows = tree.rows(&many, |group| tree.is_open_at_first(group), &HashMap::new());
        assert_eq!(rows.len(), 4);
    }

    #[test]
    fn the_page_never_has_more_than_some_hundred_rows() {
        let many = catalog(10_000);
        let tree = Tree::of(&many, |_| true);
        let group = (Some("AWS/1".to_owned()), Some(vec!["InstanceId".to_owned()]));
        assert_eq!(tree.members(&group).len(), tree.size(&group));
        let mut limits = HashMap::new();
        let rows = tree.rows(&many, |_| true, &limits);
        assert_eq!(rows.iter().filter(|row| matches!(row, Row::More(_))).count(), 4);
        assert_eq!(beyond(tree.size(&group), None), tree.size(&group) - FIRST);
        limits.insert(group.clone(), further(None));
        assert_eq!(limits[&group], STEP);
        for _ in 0..20 {
            limits.insert(group.clone(), further(limits.get(&group).copied()));
        }
        let rows = tree.rows(&many, |_| true, &limits);
        assert!(rows.len() <= ROWS_MAX + 10, "{}", rows.len());
        assert_eq!(rows.last(), Some(&Row::Rest));
    }

    #[test]
    fn what_is_looked_for_may_be_any_part() {
        let listed = Listed {
            metric: Metric {
                namespace: Some("AWS/EC2".into()),
                name: "CPUUtilization".into(),
                dimensions: vec![("InstanceId".into(), "i-0A".into())],
                unit: Some("Percent".into()),
                ..Metric::default()
            },
            id: None,
            stored: Vec::new(),
        };
        let hay = haystack(&listed);
        assert!(["aws/ec2", "cpuutil", "i-0a", "percent"].iter().all(|word| hay.contains(word)), "{hay}");
    }
}
