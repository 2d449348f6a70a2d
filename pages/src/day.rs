//! A day as people write it.

use std::fmt;

/// A day of the Gregorian calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    year: u64,
    month: usize,
    day: u64,
}

impl Day {
    /// The day of a moment, in seconds since 1970.
    ///
    /// Howard Hinnant's `civil_from_days`: years begin in March, so that the odd day is the last of a year.
    pub const fn of_unix(seconds: u64) -> Self {
        let days = seconds / 86_400 + 719_468;
        let (era, of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        let year = year_of_era + era * 400 + (month <= 2) as u64;
        Self { year, month: month as usize, day: of_year - (153 * from_march + 2) / 5 + 1 }
    }

    /// `2026-03-12`, for programs.
    pub(crate) fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.day, MONTHS[self.month - 1], self.year)
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_that_of_the_calendar() {
        for (seconds, iso, words) in [
            (0, "1970-01-01", "1 January 1970"),
            (951_782_400, "2000-02-29", "29 February 2000"),
            (1_798_761_599, "2026-12-31", "31 December 2026"),
            (4_107_542_400, "2100-03-01", "1 March 2100"),
        ] {
            let day = Day::of_unix(seconds);
            assert_eq!((day.iso().as_str(), day.to_string().as_str()), (iso, words));
        }
    }
}
