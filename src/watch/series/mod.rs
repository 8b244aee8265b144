//! Series: all that the files of a case tell of metrics, put together by metric ([`SeriesStore`]), and the values of one by
//! statistic and period ([`resolve`]).

mod catalog;
mod gather;
mod resolve;
mod thin;

pub use catalog::{Catalog, Form, Listed, StoredAs};
pub use gather::{Naming, Series, SeriesStore, Stored};
pub use resolve::{Resolved, finest, resolve};
pub use thin::thin;
