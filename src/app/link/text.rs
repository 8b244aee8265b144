//! The view as the text behind the `#` of an address, and back. Only what differs from what is seen at first is written, in
//! words that a person can read and change. What is not understood is left out, so that a link of another version, or one
//! that was cut off, still shows what it can.

use super::bench;
use super::charts::{self, Charts};
use crate::app::field;
use crate::app::filters::Draft;
use crate::app::view::{
    COLUMNS, Column, FACETS, FileFilter, LOG_COLUMNS, LaneOrder, Lanes, Room, Span, Stack, columns_of,
};
use crate::app::zone::Zone;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// Entries of one list that are read: nobody chooses more by hand.
const LONGEST: usize = 500;

/// The widest a column may be, and the narrowest, in CSS pixels.
const WIDTHS: std::ops::RangeInclusive<u32> = 24..=4_000;

/// Instants that browsers and calendars have, in milliseconds.
const INSTANTS: std::ops::RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

/// Characters that would end the text, mean something in it, or be changed on the way through chats and mails.
const ESCAPED: &AsciiSet = &CONTROLS
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'\'')
    .add(b'(')
    .add(b')')
    .add(b'+')
    .add(b'<')
    .add(b'=')
    .add(b'>')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// All that a link says.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The query.
    pub query: String,
    /// Clauses that were switched off.
    pub disabled: Vec<String>,
    /// The ranges zoomed into.
    pub zoom: Vec<Span>,
    /// The columns of the table.
    pub columns: Vec<Column>,
    /// The columns of log lines in their room.
    pub line_columns: Vec<Column>,
    /// Whether their messages are wrapped.
    pub wrap: bool,
    /// The field that it is sorted by; `None` for the time.
    pub sorted_by: Option<String>,
    /// Whether the other way round.
    pub descending: bool,
    /// What the bars are stacked by.
    pub stack: Stack,
    /// What those of log lines are stacked by.
    pub line_stack: Stack,
    /// The lanes of the timeline.
    pub lanes: Lanes,
    /// The fields of the facets.
    pub facets: Vec<String>,
    /// Whether they are shown.
    pub facets_open: bool,
    /// The room.
    pub room: Room,
    /// The zone of all times.
    pub zone: Zone,
    /// Which files are listed.
    pub files: FileFilter,
    /// The identity of the selected event.
    pub event: Option<u64>,
    /// Whether its detail is shown.
    pub detail: bool,
    /// The metric filter in the bench.
    pub draft: Draft,
    /// The charts.
    pub charts: Charts,
}

impl Default for Said {
    fn default() -> Self {
        Self {
            query: String::new(),
            disabled: Vec::new(),
            zoom: Vec::new(),
            columns: columns_of(&COLUMNS),
            line_columns: columns_of(&LOG_COLUMNS),
            wrap: false,
            sorted_by: None,
            descending: false,
            stack: Stack { field: "result".to_owned(), share: false },
            line_stack: Stack { field: "severity".to_owned(), share: false },
            lanes: Lanes {
                field: "actor".to_owned(),
                order: LaneOrder::default(),
                pinned: Vec::new(),
                hidden: Vec::new(),
            },
            facets: FACETS.map(str::to_owned).into(),
            facets_open: true,
            room: Room::Events,
            zone: Zone::default(),
            files: FileFilter::default(),
            event: None,
            detail: false,
            draft: Draft::default(),
            charts: Charts::default(),
        }
    }
}

const FILTERS: [(&str, FileFilter); 4] = [
    ("problems", FileFilter::Problems),
    ("not-opened", FileFilter::NotOpened),
    ("no-events", FileFilter::NoEvents),
    ("left-out", FileFilter::LeftOut),
];

const ORDERS: [(&str, LaneOrder); 3] =
    [("first", LaneOrder::First), ("last", LaneOrder::Last), ("count", LaneOrder::Count)];

/// The text of a link, without the `#`; empty for what is seen at first.
#[must_use]
pub fn encode(said: &Said) -> String {
    let first = Said::default();
    let mut text = String::new();
    let mut put = |key: &str, value: &str| {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(key);
        text.push('=');
        // Pluses for spaces, as in any form: a query stays readable.
        text.push_str(&utf8_percent_encode(value, ESCAPED).to_string().replace(' ', "+"));
    };
    if !said.query.is_empty() {
        put("q", &said.query);
    }
    said.disabled.iter().for_each(|clause| put("off", clause));
    said.zoom.iter().for_each(|span| put("t", &format!("{}..{}", span.from, span.to)));
    if said.room != first.room {
        put("room", &said.room.title().to_lowercase());
    }
    if said.columns != first.columns {
        put("cols", &columns(&said.columns));
    }
    if said.line_columns != first.line_columns {
        put("lcols", &columns(&said.line_columns));
    }
    if said.wrap {
        put("wrap", "on");
    }
    if said.sorted_by.is_some() || said.descending {
        let field = said.sorted_by.as_deref().map_or_else(|| "time".to_owned(), escaped);
        put("sort", &(field + if said.descending { "~down" } else { "" }));
    }
    for (key, stack, usual) in [("stack", &said.stack, &first.stack), ("lstack", &said.line_stack, &first.line_stack)] {
        if stack != usual {
            put(key, &(escaped(&stack.field) + if stack.share { "~share" } else { "" }));
        }
    }
    if (&said.lanes.field, said.lanes.order) != (&first.lanes.field, first.lanes.order) {
        let order = ORDERS.iter().find(|(_, order)| *order == said.lanes.order && *order != first.lanes.order);
        let order = order.map_or_else(String::new, |(word, _)| format!("~{word}"));
        put("lanes", &(escaped(&said.lanes.field) + &order));
    }
    if !said.lanes.pinned.is_empty() {
        put("pin", &list(&said.lanes.pinned));
    }
    if !said.lanes.hidden.is_empty() {
        put("hide", &list(&said.lanes.hidden));
    }
    if said.facets != first.facets {
        put("facets", &list(&said.facets));
    }
    if !said.facets_open {
        put("side", "closed");
    }
    if said.zone != first.zone {
        put("zone", said.zone.name());
    }
    match said.files {
        FileFilter::All => {}
        FileFilter::Problem(kind) => {
            if let Ok(serde_json::Value::String(name)) = serde_json::to_value(kind) {
                put("files", &name);
            }
        }
        filter => FILTERS.iter().filter(|(_, known)| *known == filter).for_each(|(word, _)| put("files", word)),
    }
    if let Some(event) = said.event {
        put("e", &format!("{event:016x}"));
        if said.detail {
            put("detail", "open");
        }
    }
    bench::put(&said.draft, &mut put);
    charts::put(&said.charts, &mut put);
    text
}

/// What a link says; what is not understood stays as it is seen at first.
#[must_use]
pub fn decode(text: &str) -> Said {
    let mut said = Said::default();
    let mut detail = false;
    for (key, value) in text.trim_start_matches('#').split('&').filter_map(|pair| pair.split_once('=')) {
        let value = value.replace('+', " ");
        // Bytes that are no text are no value either.
        let Ok(value) = percent_decode_str(&value).decode_utf8() else { continue };
        match key {
            "q" => said.query = value.into_owned(),
            "off" if said.disabled.len() < LONGEST => said.disabled.push(value.into_owned()),
            "t" if said.zoom.len() < LONGEST => said.zoom.extend(span(&value)),
            "room" => {
                let room = Room::ALL.into_iter().find(|room| room.title().eq_ignore_ascii_case(&value));
                said.room = room.unwrap_or(said.room);
            }
            "cols" | "lcols" => {
                let column = |(field, width): (String, String)| {
                    let width = width.parse().ok().map(|width: u32| width.clamp(*WIDTHS.start(), *WIDTHS.end()));
                    Column { field, width }
                };
                let columns: Vec<Column> = fields(&value).map(column).collect();
                if !columns.is_empty() || value.is_empty() {
                    *(if key == "cols" { &mut said.columns } else { &mut said.line_columns }) = columns;
                }
            }
            "wrap" => said.wrap = value == "on",
            "sort" => match &parts(&value).next() {
                Some((field, way)) if field == "time" => (said.sorted_by, said.descending) = (None, way == "down"),
                Some((field, way)) if field::select(field).is_some() => {
                    (said.sorted_by, said.descending) = (Some(field.clone()), way == "down");
                }
                _ => {}
            },
            "stack" | "lstack" => {
                if let Some((field, share)) = fields(&value).next() {
                    let stack = Stack { field, share: share == "share" };
                    *(if key == "stack" { &mut said.stack } else { &mut said.line_stack }) = stack;
                }
            }
            "lanes" => {
                if let Some((field, order)) = fields(&value).next() {
                    let known = ORDERS.iter().find(|(word, _)| *word == order);
                    said.lanes.field = field;
                    said.lanes.order = known.map_or_else(LaneOrder::default, |(_, order)| *order);
                }
            }
            "pin" => said.lanes.pinned = parts(&value).map(|(value, _)| value).collect(),
            "hide" => said.lanes.hidden = parts(&value).map(|(value, _)| value).collect(),
            "facets" => {
                let facets: Vec<String> = fields(&value).map(|(field, _)| field).collect();
                if !facets.is_empty() || value.is_empty() {
                    said.facets = facets;
                }
            }
            "side" => said.facets_open = value != "closed",
            "zone" => said.zone = if value == Zone::Local.name() { Zone::Local } else { Zone::Utc },
            "files" => said.files = filter(&value).unwrap_or_default(),
            "e" => said.event = u64::from_str_radix(&value, 16).ok(),
            "detail" => detail = value == "open",
            key if charts::read(&mut said.charts, key, &value) => {}
            key => bench::read(&mut said.draft, key, &value),
        }
    }
    said.detail = detail && said.event.is_some();
    said
}

/// Columns with the widths that were set.
fn columns(columns: &[Column]) -> String {
    let parts = columns.iter().map(|column| match column.width {
        Some(width) => format!("{}~{width}", escaped(&column.field)),
        None => escaped(&column.field),
    });
    parts.collect::<Vec<_>>().join(",")
}

fn span(value: &str) -> Option<Span> {
    let (from, to) = value.split_once("..")?;
    let (from, to) = (from.parse().ok()?, to.parse().ok()?);
    (from < to && INSTANTS.contains(&from) && INSTANTS.contains(&to)).then_some(Span { from, to })
}

fn filter(value: &str) -> Option<FileFilter> {
    let word = FILTERS.iter().find(|(word, _)| *word == value).map(|(_, filter)| *filter);
    word.or_else(|| Some(FileFilter::Problem(serde_json::from_value(value.into()).ok()?)))
}

/// An entry of a list: commas and tildes in it mean themselves.
pub(super) fn escaped(entry: &str) -> String {
    let mut out = String::with_capacity(entry.len());
    for char in entry.chars() {
        if matches!(char, ',' | '~' | '\\') {
            out.push('\\');
        }
        out.push(char);
    }
    out
}

fn list(entries: &[String]) -> String {
    // A tilde tells an empty text from no entry at all.
    let entry = |entry: &String| if entry.is_empty() { "~".to_owned() } else { escaped(entry) };
    entries.iter().map(entry).collect::<Vec<_>>().join(",")
}

/// The entries of a list, each with what stands behind its tilde.
pub(super) fn parts(text: &str) -> impl Iterator<Item = (String, String)> {
    let mut entries = vec![[String::new(), String::new()]];
    let mut at = 0;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            ',' => {
                entries.push([String::new(), String::new()]);
                at = 0;
            }
            '~' => at = 1,
            '\\' => entries.iter_mut().next_back().into_iter().for_each(|entry| entry[at].extend(chars.next())),
            char => entries.iter_mut().next_back().into_iter().for_each(|entry| entry[at].push(char)),
        }
    }
    if text.is_empty() {
        entries.clear();
    }
    entries.truncate(LONGEST);
    entries.into_iter().map(|[entry, behind]| (entry, behind))
}

/// The entries that are fields of events.
fn fields(text: &str) -> impl Iterator<Item = (String, String)> {
    parts(text).filter(|(field, _)| field::select(field).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::ProblemKind;
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    fn any_field() -> impl Strategy<Value = String> {
        let known = ["actor", "ip", "requestParameters.bucketName", "resources[0].ARN", "\"a, b~c\"", "@via"];
        prop_oneof![
            proptest::sample::select(known.map(str::to_owned).to_vec()),
            any::<String>()
                .prop_map(|key| crate::query::kql::written_field(&key))
                .prop_filter("a field", |field| field::select(field).is_some()),
        ]
    }

    fn any_files() -> impl Strategy<Value = FileFilter> {
        prop_oneof![
            Just(FileFilter::All),
            proptest::sample::select(FILTERS.map(|(_, filter)| filter).to_vec()),
            proptest::sample::select(vec![ProblemKind::TooLarge, ProblemKind::Undated]).prop_map(FileFilter::Problem),
        ]
    }

    prop_compose! {
        fn any_lanes()(
            field in any_field(),
            order in proptest::sample::select(ORDERS.map(|(_, order)| order).to_vec()),
            pinned in vec(any::<String>(), 0..4),
            hidden in vec(any::<String>(), 0..4),
        ) -> Lanes {
            Lanes { field, order, pinned, hidden }
        }
    }

    prop_compose! {
        fn any_said()(
            (query, disabled, zoom) in (any::<String>(), vec(any::<String>(), 0..3), vec((-9_999_999i64..9_999_999, 1..9i64), 0..3)),
            columns in vec((any_field(), option::of(24u32..4_000)), 0..5),
            (line_columns, wrap) in (vec((any_field(), option::of(24u32..4_000)), 0..5), any::<bool>()),
            (line_stack, line_share) in (any_field(), any::<bool>()),
            (sorted_by, descending) in (option::of(any_field()), any::<bool>()),
            (stack, share, lanes) in (any_field(), any::<bool>(), any_lanes()),
            (facets, facets_open) in (vec(any_field(), 0..4), any::<bool>()),
            (room, local, files) in (0..Room::ALL.len(), any::<bool>(), any_files()),
            (event, detail) in (option::of(any::<u64>()), any::<bool>()),
            (draft, charts) in (bench::any_draft(), charts::any_charts()),
        ) -> Said {
            Said {
                query,
                disabled,
                zoom: zoom.into_iter().map(|(from, length)| Span { from, to: from + length }).collect(),
                columns: columns.into_iter().map(|(field, width)| Column { field, width }).collect(),
                line_columns: line_columns.into_iter().map(|(field, width)| Column { field, width }).collect(),
                wrap,
                sorted_by,
                descending,
                stack: Stack { field: stack, share },
                line_stack: Stack { field: line_stack, share: line_share },
                lanes,
                facets,
                facets_open,
                room: Room::ALL[room],
                zone: if local { Zone::Local } else { Zone::Utc },
                files,
                event,
                detail: detail && event.is_some(),
                draft,
                charts,
            }
        }
    }

    proptest! {
        #[test]
        fn a_link_says_what_it_was_made_of(said in any_said()) {
            let text = encode(&said);
            prop_assert!(text.is_ascii() && !text.contains([' ', '#', '<', '>', '"', '`']), "{}", text);
            prop_assert_eq!(decode(&text), said);
        }

        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            let said = decode(&text);
            prop_assert_eq!(decode(&encode(&said)), said);
        }

        #[test]
        fn no_value_breaks_it(key in "q|off|t|room|cols|lcols|wrap|sort|stack|lstack|lanes|pin|hide|facets|side|zone|files|e|detail|pattern|period|scope|counting|dim|chart|line|level|edit", value in any::<String>()) {
            let said = decode(&format!("{key}={value}"));
            prop_assert_eq!(decode(&encode(&said)), said);
        }
    }

    #[test]
    fn links_are_short_and_readable() {
        assert_eq!(encode(&Said::default()), "");
        let said = Said {
            query: "result: denied and actor: \"J. Doe\"".to_owned(),
            zoom: vec![Span { from: 1_688_990_399_000, to: 1_688_993_999_000 }],
            stack: Stack { field: "service".to_owned(), share: true },
            room: Room::Timeline,
            event: Some(0xab),
            ..Said::default()
        };
        let text = "q=result:+denied+and+actor:+%22J.+Doe%22&t=1688990399000..1688993999000&room=timeline\
                    &stack=service~share&e=00000000000000ab";
        assert_eq!(encode(&said), text);
        // Written by hand, or by another version.
        let other = "#q=result%3A%20denied%20and%20actor%3A%20%22J.%20Doe%22&room=nowhere&later=1&t=5..3&cols&e=xyz";
        assert_eq!(decode(other), Said { query: said.query, ..Said::default() });
    }
}
