//! Any bytes are a file somebody may drop. They may be rejected, but never panic, and never depend on how they arrive.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailglass::import::records::{Outcome, StoreSink};
use trailglass::import::{self, Reading, Workbench};
use trailglass::store::Store;

/// Reads a file whose bytes arrive in pieces of this length.
fn in_pieces(bytes: &[u8], length: usize) -> (Outcome, u32) {
    let (mut store, mut bench, mut reading) = (Store::default(), Workbench::default(), Reading::default());
    let mut sink = StoreSink { store: &mut store, file: 0 };
    let mut rest = bytes;
    while rest.len() > length {
        let (piece, after) = rest.split_at(length);
        reading.push(piece, false, &mut bench, &mut sink);
        rest = after;
    }
    reading.push(rest, true, &mut bench, &mut sink);
    let outcome = reading.finish();
    (outcome, store.rows())
}

fuzz_target!(|input: &[u8]| {
    // The first byte says how the others arrive: pieces shorter than what is recognised a file by are no case of the
    // page's, which reads at least a megabyte at once, so they are 4 KB and more.
    let Some((&first, bytes)) = input.split_first() else { return };
    let (mut store, mut bench) = (Store::default(), Workbench::default());
    let whole = import::read(bytes, &mut bench, &mut StoreSink { store: &mut store, file: 0 });
    assert_eq!(whole.events, store.rows(), "an event is a row");
    let (pieces, rows) = in_pieces(bytes, 4096 + usize::from(first) * 16);
    assert_eq!(rows, store.rows(), "the same events, however the bytes arrive");
    assert_eq!((pieces.events, pieces.rejected), (whole.events, whole.rejected));
});
