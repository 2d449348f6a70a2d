//! Small words that pages are made of.

/// The first letter or digit of a name, in upper case.
pub(crate) fn initial(name: &str) -> String {
    let first = name.chars().find(|letter| letter.is_alphanumeric());
    first.map(|letter| letter.to_uppercase().collect()).unwrap_or_else(|| "?".to_owned())
}

/// A span of time as one says it, rounded up: it is never over before it was said to be.
pub(crate) fn span(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..=90 => (seconds.max(1), "second"),
        91..=5400 => (seconds.div_ceil(60), "minute"),
        _ => (seconds.div_ceil(3600), "hour"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_initial_is_a_letter_or_a_digit() {
        for (name, letter) in [("shop", "S"), ("  «été»", "É"), ("3M", "3"), ("ßuper", "SS"), ("", "?"), ("<!>", "?")]
        {
            assert_eq!(initial(name), letter);
        }
    }

    #[test]
    fn a_span_is_said_in_its_unit_and_never_too_short() {
        let said = [(0, "1 second"), (60, "60 seconds"), (91, "2 minutes"), (300, "5 minutes"), (5401, "2 hours")];
        for (seconds, words) in said {
            assert_eq!(span(seconds), words);
        }
    }
}
