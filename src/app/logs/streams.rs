//! What the log groups and streams of the case hold, of the query and the range of time that the page is of.

use super::lines;
use crate::app::field;
use crate::query::aggregate::{Aggregate, Answer};
use crate::query::kql::clauses::{self, Clause, Standing, standing};
use crate::query::kql::{self, Parsed};
use crate::query::predicate::{Predicate, TimeRange};
use crate::query::streams::StreamSum;
use crate::session::page::Workers;
use crate::session::questions::{self, Lost};
use crate::trail::line::Format;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The answer. Groups and streams that the query asks for do not take the others from the list: they are what else one could
/// choose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// By owner, group and stream.
    pub sums: Vec<StreamSum>,
    clauses: Vec<Clause>,
}

impl Found {
    /// How many streams the lines of the table are of.
    #[must_use]
    pub fn in_force(&self) -> usize {
        let wanted = |written: &str| {
            let select = field::select(written)?;
            let of_it = |clause: &&Clause| clause.values.as_ref().is_some_and(|named| named.select == select);
            let any = self.clauses.iter().filter(of_it).any(|clause| !clause.negated);
            any.then_some(select)
        };
        let (group, stream) = (wanted(lines::GROUP), wanted(lines::STREAM));
        let fits = |select: &Option<_>, value: &str| {
            let value = Some(value).filter(|value| !value.is_empty());
            let fits = |select| standing(&self.clauses, select, value) == Standing::Included;
            select.as_ref().is_none_or(fits)
        };
        self.sums.iter().filter(|sum| fits(&group, &sum.group) && fits(&stream, &sum.stream)).count()
    }
}

/// Asks. `text` is what the query was written as; `now` puts times in it that are relative to the newest event.
///
/// # Errors
/// See [`Lost`].
pub async fn ask(
    shards: &Workers,
    query: &Parsed,
    text: &str,
    now: impl Fn(Predicate) -> Predicate,
    within: TimeRange,
) -> Result<Found, Lost> {
    let mut predicate = query.predicate.clone();
    let mut known = Vec::new();
    // What is typed may be no query, or a newer one.
    if kql::parse(text).is_ok_and(|parsed| parsed == *query) {
        known = clauses::clauses(text);
        let without = [lines::GROUP, lines::STREAM].into_iter().filter_map(field::select);
        let rest = without.fold(text.to_owned(), |text, select| clauses::without_included(&text, &select));
        if let Ok(parsed) = kql::parse(&rest) {
            predicate = parsed.predicate;
        }
    }
    let predicate = lines::and(now(predicate));
    let answers = questions::aggregates(shards, predicate, vec![(within, Aggregate::Streams)]).await?;
    match answers.into_iter().next() {
        Some(Answer::Streams(sums)) => Ok(Found { sums, clauses: known }),
        _ => Err(Lost),
    }
}

/// What some lines hold together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Holding {
    /// Lines.
    pub lines: u64,
    /// Bytes of their messages.
    pub bytes: u64,
    /// The earliest time and the latest.
    pub span: Option<(i64, i64)>,
    /// Lines without a time.
    pub undated: u64,
    /// The forms of the messages, the commonest first.
    pub formats: Vec<(Format, u64)>,
}

impl Holding {
    fn add(&mut self, sum: &StreamSum) {
        self.lines += sum.lines;
        self.bytes += sum.bytes;
        self.undated += sum.undated;
        if let (Some(first), Some(last)) = (sum.first, sum.last) {
            let (from, to) = self.span.unwrap_or((first, last));
            self.span = Some((from.min(first), to.max(last)));
        }
        for (format, lines) in &sum.formats {
            match self.formats.iter_mut().find(|(known, _)| known == format) {
                Some((_, count)) => *count += lines,
                None => self.formats.push((*format, *lines)),
            }
        }
        self.formats.sort_by_key(|(_, lines)| std::cmp::Reverse(*lines));
    }
}

/// A log group with what is known of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// What its lines hold.
    pub holds: Holding,
    /// The accounts that own it; several where groups of the same name are.
    pub owners: BTreeSet<String>,
    /// Its streams by name, in the order of the list. One without a name is that of lines whose file names none.
    pub streams: Vec<(String, Holding)>,
    at: HashMap<String, usize>,
}

impl Group {
    /// A stream.
    #[must_use]
    pub fn stream(&self, name: &str) -> Option<&Holding> {
        self.at.get(name).and_then(|&at| self.streams.get(at)).map(|(_, holds)| holds)
    }
}

/// All log groups, by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// In the order of the list: those with the most lines first. The one without a name has the lines whose files name none.
    pub names: Vec<String>,
    /// By name.
    pub groups: HashMap<String, Group>,
    /// How many streams they have together.
    pub streams: usize,
}

/// The groups that lines were found in, those that the query takes away, and those that were only defined (`defined`: groups,
/// each with its streams).
#[must_use]
pub fn listed(found: &Found, defined: &BTreeMap<String, BTreeSet<String>>) -> Listed {
    let mut groups: HashMap<String, Group> = HashMap::new();
    let mut streams: HashMap<(&str, &str), Holding> = HashMap::new();
    for sum in &found.sums {
        let group = groups.entry(sum.group.clone()).or_default();
        group.holds.add(sum);
        if !sum.owner.is_empty() {
            group.owners.insert(sum.owner.clone());
        }
        streams.entry((&sum.group, &sum.stream)).or_default().add(sum);
    }
    for (group, names) in defined {
        groups.entry(group.clone()).or_default();
        for name in names {
            streams.entry((group, name)).or_default();
        }
    }
    let gone = found.clauses.iter().filter(|clause| clause.negated).filter_map(|clause| clause.values.as_ref());
    let gone = gone.filter(|named| Some(&named.select) == field::select(lines::GROUP).as_ref());
    for name in gone.flat_map(|named| named.values.iter().flatten()) {
        groups.entry(name.clone()).or_default();
    }
    let all = streams.len();
    for ((group, name), holds) in streams {
        if let Some(group) = groups.get_mut(group) {
            group.streams.push((name.to_owned(), holds));
        }
    }
    for group in groups.values_mut() {
        group.streams.sort_by(|(a, x), (b, y)| (y.lines, a).cmp(&(x.lines, b)));
        group.at = group.streams.iter().enumerate().map(|(at, (name, _))| (name.clone(), at)).collect();
    }
    let mut names: Vec<String> = groups.keys().cloned().collect();
    names.sort_by(|a, b| (groups[b].holds.lines, a).cmp(&(groups[a].holds.lines, b)));
    Listed { names, groups, streams: all }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(group: &str, stream: &str, lines: u64, from: i64) -> StreamSum {
        StreamSum {
            group: group.to_owned(),
            stream: stream.to_owned(),
            lines,
            bytes: lines * 10,
            first: Some(from),
            last: Some(from + 5),
            formats: vec![(Format::Text, lines)],
            ..StreamSum::default()
        }
    }

    fn found(text: &str) -> Found {
        let sums = vec![sum("", "000", 1, 9), sum("/a", "x", 2, 3), sum("/a", "y", 7, 1), sum("/b", "x", 4, 0)];
        Found { sums, clauses: clauses::clauses(text) }
    }

    #[test]
    fn groups_gather_their_streams() {
        let defined = BTreeMap::from([("/c".to_owned(), BTreeSet::from(["z".to_owned()]))]);
        let listed = listed(&found("not logGroup: \"/gone\""), &defined);
        assert_eq!(listed.names, ["/a", "/b", "", "/c", "/gone"]);
        let a = &listed.groups["/a"];
        assert_eq!((a.holds.lines, a.holds.bytes, a.holds.span), (9, 90, Some((1, 8))));
        assert_eq!(a.streams.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["y", "x"]);
        assert_eq!(a.stream("x").map(|holds| holds.lines), Some(2));
        assert_eq!((listed.streams, listed.groups["/c"].holds.lines), (5, 0));
    }

    #[test]
    fn streams_in_force_are_those_of_the_query() {
        for (text, count) in [
            ("", 4),
            ("logGroup: \"/a\"", 2),
            ("logGroup: \"/a\" and logStream: x", 1),
            ("logStream: x", 2),
            ("severity: error", 4),
        ] {
            assert_eq!(found(text).in_force(), count, "{text}");
        }
    }
}
