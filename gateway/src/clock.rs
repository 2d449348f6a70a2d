//! The wall clock, and the two ways in which its time is written; also the ids of requests, which come from it.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// A moment in milliseconds since 1970, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) u64);

impl Moment {
    #[expect(clippy::disallowed_methods, reason = "the gateway's one reading of the clock: a gateway has real time")]
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    pub(crate) fn seconds(self) -> u64 {
        self.0 / 1000
    }

    /// As in `requestContext.requestTime`: `09/Apr/2015:12:34:56 +0000`.
    pub(crate) fn clf(self) -> String {
        let Civil { day, month, year } = self.civil();
        format!("{day:02}/{month}/{year}:{} +0000", self.time_of_day())
    }

    /// As in a `Date` field (RFC 9110 §5.6.7): `Thu, 09 Apr 2015 12:34:56 GMT`.
    pub(crate) fn http_date(self) -> String {
        let Civil { day, month, year } = self.civil();
        let weekday = WEEKDAYS[(self.seconds() / 86_400 % 7) as usize];
        format!("{weekday}, {day:02} {month} {year} {} GMT", self.time_of_day())
    }

    fn time_of_day(self) -> String {
        let second = self.seconds() % 86_400;
        format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
    }

    /// The proleptic Gregorian date, counted in eras of 400 years that begin on a first of March.
    fn civil(self) -> Civil {
        let days = self.seconds() / 86_400 + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let year = year_of_era + era * 400 + u64::from(month_from_march >= 10);
        Civil { day, month: MONTHS_FROM_MARCH[month_from_march as usize], year }
    }
}

/// Hands out request ids in the shape of a UUID, unique for this process and the moment of its start.
#[derive(Debug)]
pub(crate) struct RequestIds {
    started: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn starting(now: Moment) -> Self {
        Self { started: now.0, next: AtomicU64::new(1) }
    }

    pub(crate) fn next(&self) -> String {
        let (started, number) = (self.started, self.next.fetch_add(1, Ordering::Relaxed));
        let (high, low) = ((started >> 16) & 0xffff_ffff, started & 0xffff);
        format!("{high:08x}-{low:04x}-4000-8000-{number:012x}")
    }
}

struct Civil {
    day: u64,
    month: &'static str,
    year: u64,
}

const MONTHS_FROM_MARCH: [&str; 12] =
    ["Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb"];

/// 1970 began on a Thursday.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_a_moment_both_ways() {
        let moment = Moment(1_428_582_896_000);
        assert_eq!(moment.clf(), "09/Apr/2015:12:34:56 +0000");
        assert_eq!(moment.http_date(), "Thu, 09 Apr 2015 12:34:56 GMT");
    }

    #[test]
    fn knows_leap_days_and_the_first_day() {
        assert_eq!(Moment(951_782_400_000).clf(), "29/Feb/2000:00:00:00 +0000");
        assert_eq!(Moment(0).http_date(), "Thu, 01 Jan 1970 00:00:00 GMT");
    }

    #[test]
    fn no_two_requests_have_one_id() {
        let ids = RequestIds::starting(Moment(1));
        assert_ne!(ids.next(), ids.next());
    }
}
