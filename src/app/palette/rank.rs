//! How well a name fits what was typed: its letters in their order, best at the beginnings of words and side by side.

/// What a letter at the very beginning is worth.
const FIRST: i32 = 8;
/// … at the beginning of a word.
const WORD: i32 = 6;
/// … right behind the letter before it: a little more than the beginning of another word, so that a name's own beginning wins.
const BESIDE: i32 = 7;
/// What each letter has to be worth on average: letters strewn over a name do not mean it.
const LEAST: i32 = 3;

/// A name that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The better the more.
    pub score: i32,
    /// Which of its characters were typed.
    pub places: Vec<usize>,
}

fn lower(text: &str) -> Vec<char> {
    text.chars().map(|char| char.to_lowercase().next().unwrap_or(char)).collect()
}

/// How well a name fits; `None` when it does not.
#[must_use]
pub fn fit(typed: &str, name: &str) -> Option<Fit> {
    let name = lower(name);
    let typed: Vec<char> = lower(typed).into_iter().filter(|char| !char.is_whitespace()).collect();
    let worth = |at: usize| match at {
        0 => FIRST,
        at if !name[at - 1].is_alphanumeric() => WORD,
        _ => 0,
    };
    // For each letter typed and each place it can be at: the most that it and those before it are worth, and where the
    // one before it then is.
    let mut best: Vec<Vec<Option<(i32, usize)>>> = Vec::with_capacity(typed.len());
    for (nth, letter) in typed.iter().enumerate() {
        let before = nth.checked_sub(1).map(|before| &best[before]);
        let mut apart: Option<(i32, usize)> = None;
        let row = (0..name.len()).map(|at| {
            let Some(before) = before else { return (name[at] == *letter).then(|| (worth(at), 0)) };
            let beside = at.checked_sub(1).and_then(|left| Some((before[left]?.0 + BESIDE, left)));
            if let Some((score, left)) = beside
                && apart.is_none_or(|(most, _)| score - BESIDE >= most)
            {
                apart = Some((score - BESIDE, left));
            }
            if name[at] != *letter {
                return None;
            }
            // At the beginning of a word a letter needs no neighbour.
            let (score, from) = match (beside, apart.map(|(score, from)| (score + worth(at), from))) {
                (Some(beside), Some(apart)) if beside.0 >= apart.0 => beside,
                (beside, apart) => apart.or(beside)?,
            };
            Some((score, from))
        });
        let row = row.collect();
        best.push(row);
    }
    let Some(last) = best.last() else { return Some(Fit { score: 0, places: Vec::new() }) };
    let ends = last.iter().enumerate().filter_map(|(at, worth)| Some((worth.as_ref()?.0, at)));
    let (score, mut at) = ends.max_by_key(|&(score, at)| (score, std::cmp::Reverse(at)))?;
    if score < LEAST * typed.len() as i32 {
        return None;
    }
    let mut places = vec![at];
    for row in best[1..].iter().rev() {
        at = row[at]?.1;
        places.push(at);
    }
    places.reverse();
    Some(Fit { score, places })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(typed: &str, name: &str) -> Option<Vec<usize>> {
        fit(typed, name).map(|fit| fit.places)
    }

    #[test]
    fn letters_in_their_order_fit() {
        assert_eq!(places("", "Files"), Some(vec![]));
        assert_eq!(places("file", "List files"), Some(vec![5, 6, 7, 8]));
        assert_eq!(places("lf", "List files"), Some(vec![0, 5]));
        assert_eq!(places("STACK ser", "Stack by service"), Some(vec![0, 1, 2, 3, 4, 9, 10, 11]));
        assert_eq!(places("elif", "Files"), None);
        assert_eq!(places("filesx", "Files"), None);
        // Strewn letters.
        assert_eq!(places("owu", "Show columns"), None);
    }

    #[test]
    fn whole_words_come_first() {
        let score = |name| fit("zoom", name).map(|fit| fit.score);
        assert!(score("Zoom in") > score("Back, then zoom out"));
        assert!(score("Back, then zoom out") > fit("zmo", "Back, then zoom out").map(|fit| fit.score));
        assert_eq!(score("Files"), None);
    }
}
