//! One predicate, one aggregate, many languages. Floor 2: knows the store, nothing of files or screens.

pub mod aggregate;
pub mod cell;
mod compare;
pub mod facet;
pub mod kql;
pub mod lanes;
pub mod message;
pub mod naive;
pub mod order;
pub mod pattern;
pub mod predicate;
pub mod scan;
mod search;
mod select;
pub mod series;
pub mod spaces;
pub mod streams;
pub mod suggest;
pub mod text;
