//! Values of metrics over time, as files tell them: answers of CloudWatch, metric streams, CSV, and log events with embedded
//! metrics (`spec/FORMATS.md` 2.8, 3.1 to 3.4, 3.10).

mod answers;
pub mod embedded;
mod stream;
mod table;
mod told;

pub use told::{FILE, Metric, Origin, Points, Request, Sheet, Told, Values};

use super::kind::Kind;
use super::tally::Tally;
use crate::problem::ProblemKind;
use stream::Stream;
use table::Table;

/// An answer may be this large: it is read when all of it is there.
const ANSWER_MAX: usize = 64 << 20;

/// Reads a text of metrics.
#[derive(Debug)]
pub(super) enum Reader {
    /// An answer of CloudWatch, or the request for one: read when all of it is there.
    Answer(Kind, Sheet),
    /// An answer that is too large.
    Refused,
    /// Records of a metric stream, one after the other.
    Stream(Stream),
    /// Times and values in columns.
    Table(Box<Table>),
}

impl Reader {
    /// Of a text of this kind; `path` of its file. `None` when that holds no metrics.
    pub fn of(kind: Kind, path: &str) -> Option<Self> {
        match kind {
            Kind::MetricData | Kind::MetricStatistics | Kind::MetricList | Kind::MetricDataQueries => {
                Some(Self::Answer(kind, Sheet::default()))
            }
            Kind::MetricStream => Some(Self::Stream(Stream::default())),
            Kind::MetricCsv => Some(Self::Table(Box::new(Table::new(path)))),
            _ => None,
        }
    }

    /// Reads `buf[from..end]`; the position up to which the buffer is done with. `last`: nothing comes after.
    pub fn feed(&mut self, buf: &[u8], from: usize, end: usize, last: bool, tally: &mut Tally) -> usize {
        match self {
            Self::Answer(..) if !last && end - from <= ANSWER_MAX => from,
            Self::Answer(..) if !last => {
                let what = format!("an answer of more than {} MiB", ANSWER_MAX >> 20);
                tally.problem(ProblemKind::TooLarge, None, what, "nothing was read from this file");
                *self = Self::Refused;
                end
            }
            Self::Refused => end,
            Self::Answer(kind, sheet) => {
                answers::read(*kind, &buf[from..end], from, tally, sheet);
                end
            }
            Self::Stream(stream) => stream.feed(buf, from, end, last, tally),
            Self::Table(table) => table.feed(buf, from, end, last, tally),
        }
    }

    /// What was told, once the text is over.
    pub fn finish(self, tally: &mut Tally) -> Sheet {
        match self {
            Self::Answer(_, sheet) => sheet,
            Self::Refused => Sheet::default(),
            Self::Stream(stream) => stream.finish(),
            Self::Table(table) => table.finish(tally),
        }
    }
}

/// Values of a metric that is not known before.
fn told(metric: Metric, id: Option<String>, period: Option<i64>, times: Vec<i64>, values: Values) -> Told {
    Told {
        metric,
        id,
        period,
        points: std::sync::Arc::new(Points { times, values }),
        origins: Vec::new(),
        notes: Vec::new(),
    }
}
