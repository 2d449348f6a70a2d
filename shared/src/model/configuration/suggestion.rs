//! Which of the known words a misspelled one may have meant.

/// The closest candidate, when it is close enough to be meant.
pub(super) fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let limit = (word.chars().count() / 3).max(1);
    let rated = candidates.into_iter().map(|candidate| (distance(&folded(word), &folded(candidate)), candidate));
    rated.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

/// ` (did you mean X?)`, or nothing.
pub(super) fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    closest(word, candidates).map(|near| format!(" (did you mean {near}?)")).unwrap_or_default()
}

fn folded(word: &str) -> Vec<char> {
    word.chars().take(LONGEST).flat_map(char::to_lowercase).map(|c| if c == '-' { '_' } else { c }).collect()
}

/// Levenshtein's distance.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, l) in left.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (to, r) in right.iter().enumerate() {
            let changed = diagonal + usize::from(l != r);
            diagonal = row[to + 1];
            row[to + 1] = changed.min(diagonal + 1).min(row[to] + 1);
        }
    }
    row[right.len()]
}

/// Longer words are compared by their start.
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_another_word_finds_none() {
        let known = ["base_path", "backend", "name"];
        assert_eq!(closest("bas_path", known), Some("base_path"));
        assert_eq!(closest("basePath", known), Some("base_path"));
        assert_eq!(closest("Base-Path", known), Some("base_path"));
        assert_eq!(closest("upstream", known), None);
        assert_eq!(closest("", known), None);
    }
}
