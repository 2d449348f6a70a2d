//! Moments.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Seconds since 1970-01-01T00:00:00Z (`NumericDate` of RFC 7519 without fractions).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(u64);

/// The longest life a token can have, in seconds: 3,650 days. A service whose tokens "never expire" gets this.
pub const MAX_LIFETIME: u64 = 3_650 * 24 * 60 * 60;

impl Timestamp {
    /// A moment by its seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The seconds.
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// The moment `seconds` later.
    #[must_use]
    pub const fn plus(self, seconds: u64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// The moment in RFC 3339, such as `2027-01-15T08:00:00Z`.
    pub fn rfc3339(self) -> String {
        let (day, second) = (self.0 / 86_400, self.0 % 86_400);
        let (year, month, day) = civil(day);
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", second / 3_600, second / 60 % 60, second % 60)
    }

    /// Seconds from `earlier` to this moment; 0 when it is not later.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z: when something happened, as a log tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(u64);

impl Moment {
    /// A moment by its milliseconds.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(milliseconds)
    }

    /// The milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The second that it is in.
    pub const fn timestamp(self) -> Timestamp {
        Timestamp(self.0 / 1_000)
    }

    /// The moment in RFC 3339, such as `2027-01-15T08:00:00.042Z`.
    pub fn rfc3339(self) -> String {
        let second = self.timestamp().rfc3339();
        format!("{}.{:03}Z", second.trim_end_matches('Z'), self.0 % 1_000)
    }
}

/// Year, month and day of a day since 1970-01-01. Years are taken from March on, so that a leap day is the last of one.
const fn civil(day: u64) -> (u64, u64, u64) {
    let day = day + 719_468;
    let (era, day) = (day / 146_097, day % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let in_month = day - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year;
    if month < 10 { (year, month + 3, in_month) } else { (year + 1, month - 9, in_month) }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_reads_as_rfc_3339_has_it() {
        let moments = [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_251_199, "2024-02-29T23:59:59Z"),
            (1_800_000_000, "2027-01-15T08:00:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ];
        for (seconds, text) in moments {
            assert_eq!(Timestamp::from_secs(seconds).rfc3339(), text);
        }
    }

    #[test]
    fn a_log_tells_milliseconds_and_a_decision_takes_the_second() {
        for (milliseconds, text) in [(42, "08:00:00.042Z"), (999, "08:00:00.999Z"), (1_000, "08:00:01.000Z")] {
            let moment = Moment::from_millis(1_800_000_000_000 + milliseconds);
            assert_eq!(moment.rfc3339(), format!("2027-01-15T{text}"));
        }
        assert_eq!(Moment::from_millis(1_800_000_000_999).timestamp(), Timestamp::from_secs(1_800_000_000));
    }
}
