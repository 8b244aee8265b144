//! Columns of small numbers, in the two forms the store keeps them: growing and dense ([`Dense`]), and sealed in blocks
//! with a frame of reference ([`Packed`]).

/// A growing column of numbers, as wide as its largest.
#[derive(Clone, Debug)]
pub enum Dense {
    /// So many cells, all 0: what most events have none of takes no memory.
    Zero(usize),
    /// All below 256.
    One(Vec<u8>),
    /// All below 65,536.
    Two(Vec<u16>),
    /// Any.
    Four(Vec<u32>),
}

impl Default for Dense {
    fn default() -> Self {
        Self::Zero(0)
    }
}

impl Dense {
    /// Appends a number, widening the column when it does not fit.
    #[inline]
    pub fn push(&mut self, value: u32) {
        match self {
            Self::Zero(cells) if value == 0 => *cells += 1,
            Self::One(cells) if value < 1 << 8 => cells.push(value as u8),
            Self::Two(cells) if value < 1 << 16 => cells.push(value as u16),
            Self::Four(cells) => cells.push(value),
            _ => {
                self.widen(value);
                self.push(value);
            }
        }
    }

    #[cold]
    fn widen(&mut self, value: u32) {
        *self = if let (Self::Zero(cells), 0..256) = (&*self, value) {
            Self::One(vec![0; *cells])
        } else if value < 1 << 16 {
            Self::Two(self.iter().map(|cell| cell as u16).collect())
        } else {
            Self::Four(self.iter().collect())
        };
    }

    /// Number of cells.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Zero(cells) => *cells,
            Self::One(cells) => cells.len(),
            Self::Two(cells) => cells.len(),
            Self::Four(cells) => cells.len(),
        }
    }

    /// Whether there are no cells.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A cell.
    #[inline]
    #[must_use]
    pub fn get(&self, at: usize) -> u32 {
        match self {
            Self::Zero(_) => 0,
            Self::One(cells) => u32::from(cells[at]),
            Self::Two(cells) => u32::from(cells[at]),
            Self::Four(cells) => cells[at],
        }
    }

    /// All cells.
    pub fn iter(&self) -> Box<dyn Iterator<Item = u32> + '_> {
        match self {
            Self::Zero(cells) => Box::new(std::iter::repeat_n(0, *cells)),
            Self::One(cells) => Box::new(cells.iter().map(|&cell| u32::from(cell))),
            Self::Two(cells) => Box::new(cells.iter().map(|&cell| u32::from(cell))),
            Self::Four(cells) => Box::new(cells.iter().copied()),
        }
    }

    pub(super) fn settle(&mut self) {
        match self {
            Self::Zero(_) => {}
            Self::One(cells) => cells.shrink_to_fit(),
            Self::Two(cells) => cells.shrink_to_fit(),
            Self::Four(cells) => cells.shrink_to_fit(),
        }
    }

    /// Heap bytes held.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Zero(_) => 0,
            Self::One(cells) => cells.capacity(),
            Self::Two(cells) => cells.capacity() * 2,
            Self::Four(cells) => cells.capacity() * 4,
        }
    }
}

/// Where a sealed column's cells are in its block: `base` plus a little-endian number of `width` bytes (0 to 4) each.
#[derive(Clone, Copy, Debug)]
pub struct Packed {
    base: u32,
    start: u32,
    width: u8,
}

impl Packed {
    /// Appends cells to a block's bytes.
    pub(super) fn seal(cells: impl Iterator<Item = u32> + Clone, out: &mut Vec<u8>) -> Self {
        let (low, high) = cells.clone().fold((u32::MAX, 0), |(low, high), cell| (low.min(cell), high.max(cell)));
        let base = low.min(high);
        let width = (4 - (high - base).leading_zeros() / 8) as u8;
        let start = out.len() as u32;
        for cell in cells {
            out.extend_from_slice(&(cell - base).to_le_bytes()[..usize::from(width)]);
        }
        Self { base, start, width }
    }
}

/// One column of one block, readable.
#[derive(Clone, Copy, Debug)]
pub enum Cells<'a> {
    /// Sealed.
    Packed {
        /// Added to every cell.
        base: u32,
        /// Bytes a cell, 0 to 4.
        width: u8,
        /// Exactly the cells' bytes.
        data: &'a [u8],
        /// Number of cells.
        rows: usize,
    },
    /// Still in the row-by-row buffer of a shape.
    Strided {
        /// The buffer from this column's first cell on.
        data: &'a [u32],
        /// Cells from one row to the next.
        stride: usize,
        /// Number of cells.
        rows: usize,
    },
}

impl<'a> Cells<'a> {
    pub(super) fn packed(packed: Packed, data: &'a [u8], rows: usize) -> Self {
        let start = packed.start as usize;
        Self::Packed {
            base: packed.base,
            width: packed.width,
            data: &data[start..start + rows * usize::from(packed.width)],
            rows,
        }
    }

    /// Number of cells.
    #[must_use]
    pub fn rows(&self) -> usize {
        match *self {
            Self::Packed { rows, .. } | Self::Strided { rows, .. } => rows,
        }
    }

    /// The value all cells have, when that is known at once.
    #[must_use]
    pub fn constant(&self) -> Option<u32> {
        match *self {
            Self::Packed { base, width: 0, .. } => Some(base),
            _ => None,
        }
    }

    /// A cell.
    #[must_use]
    pub fn get(&self, row: usize) -> u32 {
        match *self {
            Self::Packed { base, width, data, .. } => {
                let width = usize::from(width);
                let mut bytes = [0; 4];
                bytes[..width].copy_from_slice(&data[row * width..(row + 1) * width]);
                base + u32::from_le_bytes(bytes)
            }
            Self::Strided { data, stride, .. } => data[row * stride],
        }
    }

    /// Calls `each(row, value)` for every cell in order, with the loop made for the width.
    #[inline]
    pub fn for_each(&self, mut each: impl FnMut(usize, u32)) {
        match *self {
            Self::Packed { base, width, data, rows } => match width {
                0 => (0..rows).for_each(|row| each(row, base)),
                1 => data.iter().enumerate().for_each(|(row, &cell)| each(row, base + u32::from(cell))),
                2 => data
                    .chunks_exact(2)
                    .enumerate()
                    .for_each(|(row, cell)| each(row, base + u32::from(u16::from_le_bytes([cell[0], cell[1]])))),
                3 => data
                    .chunks_exact(3)
                    .enumerate()
                    .for_each(|(row, cell)| each(row, base + u32::from_le_bytes([cell[0], cell[1], cell[2], 0]))),
                _ => data
                    .chunks_exact(4)
                    .enumerate()
                    .for_each(|(row, cell)| each(row, base + u32::from_le_bytes([cell[0], cell[1], cell[2], cell[3]]))),
            },
            Self::Strided { data, stride, rows } => (0..rows).for_each(|row| each(row, data[row * stride])),
        }
    }

    /// The first row whose cell is at least `value`, in a column that rises.
    #[must_use]
    pub fn lower_bound(&self, value: u32) -> usize {
        let (mut low, mut high) = (0, self.rows());
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle) < value { low = middle + 1 } else { high = middle }
        }
        low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packs_every_width() {
        for span in [0u32, 1, 255, 256, 65_535, 65_536, 1 << 24, u32::MAX - 9] {
            let cells = [9, 9 + span, 9 + span / 2, 9];
            let mut data = Vec::from([1, 2, 3]);
            let packed = Packed::seal(cells.iter().copied(), &mut data);
            let column = Cells::packed(packed, &data, cells.len());
            let mut back = Vec::new();
            column.for_each(|row, value| {
                assert_eq!(column.get(row), value);
                back.push(value);
            });
            assert_eq!(back, cells);
        }
    }

    #[test]
    fn widens() {
        let mut column = Dense::default();
        let values = [0, 0, 1, 255, 256, 7, 65_536, 0, 3];
        (0..2).for_each(|_| column.push(0));
        assert!(matches!(column, Dense::Zero(2)) && column.heap_bytes() == 0 && column.get(1) == 0);
        let mut column = Dense::default();
        values.iter().for_each(|&value| column.push(value));
        assert_eq!(column.iter().collect::<Vec<_>>(), values);
        assert!(matches!(column, Dense::Four(_)));
    }
}
