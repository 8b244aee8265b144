//! How values are shown. Everything in a log was written by somebody, perhaps to deceive whoever reads it: a control
//! character or a change of writing direction that a screen would obey in silence is made visible here. Whatever shows a
//! value goes through this file.

use leptos::either::Either;
use leptos::prelude::*;
use std::borrow::Cow;

/// Characters that have no shape of their own, or that change how their neighbours are laid out.
fn is_odd(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn named(char: char) -> String {
    format!("⟨U+{:04X}⟩", char as u32)
}

/// A value as plain text, odd characters spelled out: for attributes, and where a span will not do.
#[must_use]
pub fn visible_text(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_odd) {
        return Cow::Borrowed(text);
    }
    let spell = |char| if is_odd(char) { named(char) } else { char.to_string() };
    Cow::Owned(text.chars().map(spell).collect())
}

/// A value to look at: odd characters spelled out and set apart.
pub fn visible(text: &str) -> impl IntoView + use<> {
    pieces(text, is_odd)
}

/// Like [`visible`], for text of several lines: line ends and tabs stay what they are.
pub fn visible_lines(text: &str) -> impl IntoView + use<> {
    pieces(text, |char| is_odd(char) && !matches!(char, '\n' | '\t'))
}

fn pieces(text: &str, is_odd: fn(char) -> bool) -> impl IntoView + use<> {
    if !text.chars().any(is_odd) {
        return Either::Left(text.to_owned());
    }
    let mut pieces = Vec::new();
    let mut plain = String::new();
    for char in text.chars() {
        if is_odd(char) {
            let odd = view! { <span class="odd" title="A character without a shape of its own">{named(char)}</span> };
            pieces.push((std::mem::take(&mut plain), odd));
        } else {
            plain.push(char);
        }
    }
    Either::Right((pieces, plain))
}

/// `20,118`
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 file`, `2,048 files`
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { one } else { many })
}

/// `981 B`, `12.4 MB`
#[must_use]
pub fn bytes(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if size < 999.5 {
            return if unit == "B" || size >= 99.95 {
                format!("{size:.0} {unit}")
            } else {
                format!("{size:.1} {unit}")
            };
        }
        size /= 1_000.0;
    }
    format!("{size:.1} TB")
}

/// `1 s`, `12 s`, `3 min 20 s`
#[must_use]
pub fn duration(ms: f64) -> String {
    let seconds = (ms / 1_000.0).round() as u64;
    match seconds {
        0..60 => format!("{} s", seconds.max(1)),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// The text with its middle left out when it has more than `longest` characters: both ends of an ARN tell something.
#[must_use]
pub fn elided(text: &str, longest: usize) -> Cow<'_, str> {
    // Bytes bound characters from above, so the common case costs nothing.
    if text.len() <= longest {
        return Cow::Borrowed(text);
    }
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= longest {
        return Cow::Borrowed(text);
    }
    let (head, tail) = (longest / 3, longest - longest / 3 - 1);
    Cow::Owned(chars[..head].iter().chain(&['…']).chain(&chars[chars.len() - tail..]).collect())
}

/// A value as short as it has to be: of a long ARN what stands before the resource goes first, and of an assumed role the
/// beginnings of both the role and the session stay in sight. Of everything else the middle goes.
#[must_use]
pub fn short(text: &str, longest: usize) -> Cow<'_, str> {
    let length = |text: &str| text.chars().count();
    if length(text) <= longest || !text.starts_with("arn:") {
        return elided(text, longest);
    }
    let resource = text.splitn(6, ':').last().unwrap_or(text);
    let session = resource.strip_prefix("assumed-role/").and_then(|role| role.rsplit_once('/'));
    let Some((role, session)) = session else {
        return Cow::Owned(format!("…{}", elided(resource, longest.saturating_sub(1))));
    };
    // What one does not need of the room, the other has.
    let room = longest.saturating_sub(3);
    let role = begun(role, room.saturating_sub(length(session)).max(room * 2 / 5));
    let session = begun(session, room.saturating_sub(length(&role)));
    Cow::Owned(format!("…/{role}/{session}"))
}

/// A text's beginning.
fn begun(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_characters_are_spelled_out() {
        assert_eq!(visible_text("plain – ünï 漢"), "plain – ünï 漢");
        assert_eq!(visible_text("a\u{202e}b\u{0}"), "a⟨U+202E⟩b⟨U+0000⟩");
        assert_eq!(visible_text("\n"), "⟨U+000A⟩");
    }

    #[test]
    fn numbers() {
        assert_eq!((grouped(0), grouped(999), grouped(1_000)), ("0".into(), "999".into(), "1,000".into()));
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(counted(1, "file", "files"), "1 file");
        assert_eq!(
            (bytes(981), bytes(12_400_000), bytes(999_600)),
            ("981 B".into(), "12.4 MB".into(), "1.0 MB".into())
        );
        assert_eq!(duration(200_000.0), "3 min 20 s");
    }

    #[test]
    fn both_ends_stay() {
        assert_eq!(elided("short", 10), "short");
        assert_eq!(elided("abcdefghijklmnopqrstuvwxyz", 10), "abc…uvwxyz");
        assert_eq!(elided("éééé", 4), "éééé");
    }

    #[test]
    fn principals_keep_what_tells_them_apart() {
        assert_eq!(short("AWS Internal", 38), "AWS Internal");
        assert_eq!(short("arn:aws:iam::777788889999:user/felix.amsler", 38), "…user/felix.amsler");
        let role = "arn:aws:sts::777788889999:assumed-role/AWSReservedSSO_ReadOnly_0123/greta.holm@harborline.example";
        assert_eq!(short(role, 38), "…/AWSReservedSS…/greta.holm@harborlin…");
        for longest in 8..100 {
            assert!(short(role, longest).chars().count() <= longest, "{longest}");
        }
    }
}
