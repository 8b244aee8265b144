//! Comparisons made ready, and asked of values in the forms in which the store keeps them.

use super::predicate::{Case, Compare, TextOp, TextTest};
use super::search::Folded;
use super::series;
use super::text::CompiledText;
use crate::store::dictionary::{Dictionary, ValueId};
use crate::store::shape::Fixed;
use fixedbitset::FixedBitSet;
use std::net::IpAddr;

/// The comparisons of one test, of which one is enough.
pub(super) struct Comparisons<'a> {
    all: Vec<Ready<'a>>,
    /// [`Compare::Present`] is among them.
    pub present: bool,
    /// [`Compare::Null`] is among them.
    pub null: bool,
    /// [`Compare::Not`] is among them, and holds for null.
    pub null_differs: bool,
}

enum Ready<'a> {
    Text { text: CompiledText, test: &'a TextTest, string: bool, number: bool, boolean: bool },
    Not(Comparisons<'a>),
    Other(&'a Compare),
}

/// Ids of a dictionary.
pub(super) enum Ids {
    None,
    One(ValueId),
    Many(FixedBitSet),
}

impl Ids {
    #[inline]
    pub fn contains(&self, id: ValueId) -> bool {
        match self {
            Self::None => false,
            Self::One(one) => *one == id,
            Self::Many(many) => many.contains(id as usize),
        }
    }

    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }
}

impl<'a> Comparisons<'a> {
    pub fn new(any: &'a [Compare]) -> Self {
        let mut ready = Self { all: Vec::new(), present: false, null: false, null_differs: false };
        for compare in any {
            match compare {
                Compare::Present => ready.present = true,
                Compare::Null => ready.null = true,
                Compare::Text { test, types } => {
                    // An expression that does not compile was refused where it was typed; here it matches nothing.
                    if let Ok(text) = CompiledText::new(test) {
                        let (string, number, boolean) = (types.string, types.number, types.boolean);
                        ready.all.push(Ready::Text { text, test, string, number, boolean });
                    }
                }
                Compare::Not(none) => {
                    let none = Self::new(none);
                    ready.null_differs |= !none.null && !none.null_differs;
                    ready.all.push(Ready::Not(none));
                }
                other => ready.all.push(Ready::Other(other)),
            }
        }
        ready
    }

    /// The same for a test of text on values of every type.
    pub fn of_text(test: &'a TextTest) -> Self {
        let mut ready = Self { all: Vec::new(), present: false, null: false, null_differs: false };
        if let Ok(text) = CompiledText::new(test) {
            ready.all.push(Ready::Text { text, test, string: true, number: true, boolean: true });
        }
        ready
    }

    /// Whether nothing but presence and null is asked.
    pub fn is_bare(&self) -> bool {
        self.all.is_empty()
    }

    pub fn string(&self, value: &str) -> bool {
        self.all.iter().any(|ready| match ready {
            Ready::Text { text, string, .. } => *string && text.is_match(value),
            Ready::Not(none) => !none.present && !none.string(value),
            Ready::Other(Compare::Numeric { op, number }) => {
                series::number(value).is_some_and(|value| op.holds_for(value, *number))
            }
            Ready::Other(Compare::Net(net)) => value.parse::<IpAddr>().is_ok_and(|ip| net.contains(&ip)),
            Ready::Other(Compare::Order { op, text, .. }) => op.holds(value.cmp(text)),
            Ready::Other(_) => false,
        })
    }

    /// `value`: the number as it was written.
    pub fn number(&self, value: &str) -> bool {
        let float = || value.parse::<f64>().ok().filter(|number| number.is_finite());
        self.all.iter().any(|ready| match ready {
            Ready::Text { text, number, .. } => *number && text.is_match(value),
            Ready::Not(none) => !none.present && !none.number(value),
            Ready::Other(Compare::Numeric { op, number }) => float().is_some_and(|value| op.holds_for(value, *number)),
            Ready::Other(Compare::Number(wanted)) => float() == Some(*wanted),
            Ready::Other(Compare::Order { op, text, number }) => match (float(), number) {
                (Some(value), Some(operand)) => value.partial_cmp(operand).is_some_and(|order| op.holds(order)),
                _ => op.holds(value.cmp(text)),
            },
            Ready::Other(_) => false,
        })
    }

    pub fn boolean(&self, value: bool) -> bool {
        let written = if value { "true" } else { "false" };
        self.all.iter().any(|ready| match ready {
            Ready::Text { text, boolean, .. } => *boolean && text.is_match(written),
            Ready::Not(none) => !none.present && !none.boolean(value),
            Ready::Other(Compare::Order { op, text, .. }) => op.holds(written.cmp(text.as_str())),
            Ready::Other(_) => false,
        })
    }

    /// A value fixed by a shape. `selected`: the place itself, not one below it.
    pub fn fixed(&self, value: Fixed, selected: bool, secret: bool) -> bool {
        match value {
            Fixed::Null => (selected && (self.null || (self.null_differs && !secret))) || (!selected && self.present),
            Fixed::True | Fixed::False => self.present || (selected && !secret && self.boolean(value == Fixed::True)),
            Fixed::EmptyObject | Fixed::EmptyArray => self.present,
        }
    }

    /// Whether any string could satisfy the comparisons that consists of these characters only (lower case).
    pub fn could_match_only(&self, alphabet: &[u8]) -> bool {
        self.all.iter().any(|ready| match ready {
            Ready::Text { text, .. } => {
                text.literal().is_none_or(|literal| literal.folded.bytes().all(|byte| alphabet.contains(&byte)))
            }
            Ready::Not(_) | Ready::Other(_) => true,
        })
    }

    /// The one text that is looked for anywhere in a value, when that is all there is.
    pub fn fragment(&self) -> Option<&str> {
        match self.all.as_slice() {
            [Ready::Text { text, test, .. }] if matches!(test.op, TextOp::Contains(_)) => {
                text.literal().map(|literal| literal.folded)
            }
            _ => None,
        }
    }

    /// The same as it was written, when case counts.
    pub fn fragment_as_written(&self) -> Option<&str> {
        match self.all.as_slice() {
            [Ready::Text { test: TextTest { op: TextOp::Contains(text), case: Case::Kept }, .. }] => Some(text),
            _ => None,
        }
    }

    /// The ids whose strings satisfy the comparisons.
    pub fn strings(&self, dictionary: &Dictionary) -> Ids {
        self.ids(dictionary, |this, bytes| std::str::from_utf8(bytes).is_ok_and(|text| this.string(text)), true)
    }

    /// The ids whose numbers do.
    pub fn numbers(&self, dictionary: &Dictionary) -> Ids {
        self.ids(dictionary, |this, bytes| std::str::from_utf8(bytes).is_ok_and(|text| this.number(text)), false)
    }

    fn ids(&self, dictionary: &Dictionary, holds: impl Fn(&Self, &[u8]) -> bool, strings: bool) -> Ids {
        if self.all.is_empty() || dictionary.is_empty() {
            return Ids::None;
        }
        if let [Ready::Text { test: TextTest { op: TextOp::Equals(wanted), case }, string: true, .. }] =
            self.all.as_slice()
            && strings
            && *case == Case::Kept
            && dictionary.has_table()
            && dictionary.is_distinct()
        {
            return dictionary.find(wanted.as_bytes()).map_or(Ids::None, Ids::One);
        }
        let mut found = Found::default();
        // A comparison with a literal looks only where the literal is; one without must look at every string.
        let literals: Option<Vec<_>> = self
            .all
            .iter()
            .map(|ready| match ready {
                Ready::Text { text, .. } => text.literal().filter(|literal| !literal.folded.is_empty()),
                // A number or an address is also spelled as text beside it, but in other spellings too.
                Ready::Other(Compare::Number(_)) if strings => None,
                Ready::Not(_) | Ready::Other(_) => None,
            })
            .collect();
        match literals {
            Some(literals) => {
                for literal in literals {
                    if literal.folded.is_ascii() {
                        find_all(dictionary, literal.folded.as_bytes(), |id| {
                            if holds(self, dictionary.bytes(id)) {
                                found.add(id, dictionary.len());
                            }
                        });
                    }
                }
                if dictionary.has_non_ascii() {
                    for (id, text) in dictionary.iter().enumerate() {
                        if !text.is_ascii() && holds(self, text) {
                            found.add(id as ValueId, dictionary.len());
                        }
                    }
                }
            }
            None => {
                for (id, text) in dictionary.iter().enumerate() {
                    if holds(self, text) {
                        found.add(id as ValueId, dictionary.len());
                    }
                }
            }
        }
        found.into_ids()
    }
}

/// Calls `each` once with the id of every string that contains the folded text.
fn find_all(dictionary: &Dictionary, folded: &[u8], mut each: impl FnMut(ValueId)) {
    let searcher = Folded::new(folded);
    let mut at = 0;
    while let Some(found) = searcher.find(dictionary.arena(), at) {
        let (id, end) = dictionary.value_at(found);
        if found + folded.len() <= end {
            each(id);
            at = end;
        } else {
            // Over the seam of two strings: not a match.
            at = found + 1;
        }
    }
}

#[derive(Default)]
struct Found {
    first: Option<ValueId>,
    many: Option<FixedBitSet>,
}

impl Found {
    fn add(&mut self, id: ValueId, len: usize) {
        match (&mut self.many, self.first) {
            (Some(many), _) => many.insert(id as usize),
            (None, None) => self.first = Some(id),
            (None, Some(first)) if first == id => {}
            (None, Some(first)) => {
                let mut many = FixedBitSet::with_capacity(len);
                many.insert(first as usize);
                many.insert(id as usize);
                self.many = Some(many);
            }
        }
    }

    fn into_ids(self) -> Ids {
        match (self.many, self.first) {
            (Some(many), _) => Ids::Many(many),
            (None, Some(first)) => Ids::One(first),
            (None, None) => Ids::None,
        }
    }
}
