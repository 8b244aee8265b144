//! The program of a shard's worker, and what it and the page say to each other. It needs a browser, but nothing of what a
//! person sees: built on its own, it brings none of that along.

#[cfg(target_arch = "wasm32")]
mod program;
#[cfg(target_arch = "wasm32")]
mod unpack;
pub mod wire;

#[cfg(target_arch = "wasm32")]
pub use program::start;
