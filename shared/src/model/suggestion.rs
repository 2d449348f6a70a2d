//! Which of the known words a misspelled one may have meant.

use strsim::levenshtein;

/// The closest candidate, when it is close enough to be meant.
pub(in crate::model) fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let limit = (word.chars().count() / 3).max(1);
    let rated = candidates.into_iter().map(|candidate| (levenshtein(&folded(word), &folded(candidate)), candidate));
    rated.filter(|(distance, _)| *distance <= limit).min_by_key(|(distance, _)| *distance).map(|(_, word)| word)
}

/// ` (did you mean X?)`, or nothing.
pub(in crate::model) fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    closest(word, candidates).map(|near| format!(" (did you mean {near}?)")).unwrap_or_default()
}

fn folded(word: &str) -> String {
    word.chars().take(LONGEST).flat_map(char::to_lowercase).map(|c| if c == '-' { '_' } else { c }).collect()
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
