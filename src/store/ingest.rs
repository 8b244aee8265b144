//! Bytes of one record in, one row in the store: the hottest loop of the product.

use super::between::Found;
use super::derive::Fresh;
use super::lines::Line;
use super::path::{PathId, ROOT};
use super::raw::{self, RawLeaf, RawStep};
use super::shape::{Column, INT_BIAS, Kind, Shape, Span};
use super::tokens::{self, JsonError, Unescaped};
use super::trie::{Class, END, Node, Text, kind_index};
use super::{RECORD_KEYS, Store, hot, identity};
use crate::time;
use crate::trail::line::Format;

/// More shapes than this are not made; see [`Shredding::TopRaw`].
const SHAPES_MAX: usize = 16_384;

/// From this many shapes on they must not be more than a third of the rows: records that differ in their keys each time cost
/// far more as shapes than as raw texts, while ordinary logs show most of their shapes early.
const CROWDED: usize = 4_096;

/// How finely a record is shredded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(super) enum Shredding {
    /// As the trie predicts.
    Predicted,
    /// The same, but every container is measured before it is entered.
    Measured,
    /// Containers at the top but `userIdentity` are raw texts: the store has as many shapes as it can bear.
    TopRaw,
    /// The record is one raw text.
    AllRaw,
}

/// Why a record did not become a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordError {
    /// Not JSON, or (with `ended`) not all there.
    Json(JsonError),
    /// JSON, but without any of the members that make a CloudTrail record. The position after it.
    NotARecord(usize),
    /// A dictionary has reached what 32 bits can address. The position after the record.
    Full(usize),
}

impl From<JsonError> for RecordError {
    fn from(error: JsonError) -> Self {
        Self::Json(error)
    }
}

/// What the file says about a record besides the record itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around<'a> {
    /// Names of resources that only the envelope names (`lookup-events`, Event history).
    pub resources: &'a [String],
    /// The record was put together from the columns of a table that leaves things out. Where another record has the same
    /// eventID, that one is the event.
    pub partial: bool,
    /// The file cannot say how a sign-in ended (Event history CSV), so the result of one is unknown.
    pub mute_sign_in: bool,
    /// Parts of the record are missing, so that nothing can be said of how the call ended unless the record tells of a
    /// failure.
    pub incomplete: bool,
    /// The record is, or stood in, a line of CloudWatch Logs.
    pub line: Option<Line<'a>>,
}

/// A record that became a row.
#[derive(Clone, Copy, Debug)]
pub struct Ingested {
    /// Position after the record.
    pub end: usize,
    /// Bytes that are not UTF-8 were replaced.
    pub replaced: bool,
    /// It has no time that could be read.
    pub undated: bool,
    /// It is no call, but a five-minute summary of data events.
    pub summary: bool,
}

pub(super) enum Stop {
    /// Try again, shredding less.
    Coarser(Shredding),
    Failed(RecordError),
}

impl From<JsonError> for Stop {
    fn from(error: JsonError) -> Self {
        Self::Failed(RecordError::Json(error))
    }
}

impl Store {
    /// Reads the object that starts at `at` of `buf` (which has [`tokens::PADDING`] zero bytes from `end` on) and appends
    /// it as a row.
    ///
    /// # Errors
    /// See [`RecordError`]; the store is as it was, but for strings that nothing refers to.
    pub fn ingest(&mut self, buf: &[u8], at: usize, end: usize, around: &Around<'_>) -> Result<Ingested, RecordError> {
        if self.trie_is_gone {
            self.regrow();
        }
        let mut shredding = Shredding::Predicted;
        loop {
            match self.record(buf, at, end, around, shredding) {
                Ok(ingested) => return Ok(ingested),
                Err(Stop::Failed(error)) => return Err(error),
                Err(Stop::Coarser(coarser)) => shredding = coarser,
            }
        }
    }

    // Not inlined: a function of its own tiers up early in a browser, a loop inside a long one does not.
    #[inline(never)]
    fn record(
        &mut self,
        buf: &[u8],
        at: usize,
        end: usize,
        around: &Around<'_>,
        shredding: Shredding,
    ) -> Result<Ingested, Stop> {
        self.ids.clear();
        self.uuids.clear();
        let mut replaced = false;
        let mut node = 0u32;
        let mut pos = at;
        let ending = loop {
            let predicted = if shredding == Shredding::Predicted { self.trie.predict(node, buf, pos) } else { None };
            let (slot, value_at) = match predicted {
                Some((target, len)) if target & END != 0 => {
                    pos += len;
                    break target;
                }
                Some((target, len))
                    if pos + len < end && fits(self.trie.slots[target as usize].class, buf[pos + len]) =>
                {
                    (target, pos + len)
                }
                _ => match self.between(buf, pos, end, node, shredding)? {
                    Found::Value { class, path, at } => {
                        let slot = self.slot(node, class, path, shredding)?;
                        // What is raw only this time (a long array) must not become what is expected: its bytes begin as
                        // those of a short one do.
                        if shredding == Shredding::Predicted && (class != Class::Json || self.paths.node(path).raw) {
                            self.trie.learn(node, &buf[pos..at], slot);
                        }
                        (slot, at)
                    }
                    Found::End { at } => {
                        let ending = self.ending(node, shredding)?;
                        if shredding == Shredding::Predicted {
                            self.trie.learn(node, &buf[pos..at], ending);
                        }
                        pos = at;
                        break ending;
                    }
                },
            };
            (node, pos) = match self.trie.slots[slot as usize].class {
                Class::String => self.string(buf, value_at, end, slot, &mut replaced)?,
                Class::Number => self.number(buf, value_at, end, slot)?,
                Class::Json => self.json(buf, value_at, end, slot, &mut replaced)?,
            };
        };
        if pos > end {
            return Err(tokens::error(end, end, "the end of a record").into());
        }
        let shape = self.trie.endings[(ending & !END) as usize].shape;
        let undated = self.commit(shape, around, &buf[at..pos]).ok_or(Stop::Failed(RecordError::NotARecord(pos)))?;
        Ok(Ingested { end: pos, replaced, undated, summary: self.is_summary(self.rows() - 1) })
    }

    /// Appends the row, and says whether it is undated; `None` when the object is no CloudTrail record.
    fn commit(&mut self, shape: u32, around: &Around<'_>, text: &[u8]) -> Option<bool> {
        let row = self.row_shapes.len() as u32;
        let Shape { hot, time, columns, record, .. } = &self.shapes[shape as usize];
        let mut cells = [0; hot::COUNT];
        for &(column, lane) in hot {
            cells[usize::from(column)] = self.ids[lane as usize] + 1;
        }
        let mut ms = None;
        if let Some(column) = time {
            let column = &columns[*column as usize];
            let id = self.ids[column.lane as usize];
            ms = match column.kind {
                Kind::Time => Some(i64::from(id) * 1_000),
                _ => time::parse(self.dictionaries[column.dictionary as usize].text(id)),
            };
        }
        // A line of a program's log is an event whatever members it has; its own time is the file's to say.
        let line = around.line.filter(|line| line.format != Format::CloudTrail);
        if let Some(line) = line {
            ms = line.time.or(ms);
        } else if !record {
            // Only a record that is one raw text may still turn out to be one.
            let [Column { path: ROOT, kind: Kind::Json, dictionary, .. }] = columns[..] else { return None };
            ms = self.raw_record(dictionary, self.ids[0])?;
        }
        let shape_of = &self.shapes[shape as usize];
        let derived = self.deriver.derive(
            &mut Fresh {
                plan: &shape_of.plan,
                columns: &shape_of.columns,
                ids: &self.ids,
                uuids: &self.uuids,
                dictionaries: &mut self.dictionaries,
                derived: &self.derived_dictionaries,
            },
            around,
        );
        self.derived.push(&derived, &self.deriver.resources);
        if around.partial || around.incomplete {
            self.partial.push(row);
        }
        if let Some(line) = &around.line {
            let id = line.id.map(identity::of_line);
            let record = if id.is_none() { identity::of_record(text) } else { 0 };
            self.lines.push(row, id, record, line.bytes);
        }
        self.hot.push(ms, &cells);
        self.row_shapes.push(shape);
        self.shapes[shape as usize].push(row, &self.ids, &self.uuids);
        Some(ms.is_none())
    }

    /// The time of a record kept as one raw text (the inner `None`: undated); `None` when it is no record.
    fn raw_record(&self, dictionary: u32, id: u32) -> Option<Option<i64>> {
        let mut record = false;
        let mut ms = None;
        raw::leaves(self.dictionaries[dictionary as usize].bytes(id), &mut |steps, leaf| {
            if let [RawStep::Key(key), ..] = steps {
                record |= RECORD_KEYS.iter().any(|known| known.as_bytes() == key.as_ref());
                let RawLeaf::String(text) = &leaf else { return };
                let time = || std::str::from_utf8(text).ok().and_then(time::parse);
                match steps {
                    [RawStep::Key(key)] if key.as_ref() == b"eventTime" => ms = time(),
                    [RawStep::Key(around), RawStep::Key(key)]
                        if around.as_ref() == b"timeWindow" && key.as_ref() == b"windowStart" =>
                    {
                        ms = ms.or_else(time);
                    }
                    _ => {}
                }
            }
        });
        record.then_some(ms)
    }

    #[inline]
    fn string(
        &mut self,
        buf: &[u8],
        at: usize,
        end: usize,
        slot: u32,
        replaced: &mut bool,
    ) -> Result<(u32, usize), Stop> {
        let found = tokens::scan_string(buf, at, end)?;
        let inside = &buf[at..found.end];
        let after = found.end + 1;
        if !found.escaped && !found.non_ascii {
            if inside.len() == 36
                && let Some(uuid) = parse_uuid(inside)
            {
                self.uuids.extend_from_slice(&uuid);
                return Ok((self.node(slot, Kind::Uuid), after));
            }
            if inside.len() == 20
                && let Some(seconds) = time::canonical_seconds(inside)
            {
                self.ids.push(seconds);
                return Ok((self.node(slot, Kind::Time), after));
            }
            let node = self.node(slot, Kind::Text);
            self.intern(slot, node, inside, after)?;
            return Ok((node, after));
        }
        let mut scratch = std::mem::take(&mut self.scratch);
        let result = self.rare_string(inside, at, slot, after, found.escaped, &mut scratch, replaced);
        self.scratch = scratch;
        result.map(|node| (node, after))
    }

    #[expect(clippy::too_many_arguments, reason = "the rest of `string`, apart because it is rare")]
    fn rare_string(
        &mut self,
        inside: &[u8],
        at: usize,
        slot: u32,
        after: usize,
        escaped: bool,
        scratch: &mut Vec<u8>,
        replaced: &mut bool,
    ) -> Result<u32, Stop> {
        let mut kind = Kind::Text;
        if escaped {
            if tokens::unescape(inside, at, scratch)? == Unescaped::LoneSurrogate {
                kind = Kind::Escaped;
                scratch.clear();
                scratch.extend_from_slice(inside);
            }
        } else {
            scratch.clear();
            scratch.extend_from_slice(inside);
        }
        if std::str::from_utf8(scratch).is_err() {
            *replaced = true;
            *scratch = String::from_utf8_lossy(scratch).into_owned().into_bytes();
        }
        let node = self.node(slot, kind);
        self.intern(slot, node, scratch, after)?;
        Ok(node)
    }

    /// Pushes the id of a text in the dictionary of a node.
    #[inline]
    fn intern(&mut self, slot: u32, node: u32, text: &[u8], after: usize) -> Result<(), Stop> {
        let Node { dictionary, kind, .. } = self.trie.nodes[node as usize];
        let dictionary = &mut self.dictionaries[dictionary as usize];
        let slot = &mut self.trie.slots[slot as usize];
        // What stood here in the record before often stands here again; a comparison is cheaper than a hash.
        let plain = matches!(kind, Kind::Text);
        if plain
            && (slot.last as usize) < dictionary.len()
            && super::dictionary::same(dictionary.bytes(slot.last), text)
        {
            self.ids.push(slot.last);
            return Ok(());
        }
        let id = dictionary.intern(text).ok_or(Stop::Failed(RecordError::Full(after)))?;
        if plain {
            slot.last = id;
        }
        self.ids.push(id);
        Ok(())
    }

    fn number(&mut self, buf: &[u8], at: usize, end: usize, slot: u32) -> Result<(u32, usize), Stop> {
        let after = tokens::scan_number(buf, at, end)?;
        let text = &buf[at..after];
        if let Some(int) = small_int(text) {
            self.ids.push((int + INT_BIAS) as u32);
            return Ok((self.node(slot, Kind::Int), after));
        }
        let node = self.node(slot, Kind::Number);
        self.intern(slot, node, text, after)?;
        Ok((node, after))
    }

    fn json(
        &mut self,
        buf: &[u8],
        at: usize,
        end: usize,
        slot: u32,
        replaced: &mut bool,
    ) -> Result<(u32, usize), Stop> {
        let mut scratch = std::mem::take(&mut self.scratch);
        scratch.clear();
        let walked = tokens::walk_value(buf, at, end, Some(&mut scratch));
        let result = walked.map_err(Stop::from).and_then(|extent| {
            if std::str::from_utf8(&scratch).is_err() {
                *replaced = true;
                scratch = String::from_utf8_lossy(&scratch).into_owned().into_bytes();
            }
            let node = self.node(slot, Kind::Json);
            self.intern(slot, node, &scratch, extent.end)?;
            Ok((node, extent.end))
        });
        self.scratch = scratch;
        result
    }

    /// The node after a value of this kind in this slot.
    #[inline]
    fn node(&mut self, slot: u32, kind: Kind) -> u32 {
        let known = self.trie.slots[slot as usize].nodes[kind_index(kind)];
        if known != 0 { known } else { self.add_node(slot, kind) }
    }

    #[cold]
    fn add_node(&mut self, slot: u32, kind: Kind) -> u32 {
        let path = self.trie.slots[slot as usize].path;
        let dictionary = if kind.in_dictionary() { self.dictionary_for(path, kind) } else { u32::MAX };
        self.trie.add_node(slot, kind, dictionary)
    }

    fn slot(&mut self, from: u32, class: Class, path: PathId, shredding: Shredding) -> Result<u32, Stop> {
        if let Some(slot) = self.trie.find_slot(from, class, &self.text) {
            return Ok(slot);
        }
        self.room_for_more(shredding)?;
        let fixed = self.fixed.as_slice().into();
        Ok(self.trie.add_slot(from, class, Text::New(&self.text), path, fixed))
    }

    fn ending(&mut self, from: u32, shredding: Shredding) -> Result<u32, Stop> {
        if let Some(ending) = self.trie.find_ending(from, &self.text) {
            return Ok(ending);
        }
        self.room_for_more(shredding)?;
        let id = self.shapes.len() as u32;
        let ending = self.trie.add_ending(from, Text::New(&self.text), id);
        let after = self.trie.endings[(ending & !END) as usize].after;
        let shape = self.new_shape(from, after);
        self.add_shape(shape);
        Ok(ending)
    }

    /// The shape that the way to `node` spells.
    fn new_shape(&self, mut node: u32, after: Span) -> Shape {
        let mut way = Vec::new();
        while self.trie.nodes[node as usize].slot != u32::MAX {
            way.push(node);
            node = self.trie.slots[self.trie.nodes[node as usize].slot as usize].from;
        }
        let mut columns = Vec::with_capacity(way.len());
        let mut fixed = Vec::new();
        for node in way.into_iter().rev() {
            let Node { slot, kind, dictionary, .. } = self.trie.nodes[node as usize];
            let slot = &self.trie.slots[slot as usize];
            fixed.extend_from_slice(&slot.fixed);
            let fixed_before = fixed.len() as u32;
            columns.push(Column { path: slot.path, kind, dictionary, before: slot.before, fixed_before, lane: 0 });
        }
        fixed.extend_from_slice(&self.fixed);
        Shape::new(columns, after, fixed)
    }

    /// Makes the trie again from the shapes, after [`Store::settle`] gave it back.
    #[cold]
    fn regrow(&mut self) {
        for (id, shape) in self.shapes.iter().enumerate() {
            let mut node = 0;
            let mut fixed_from = 0;
            for column in &shape.columns {
                let class = class_of(column.kind);
                let text = self.trie.text(column.before).to_vec();
                let slot = match self.trie.find_slot(node, class, &text) {
                    Some(slot) => slot,
                    None => {
                        let fixed = shape.fixed[fixed_from..column.fixed_before as usize].into();
                        self.trie.add_slot(node, class, Text::Kept(column.before), column.path, fixed)
                    }
                };
                fixed_from = column.fixed_before as usize;
                node = match self.trie.slots[slot as usize].nodes[kind_index(column.kind)] {
                    0 => self.trie.add_node(slot, column.kind, column.dictionary),
                    known => known,
                };
            }
            self.trie.add_ending(node, Text::Kept(shape.after), id as u32);
        }
        self.trie_is_gone = false;
    }

    /// Whether the trie may still grow for a record shredded this finely. Records that differ in their keys each time
    /// would otherwise cost more in shapes than in values.
    fn room_for_more(&self, shredding: Shredding) -> Result<(), Stop> {
        let shapes = self.shapes.len();
        let wanted = if shapes >= 2 * SHAPES_MAX {
            Shredding::AllRaw
        } else if shapes >= SHAPES_MAX || (shapes > CROWDED && shapes * 3 > self.row_shapes.len()) {
            Shredding::TopRaw
        } else {
            return Ok(());
        };
        if shredding < wanted { Err(Stop::Coarser(wanted)) } else { Ok(()) }
    }
}

fn class_of(kind: Kind) -> Class {
    match kind {
        Kind::Text | Kind::Uuid | Kind::Time | Kind::Escaped => Class::String,
        Kind::Int | Kind::Number => Class::Number,
        Kind::Json => Class::Json,
    }
}

#[inline]
fn fits(class: Class, byte: u8) -> bool {
    match class {
        Class::String => true,
        Class::Number => byte == b'-' || byte.is_ascii_digit(),
        Class::Json => byte == b'{' || byte == b'[',
    }
}

/// The bytes of `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, lower case only, so that the text can be made again.
fn parse_uuid(text: &[u8]) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.try_into().ok()?;
    let mut out = [0; 16];
    let mut at = 0;
    for (index, byte) in out.iter_mut().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            if text[at] != b'-' {
                return None;
            }
            at += 1;
        }
        let (high, low) = (HEX[usize::from(text[at])], HEX[usize::from(text[at + 1])]);
        if (high | low) > 15 {
            return None;
        }
        *byte = high << 4 | low;
        at += 2;
    }
    Some(out)
}

const HEX: [u8; 256] = {
    let mut table = [255; 256];
    let mut digit = 0;
    while digit < 16 {
        table[b"0123456789abcdef"[digit] as usize] = digit as u8;
        digit += 1;
    }
    table
};

/// The number, when it has at most 9 digits and printing it gives back the same text.
fn small_int(text: &[u8]) -> Option<i64> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let negative = digits.len() < text.len();
    if digits.len() > 9 || (negative && digits == b"0") {
        return None;
    }
    let mut value = 0i64;
    for &digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(digit - b'0');
    }
    Some(if negative { -value } else { value })
}
