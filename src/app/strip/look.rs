//! The colours and hatches of the parts: every part has both, since not everybody tells the colours apart.

use super::stack::Look;
use crate::integrity::verdict::Worth;
use crate::trail::line::Severity;

/// The stripes cut out of a part, in a pattern eight pixels high.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hatch {
    /// A bit for each row of the pattern that is cut out.
    rows: u8,
    /// Whether every third column is cut out too.
    columns: bool,
}

impl Hatch {
    const SOLID: Self = Self { rows: 0, columns: false };

    /// Whether a row is cut out, counted from the foot of the part.
    #[must_use]
    pub fn row(self, row: u32) -> bool {
        self.rows >> (row % 8) & 1 == 1
    }

    /// Whether a column is cut out, counted from the left edge.
    #[must_use]
    pub fn column(self, column: u32) -> bool {
        self.columns && column % 3 == 1
    }

    /// What is left of a square of ten pixels, as the path of an SVG: the swatch beside a name.
    #[must_use]
    pub fn swatch(self) -> String {
        let mut path = String::new();
        for row in (0..10).filter(|row| !(1..9).contains(row) || !self.row(*row)) {
            for column in (0..10).filter(|column| !(1..9).contains(&row) || !self.column(*column)) {
                path.push_str(&format!("M{column} {}h1v1h-1z", 9 - row));
            }
        }
        path
    }
}

/// The hatches of the colours for values.
const HATCHES: [Hatch; super::stack::SLOTS] = [
    Hatch::SOLID,
    Hatch { rows: 0b0001_0001, columns: false },
    Hatch { rows: 0, columns: true },
    Hatch { rows: 0b0011_0011, columns: false },
    Hatch { rows: 0b0000_0001, columns: false },
    Hatch { rows: 0b0101_0101, columns: false },
    Hatch { rows: 0b0000_0001, columns: true },
    Hatch { rows: 0b0000_1111, columns: false },
];

impl Look {
    /// The custom property of the theme that is its colour.
    #[must_use]
    pub fn colour(self) -> &'static str {
        const SLOTS: [&str; super::stack::SLOTS] =
            ["--stack-1", "--stack-2", "--stack-3", "--stack-4", "--stack-5", "--stack-6", "--stack-7", "--stack-8"];
        match self {
            Self::Error => "--bar-error",
            Self::Denied => "--bar-denied",
            Self::Plain => "--bar",
            // Red and its neighbours for what is not as it was recorded, and none for what only is not known to be.
            Self::Worth(worth) => match worth {
                Worth::Modified => "--bar-error",
                Worth::Appended => "--stack-4",
                Worth::Damaged => "--stack-6",
                Worth::Unlisted => "--stack-rest",
                Worth::Unproved | Worth::Unchanged => "--bar",
            },
            Self::Severity(severity) => match severity {
                Severity::Fatal | Severity::Error => "--bar-error",
                Severity::Warn => "--bar-denied",
                Severity::Info => "--bar",
                Severity::Debug | Severity::Trace => "--stack-rest",
            },
            Self::Slot(slot) => SLOTS[slot % SLOTS.len()],
            Self::Other | Self::None => "--stack-rest",
        }
    }

    /// Its hatch.
    #[must_use]
    pub fn hatch(self) -> Hatch {
        match self {
            Self::Error => Hatch { rows: 0b1000_1000, columns: false },
            Self::Denied => Hatch { rows: 0, columns: true },
            Self::Plain | Self::Other => Hatch::SOLID,
            Self::Worth(worth) => match worth {
                Worth::Modified => Hatch { rows: 0b1000_1000, columns: false },
                Worth::Appended => Hatch { rows: 0, columns: true },
                Worth::Damaged => Hatch { rows: 0b0000_0001, columns: true },
                Worth::Unlisted => Hatch { rows: 0b0000_1111, columns: false },
                Worth::Unproved => Hatch { rows: 0b0101_0101, columns: false },
                Worth::Unchanged => Hatch::SOLID,
            },
            Self::Severity(severity) => match severity {
                Severity::Fatal => Hatch { rows: 0b0011_0011, columns: false },
                Severity::Error => Hatch { rows: 0b1000_1000, columns: false },
                Severity::Warn => Hatch { rows: 0, columns: true },
                Severity::Info => Hatch::SOLID,
                Severity::Debug => Hatch { rows: 0b0101_0101, columns: false },
                Severity::Trace => Hatch { rows: 0b0000_1111, columns: false },
            },
            Self::Slot(slot) => HATCHES[slot % HATCHES.len()],
            Self::None => Hatch { rows: 0b0110_0110, columns: true },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_values_look_alike_without_colours() {
        let mut swatches: Vec<String> = HATCHES.iter().map(|hatch| hatch.swatch()).collect();
        swatches.extend([Look::None].map(|look| look.hatch().swatch()));
        swatches.sort();
        swatches.dedup();
        assert_eq!(swatches.len(), HATCHES.len() + 1);
        let results = [Look::Error, Look::Denied, Look::Plain].map(|look| look.hatch().swatch());
        assert!(results[0] != results[1] && results[1] != results[2] && results[0] != results[2]);
        let mut worths: Vec<String> = Worth::ALL.map(|worth| Look::Worth(worth).hatch().swatch()).into();
        worths.push(Look::None.hatch().swatch());
        worths.sort();
        worths.dedup();
        assert_eq!(worths.len(), Worth::ALL.len() + 1);
        let mut severities: Vec<String> =
            Severity::ALL.map(|severity| Look::Severity(severity).hatch().swatch()).into();
        severities.push(Look::None.hatch().swatch());
        severities.sort();
        severities.dedup();
        assert_eq!(severities.len(), Severity::ALL.len() + 1);
    }
}
