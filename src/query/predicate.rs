//! The one predicate. Every language (search box, and later Insights, filter patterns, event patterns, Sigma) becomes a
//! [`Predicate`], and [`crate::query::scan`] is the only thing that evaluates one over a store.
//!
//! The languages differ in exactly three things, so every [`Test`] states all three: which values its path selects
//! ([`Select`]), how type and case are compared ([`Compare`]), and what absence yields ([`Test::absent`]).

use crate::query::spaces::Spaces;
use crate::trail::Derived;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// A condition on one event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Predicate {
    /// Holds for every event.
    Everything,
    /// Holds for no event.
    Nothing,
    /// Holds where the inner one does not.
    Not(Box<Predicate>),
    /// Holds where all do; an empty list holds.
    And(Vec<Predicate>),
    /// Holds where any does; an empty list does not hold.
    Or(Vec<Predicate>),
    /// A test on the values that a path selects.
    Test(Test),
    /// Some value anywhere in the event satisfies the text test; keys, derived values and secret values are not looked at.
    AnyValue(TextTest),
    /// The event's time lies in the range; an undated event never does.
    Time(TimeRange),
    /// The event has a time at all.
    Dated,
    /// The path of the file that the event came from satisfies the text test.
    File(TextTest),
    /// Some one element of an array that `array` selects satisfies `of`, whose paths start at the element.
    SomeElement {
        /// Selects the array (not its elements).
        array: Select,
        /// Asked of each element alone.
        of: Box<Predicate>,
    },
}

/// A test on the values at a path: holds when any selected value satisfies any of `any`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Test {
    /// Which values.
    pub select: Select,
    /// The comparisons, of which one is enough.
    pub any: Vec<Compare>,
    /// The answer for an event in which `select` selects nothing.
    pub absent: bool,
}

/// Which values of an event a test looks at: a pattern over paths from the record's root (or the array element's, inside
/// [`Predicate::SomeElement`]).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Select {
    /// The steps, from the root.
    pub steps: Vec<Step>,
    /// Whether arrays between and after the steps are stepped through silently.
    pub arrays: Arrays,
}

/// One step of a [`Select`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Step {
    /// The member of an object with this key, case-sensitive.
    Key(String),
    /// Any one member of an object.
    AnyKey,
    /// Zero or more steps of any kind (`*.name`).
    AnyDepth,
    /// The element of an array with this index, from 0.
    Index(u32),
    /// Any one element of an array (`[]`).
    AnyElement,
    /// A derived value of the event. It is the only step then.
    Derived(Derived),
    /// The text of the event as a log message: that of a line of text, or the whole record as one JSON text without white
    /// space, secret values masked; a row of Insights results has none. It is the only step then.
    Message,
}

/// How a [`Select`] treats arrays that it does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Arrays {
    /// A key step, and the end of the path, also look inside arrays at any depth (KQL).
    Through,
    /// Only a step that names an element enters an array.
    Exact,
}

impl Select {
    /// A plain path of keys that steps through arrays: `Select::keys("userIdentity.arn")`. Dots always separate keys.
    #[must_use]
    pub fn keys(path: &str) -> Self {
        Self { steps: path.split('.').map(|key| Step::Key(key.to_owned())).collect(), arrays: Arrays::Through }
    }

    /// The values that are derived from an event.
    #[must_use]
    pub fn of_derived(derived: Derived) -> Self {
        Self { steps: vec![Step::Derived(derived)], arrays: Arrays::Exact }
    }

    /// The text of an event as a log message.
    #[must_use]
    pub fn message() -> Self {
        Self { steps: vec![Step::Message], arrays: Arrays::Exact }
    }

    /// Whether it selects the text of an event as a log message.
    #[must_use]
    pub fn is_message(&self) -> bool {
        self.steps == [Step::Message]
    }

    /// Which derived value it selects, if it is one.
    #[must_use]
    pub fn derived(&self) -> Option<Derived> {
        match self.steps[..] {
            [Step::Derived(derived)] => Some(derived),
            _ => None,
        }
    }
}

/// One comparison of one value. Text of a value: a string itself, a number as it was written, `true` or `false`.
/// Containers satisfy only [`Compare::Present`]; null satisfies only [`Compare::Null`] and [`Compare::Not`]; a value at a secret
/// path only the first two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Compare {
    /// The value is anything but null; an object or array counts, empty or not.
    Present,
    /// The value is an explicit JSON null.
    Null,
    /// The value's text satisfies the test, for values of the given types.
    Text {
        /// The test.
        test: TextTest,
        /// The JSON types it applies to.
        types: Types,
    },
    /// A JSON number that equals this one (as 64-bit floating point).
    Number(f64),
    /// A string that is an IPv4 or IPv6 address inside this network (a bare address is a /32 or /128).
    Net(IpNet),
    /// A JSON number, or a string that spells a number, in this order to the operand.
    Numeric {
        /// Value `op` operand.
        op: Op,
        /// The operand.
        number: f64,
    },
    /// A string, number, boolean or null that satisfies none of these.
    Not(Vec<Compare>),
    /// Ordered: numerically when the value is a JSON number and `number` is given, else by code points of the texts.
    Order {
        /// Value `op` operand.
        op: Op,
        /// The operand's text.
        text: String,
        /// The operand as a number, where it is one.
        number: Option<f64>,
    },
}

/// An order comparison, value on the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Op {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Op {
    /// Whether it holds for these numbers, value on the left.
    #[must_use]
    pub fn holds_for(self, value: f64, operand: f64) -> bool {
        value.partial_cmp(&operand).is_some_and(|order| self.holds(order))
    }

    /// Whether it holds for a value that compares so with its operand.
    #[must_use]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// The JSON types a text comparison applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Types {
    /// Strings.
    pub string: bool,
    /// Numbers, by the text they were written with.
    pub number: bool,
    /// `true` and `false`.
    pub boolean: bool,
}

impl Types {
    /// Strings, numbers and booleans.
    pub const ALL: Self = Self { string: true, number: true, boolean: true };
    /// Strings alone.
    pub const STRING: Self = Self { string: true, number: false, boolean: false };
}

/// A test on one text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TextTest {
    /// What is asked.
    pub op: TextOp,
    /// Whether letters' case counts. Ignored case means: equal after lower-casing every character by itself.
    pub case: Case,
}

/// What a [`TextTest`] asks of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TextOp {
    /// The whole text equals.
    Equals(String),
    /// The text contains.
    Contains(String),
    /// The whole text is spelled by these parts in order.
    Glob(Vec<GlobPart>),
    /// The regular expression (syntax of the `regex` crate) is found somewhere in the text.
    Regex(String),
    /// The text, split as space-delimited filter patterns split it, satisfies them. Case always counts.
    Spaces(Box<Spaces>),
}

/// A part of a glob.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum GlobPart {
    /// These characters.
    Literal(String),
    /// Any run of characters, the empty one included (`*`).
    AnyRun,
    /// Any one character (`?`).
    AnyOne,
}

/// Whether letters' case counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Case {
    /// It counts.
    Kept,
    /// It does not.
    Ignored,
}

/// A half-open range of time, `from <= t < to`, in milliseconds since 1970-01-01T00:00:00Z; an end that is `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TimeRange {
    /// First instant inside.
    pub from: Option<Instant>,
    /// First instant after.
    pub to: Option<Instant>,
}

/// A point in time, absolute or relative to the newest event loaded (`now` in the search box).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Instant {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    At(i64),
    /// This many milliseconds after the newest event (negative: before).
    Now(i64),
}

impl Predicate {
    /// Whether it asks for a derived value anywhere.
    #[must_use]
    pub fn asks(&self, derived: Derived) -> bool {
        match self {
            Self::Not(inner) | Self::SomeElement { of: inner, .. } => inner.asks(derived),
            Self::And(all) | Self::Or(all) => all.iter().any(|part| part.asks(derived)),
            Self::Test(test) => test.select.derived() == Some(derived),
            _ => false,
        }
    }

    /// Replaces every [`Instant::Now`] by an absolute time, given the newest event's (which only the session knows, since
    /// each shard sees its own events).
    #[must_use]
    pub fn resolve_now(self, newest_ms: i64) -> Self {
        let fix = |instant: Option<Instant>| {
            instant.map(|instant| match instant {
                Instant::Now(offset) => Instant::At(newest_ms.saturating_add(offset)),
                at => at,
            })
        };
        match self {
            Self::Not(inner) => Self::Not(Box::new(inner.resolve_now(newest_ms))),
            Self::And(all) => Self::And(all.into_iter().map(|p| p.resolve_now(newest_ms)).collect()),
            Self::Or(any) => Self::Or(any.into_iter().map(|p| p.resolve_now(newest_ms)).collect()),
            Self::Time(range) => Self::Time(TimeRange { from: fix(range.from), to: fix(range.to) }),
            Self::SomeElement { array, of } => Self::SomeElement { array, of: Box::new(of.resolve_now(newest_ms)) },
            other => other,
        }
    }
}
