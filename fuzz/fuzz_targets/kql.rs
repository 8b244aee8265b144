//! Any text is a query somebody is in the middle of typing: it is understood, or the place where it is not is told.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailglass::query::kql;

fuzz_target!(|text: &str| {
    if let Err(error) = kql::parse(text) {
        // Characters are counted from 1; the end of the text is a place, too.
        assert!((1..=text.chars().count() + 1).contains(&error.position), "{error}");
        assert!(!error.sentence().is_empty());
    }
});
