//! A time span, as the command line takes it.

use std::{fmt, str::FromStr};

/// A whole number of seconds, minutes, hours or days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    count: u32,
    unit: (char, &'static str, u64),
}

impl Period {
    /// Its seconds.
    pub(super) fn seconds(self) -> u64 {
        u64::from(self.count) * self.unit.2
    }
}

impl FromStr for Period {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unit = UNITS.into_iter().find(|(sign, _, _)| text.ends_with(*sign)).ok_or(EXPECTED)?;
        let count = text.strip_suffix(unit.0).and_then(|count| count.parse().ok()).ok_or(EXPECTED)?;
        Ok(Self { count, unit })
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.count, self.unit.1)
    }
}

const UNITS: [(char, &str, u64); 4] =
    [('s', "seconds", 1), ('m', "minutes", 60), ('h', "hours", 60 * 60), ('d', "days", 24 * 60 * 60)];
const EXPECTED: &str = "expected a whole number and s, m, h or d, such as 90m";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_number_and_a_unit() {
        let seconds = |text: &str| text.parse::<Period>().map(Period::seconds);
        assert_eq!(seconds("90m"), Ok(5_400));
        assert_eq!(seconds("7d"), Ok(604_800));
        for bad in ["", "h", "1", "-1h", "1.5h", "1 h", "1w"] {
            assert_eq!(seconds(bad), Err(EXPECTED), "{bad:?}");
        }
    }
}
