//! Names of entries, which anybody may have written: made into plain paths below the archive. They are never used to open or
//! write a file, but they are shown, sorted by and searched.

use super::Entry;
use std::collections::HashSet;

/// The path without what would lead out of the archive, `/` between folders.
pub(super) fn harmless(name: &str) -> String {
    let drive = |part: &str| part.len() == 2 && part.ends_with(':') && part.as_bytes()[0].is_ascii_alphabetic();
    let parts = name.split(['/', '\\']).enumerate();
    let kept = parts.filter(|&(at, part)| !(matches!(part, "" | "." | "..") || at == 0 && drive(part)));
    let path = kept.map(|(_, part)| part).collect::<Vec<_>>().join("/").replace('\0', "\u{fffd}");
    if path.is_empty() { "unnamed".to_owned() } else { path }
}

/// Whether the entry is what macOS adds to archives: resource forks and folder settings.
pub(super) fn is_clutter(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path.starts_with("__MACOSX/") || path.contains("/__MACOSX/") || name == ".DS_Store" || name.starts_with("._")
}

/// Gives the second and later entries of a path another one: ` (2)` and so on behind it.
pub(super) fn tell_apart(entries: &mut [Entry]) {
    let mut known: HashSet<String> = HashSet::with_capacity(entries.len());
    let mut next = hashbrown::HashMap::<String, usize>::new();
    for entry in entries {
        if known.contains(&entry.path) {
            let number = next.entry(entry.path.clone()).or_insert(1);
            entry.path = loop {
                *number += 1;
                let path = format!("{} ({number})", entry.path);
                if !known.contains(&path) {
                    break path;
                }
            };
        }
        known.insert(entry.path.clone());
    }
}

/// A name as a zip holds it: UTF-8, or what DOS wrote.
pub(super) fn decoded(name: &[u8]) -> String {
    match std::str::from_utf8(name) {
        Ok(name) => name.to_owned(),
        Err(_) => oem_cp::decode_string_complete_table(name, &oem_cp::code_table::DECODING_TABLE_CP437),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below_the_archive() {
        for (name, path) in [
            ("a/b.json", "a/b.json"),
            ("../../etc/passwd", "etc/passwd"),
            ("/etc/passwd", "etc/passwd"),
            ("C:\\Windows\\x.json", "Windows/x.json"),
            ("a//./b/../c", "a/b/c"),
            ("..", "unnamed"),
            ("a\0b", "a\u{fffd}b"),
            ("c:/x", "x"),
            ("logs/c:/x", "logs/c:/x"),
        ] {
            assert_eq!(harmless(name), path, "{name:?}");
        }
        assert!(is_clutter("__MACOSX/a/._b") && is_clutter("a/.DS_Store") && is_clutter("._a"));
        assert!(!is_clutter("a/b.json") && !is_clutter("a/.b.json"));
    }

    #[test]
    fn the_same_path_twice() {
        let entry = |path: &str| Entry { path: path.to_owned(), bytes: 0 };
        let mut entries = ["a", "a", "a (2)", "b", "a"].map(entry);
        tell_apart(&mut entries);
        assert_eq!(entries.map(|entry| entry.path), ["a", "a (2)", "a (2) (2)", "b", "a (3)"]);
    }

    #[test]
    fn names_from_dos() {
        assert_eq!(decoded(b"Gr\x81n.json"), "Grün.json");
        assert_eq!(decoded("Grün.json".as_bytes()), "Grün.json");
    }
}
