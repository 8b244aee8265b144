//! Everything around Trailglass that is not Trailglass: building the page, serving it, testing it in a real browser,
//! making corpora and measuring. `cargo xtask --help` is the front door; tests and benches use the library.

pub mod axe;
pub mod bench;
pub mod browser;
pub mod build;
pub mod corpus;
pub mod fuzz;
pub mod peers;
pub mod run;
pub mod sample;
pub mod serve;
pub mod test;
pub mod tools;
pub mod wasm;
