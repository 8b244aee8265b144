//! A shape is everything about a record but its values: the JSON text between them, in order, with the path and kind of
//! each. Records of one shape keep their values together, column by column in blocks.

use super::column::{Cells, Packed};
use super::derive::Plan;
use super::path::PathId;

/// Number of a shape in its store.
pub type ShapeId = u32;

/// Rows after which a shape's buffer is sealed into a block.
pub const BLOCK_ROWS: usize = 2_048;

/// How a value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A string, in a dictionary.
    Text,
    /// A string that is a lower-case UUID: 16 bytes in the block, no dictionary.
    Uuid,
    /// A string that is a canonical UTC time: seconds since the epoch.
    Time,
    /// A string that no text can hold (half a surrogate pair): the escaped form, in a dictionary.
    Escaped,
    /// A number of at most 9 digits as JSON would print it again, plus [`INT_BIAS`].
    Int,
    /// Any other number: its text, in a dictionary.
    Number,
    /// A whole object or array: its JSON without white space, in a dictionary.
    Json,
}

/// Added to a [`Kind::Int`] so that it is not negative.
pub const INT_BIAS: i64 = 1_000_000_000;

impl Kind {
    /// Whether the cell is an id in a dictionary.
    #[must_use]
    pub fn in_dictionary(self) -> bool {
        matches!(self, Self::Text | Self::Escaped | Self::Number | Self::Json)
    }
}

/// A value that the shape itself fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fixed {
    /// `true`
    True,
    /// `false`
    False,
    /// `null`
    Null,
    /// `{}`
    EmptyObject,
    /// `[]`
    EmptyArray,
}

/// A piece of the store's arena of texts between values.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    pub start: u32,
    pub len: u32,
}

/// One column of a shape.
#[derive(Clone, Debug)]
pub struct Column {
    /// Where the value stands in the record.
    pub path: PathId,
    /// How it is kept.
    pub kind: Kind,
    /// The dictionary of its ids, where [`Kind::in_dictionary`].
    pub dictionary: u32,
    /// JSON text from the value before (or the record's start) to this one, quotes of strings left out.
    pub(super) before: Span,
    /// How many of the shape's fixed values stand before the value.
    pub(super) fixed_before: u32,
    /// Which of the shape's id columns, or of its UUID columns, it is.
    pub(super) lane: u32,
}

/// A shape with its rows.
#[derive(Debug)]
pub struct Shape {
    /// The columns in the order of the record.
    pub columns: Vec<Column>,
    /// JSON text after the last value.
    pub(super) after: Span,
    /// Values fixed by the shape, in the order of the record.
    pub fixed: Vec<(PathId, Fixed)>,
    /// Hot columns that this shape fills: their number and the column.
    pub(super) hot: Vec<(u8, u32)>,
    /// The column of the record's time, if it has one that is a string.
    pub(super) time: Option<u32>,
    /// Whether records of this shape are CloudTrail records at all.
    pub(super) record: bool,
    /// What derived values follow from.
    pub(super) plan: Plan,
    id_lanes: usize,
    uuid_lanes: usize,
    ids: Vec<u32>,
    uuids: Vec<u8>,
    rows: Vec<u32>,
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct Block {
    first_row: u32,
    rows: u32,
    /// The row ids, then the id lanes.
    packed: Box<[Packed]>,
    /// Packed cells, then the UUID lanes, one after the other.
    data: Box<[u8]>,
    uuids_at: u32,
}

impl Shape {
    pub(super) fn new(mut columns: Vec<Column>, after: Span, fixed: Vec<(PathId, Fixed)>) -> Self {
        let (mut id_lanes, mut uuid_lanes) = (0, 0);
        for column in &mut columns {
            let lane = if column.kind == Kind::Uuid { &mut uuid_lanes } else { &mut id_lanes };
            column.lane = *lane as u32;
            *lane += 1;
        }
        Self {
            columns,
            after,
            fixed,
            hot: Vec::new(),
            time: None,
            record: false,
            plan: Plan::default(),
            id_lanes,
            uuid_lanes,
            ids: Vec::new(),
            uuids: Vec::new(),
            rows: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// Appends a row: its global number, the cells of the id lanes and the bytes of the UUID lanes.
    #[inline]
    pub(super) fn push(&mut self, row: u32, ids: &[u32], uuids: &[u8]) {
        debug_assert_eq!((ids.len(), uuids.len()), (self.id_lanes, self.uuid_lanes * 16));
        self.rows.push(row);
        self.ids.extend_from_slice(ids);
        self.uuids.extend_from_slice(uuids);
        if self.rows.len() == BLOCK_ROWS {
            self.seal();
        }
    }

    pub(super) fn seal(&mut self) {
        let rows = self.rows.len();
        if rows == 0 {
            return;
        }
        let mut data = Vec::with_capacity(self.uuids.len() + self.ids.len());
        let mut packed = Vec::with_capacity(1 + self.id_lanes);
        packed.push(Packed::seal(self.rows.iter().copied(), &mut data));
        for lane in 0..self.id_lanes {
            packed.push(Packed::seal(self.ids[lane..].iter().copied().step_by(self.id_lanes), &mut data));
        }
        let uuids_at = data.len() as u32;
        for lane in 0..self.uuid_lanes {
            for row in self.uuids.chunks_exact(self.uuid_lanes * 16) {
                data.extend_from_slice(&row[lane * 16..][..16]);
            }
        }
        self.blocks.push(Block {
            first_row: self.rows[0],
            rows: rows as u32,
            packed: packed.into(),
            data: data.into(),
            uuids_at,
        });
        self.rows.clear();
        self.ids.clear();
        self.uuids.clear();
    }

    /// Seals what is open and gives back the buffers.
    pub(super) fn settle(&mut self) {
        self.seal();
        self.rows = Vec::new();
        self.ids = Vec::new();
        self.uuids = Vec::new();
        self.blocks.shrink_to_fit();
    }

    /// The blocks, the open one last; rows rise from block to block and inside each.
    pub fn blocks(&self) -> impl Iterator<Item = BlockView<'_>> {
        let open = (!self.rows.is_empty()).then_some(BlockView { shape: self, sealed: None });
        self.blocks.iter().map(|block| BlockView { shape: self, sealed: Some(block) }).chain(open)
    }

    /// The block that holds a row of this shape, and its place there.
    #[must_use]
    pub fn locate(&self, row: u32) -> Option<(BlockView<'_>, usize)> {
        let open = self.rows.first().is_some_and(|&first| row >= first);
        let sealed = if open {
            None
        } else {
            Some(self.blocks.get(self.blocks.partition_point(|block| block.first_row <= row).checked_sub(1)?)?)
        };
        let block = BlockView { shape: self, sealed };
        let rows = block.rows();
        let at = rows.lower_bound(row);
        (at < rows.rows() && rows.get(at) == row).then_some((block, at))
    }

    /// Heap bytes held.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let columns = self.columns.capacity() * size_of::<Column>();
        let blocks: usize = self
            .blocks
            .iter()
            .map(|block| size_of::<Block>() + block.packed.len() * size_of::<Packed>() + block.data.len())
            .sum();
        columns
            + blocks
            + self.fixed.len() * size_of::<(PathId, Fixed)>()
            + self.ids.capacity() * 4
            + self.rows.capacity() * 4
            + self.uuids.capacity()
    }
}

/// Some rows of one shape.
#[derive(Clone, Copy, Debug)]
pub struct BlockView<'a> {
    shape: &'a Shape,
    sealed: Option<&'a Block>,
}

impl<'a> BlockView<'a> {
    /// The global row numbers, rising.
    #[must_use]
    pub fn rows(&self) -> Cells<'a> {
        match self.sealed {
            Some(block) => Cells::packed(block.packed[0], &block.data, block.rows as usize),
            None => Cells::Strided { data: &self.shape.rows, stride: 1, rows: self.shape.rows.len() },
        }
    }

    /// The cells of a column that is not of UUIDs.
    #[must_use]
    pub fn cells(&self, column: &Column) -> Cells<'a> {
        let lane = column.lane as usize;
        match self.sealed {
            Some(block) => Cells::packed(block.packed[1 + lane], &block.data, block.rows as usize),
            None => Cells::Strided {
                data: &self.shape.ids[lane..],
                stride: self.shape.id_lanes,
                rows: self.shape.rows.len(),
            },
        }
    }

    /// The UUIDs of a column of them, in the order of the rows.
    pub fn uuids(&self, column: &Column) -> impl Iterator<Item = &'a [u8; 16]> {
        let lane = column.lane as usize * 16;
        let (data, stride) = match self.sealed {
            Some(block) => {
                let rows = block.rows as usize;
                (&block.data[block.uuids_at as usize + lane * rows..][..rows * 16], 16)
            }
            None => (&self.shape.uuids[lane..], self.shape.uuid_lanes * 16),
        };
        data.chunks(stride.max(16)).filter_map(|chunk| chunk.first_chunk())
    }

    /// One UUID.
    #[must_use]
    pub fn uuid(&self, column: &Column, at: usize) -> [u8; 16] {
        let lane = column.lane as usize * 16;
        let bytes = match self.sealed {
            Some(block) => &block.data[block.uuids_at as usize + lane * block.rows as usize + at * 16..][..16],
            None => &self.shape.uuids[at * self.shape.uuid_lanes * 16 + lane..][..16],
        };
        bytes.try_into().expect("16 bytes")
    }
}
