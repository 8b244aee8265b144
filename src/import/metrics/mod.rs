//! Values of metrics over time, as files tell them: answers of CloudWatch, metric streams, CSV, and log events with embedded
//! metrics (`spec/FORMATS.md` 2.8, 3.1 to 3.4, 3.10).

mod told;

pub use told::{Metric, Origin, Points, Request, Sheet, Told, Values};
