//! Names of keys and what the DevTools protocol wants to know about each (US layout).

use serde_json::{Value, json};

const ALT: u32 = 1;
const CONTROL: u32 = 2;
const META: u32 = 4;
const SHIFT: u32 = 8;

/// Punctuation: the character, with Shift, the key's code and its Windows number.
const PUNCTUATION: [(char, char, &str, u32); 11] = [
    ('`', '~', "Backquote", 192),
    ('-', '_', "Minus", 189),
    ('=', '+', "Equal", 187),
    ('[', '{', "BracketLeft", 219),
    (']', '}', "BracketRight", 221),
    ('\\', '|', "Backslash", 220),
    (';', ':', "Semicolon", 186),
    ('\'', '"', "Quote", 222),
    (',', '<', "Comma", 188),
    ('.', '>', "Period", 190),
    ('/', '?', "Slash", 191),
];

/// Keys with a name: the text they put in, if any, and their Windows number.
const NAMED: [(&str, &str, u32); 16] = [
    ("Enter", "\r", 13),
    ("Tab", "", 9),
    ("Escape", "", 27),
    ("Backspace", "", 8),
    ("Delete", "", 46),
    ("Insert", "", 45),
    ("ArrowLeft", "", 37),
    ("ArrowUp", "", 38),
    ("ArrowRight", "", 39),
    ("ArrowDown", "", 40),
    ("PageUp", "", 33),
    ("PageDown", "", 34),
    ("End", "", 35),
    ("Home", "", 36),
    ("F1", "", 112),
    ("ContextMenu", "", 93),
];

/// One key with the modifiers held.
pub(super) struct Key {
    key: String,
    code: String,
    number: u32,
    /// What it puts in when nothing but Shift is held.
    text: String,
    modifiers: u32,
}

impl Key {
    /// The parameters of `Input.dispatchKeyEvent`.
    pub fn event(&self, down: bool) -> Value {
        let types = self.modifiers & !SHIFT == 0 && !self.text.is_empty();
        let kind = match (down, types) {
            (false, _) => "keyUp",
            (true, true) => "keyDown",
            (true, false) => "rawKeyDown",
        };
        let mut event = json!({
            "type": kind,
            "key": self.key,
            "code": self.code,
            "windowsVirtualKeyCode": self.number,
            "nativeVirtualKeyCode": self.number,
            "modifiers": self.modifiers,
        });
        if down && types {
            event["text"] = self.text.as_str().into();
        }
        event
    }
}

/// A key by its name, modifiers before it: `"Enter"`, `"a"`, `"Control+Shift+ArrowUp"`, `"Control++"`.
pub(super) fn parse(name: &str) -> Option<Key> {
    // The last character may be a plus sign that is the key itself.
    let cut = name.char_indices().next_back().and_then(|(last, _)| name[..last].rfind('+'));
    let (held, name) = cut.map_or(("", name), |at| (&name[..at], &name[at + 1..]));
    let modifiers = modifiers(held)?;
    let mut key = match named(name) {
        Some(key) => key,
        None => {
            let mut characters = name.chars();
            let key = of_character(characters.next()?)?;
            characters.next().is_none().then_some(key)?
        }
    };
    key.modifiers |= modifiers;
    Some(key)
}

/// Names of modifiers joined by `+`, as the protocol's bits; `""` is none.
pub(super) fn modifiers(names: &str) -> Option<u32> {
    names.split('+').filter(|name| !name.is_empty()).try_fold(0, |bits, name| {
        Some(
            bits | match name {
                "Alt" => ALT,
                "Control" | "Ctrl" => CONTROL,
                "Meta" | "Command" => META,
                "Shift" => SHIFT,
                "Mod" if cfg!(target_os = "macos") => META,
                "Mod" => CONTROL,
                _ => return None,
            },
        )
    })
}

/// The key that types a character; `None` for one that a US keyboard does not have.
pub(super) fn of_character(character: char) -> Option<Key> {
    let key = |code: String, number: u32, shift: bool| {
        Some(Key {
            key: character.to_string(),
            code,
            number,
            text: character.to_string(),
            modifiers: if shift { SHIFT } else { 0 },
        })
    };
    if character.is_ascii_alphabetic() {
        let upper = character.to_ascii_uppercase();
        return key(format!("Key{upper}"), upper as u32, character.is_ascii_uppercase());
    }
    if character.is_ascii_digit() {
        return key(format!("Digit{character}"), character as u32, false);
    }
    if let Some(digit) = ")!@#$%^&*(".find(character) {
        return key(format!("Digit{digit}"), 48 + digit as u32, true);
    }
    match character {
        ' ' => return key("Space".to_owned(), 32, false),
        '\n' => return named("Enter"),
        _ => {}
    }
    let (_, shifted, code, number) =
        PUNCTUATION.iter().find(|(plain, shifted, ..)| [plain, shifted].contains(&&character))?;
    key((*code).to_owned(), *number, *shifted == character)
}

fn named(name: &str) -> Option<Key> {
    if name == "Space" {
        return of_character(' ');
    }
    let (name, text, number) = NAMED.iter().find(|(known, ..)| *known == name)?;
    Some(Key {
        key: (*name).to_owned(),
        code: (*name).to_owned(),
        number: *number,
        text: (*text).to_owned(),
        modifiers: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_keys_by_name() {
        let key = parse("Control+Shift+a").unwrap();
        assert_eq!((key.code.as_str(), key.modifiers), ("KeyA", CONTROL | SHIFT));
        assert_eq!(key.event(true)["type"], "rawKeyDown");
        let key = parse("Control++").unwrap();
        assert_eq!((key.code.as_str(), key.modifiers), ("Equal", CONTROL | SHIFT));
        assert_eq!(parse("?").unwrap().code, "Slash");
        assert_eq!(parse("+").unwrap().key, "+");
        assert_eq!(parse("Enter").unwrap().event(true)["text"], "\r");
        assert_eq!(parse("(").unwrap().code, "Digit9");
        for wrong in ["", "Entr", "Contrl+a", "ab"] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }
}
