//! The id of a request.

use std::{fmt, str::FromStr};

/// API Gateway's id of a request. It can stand in a filter of CloudWatch Logs as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestId(String);

impl RequestId {
    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RequestId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_=".contains(c);
        let good = (1..=128).contains(&text.len()) && text.chars().all(plain);
        if good {
            Ok(Self(text.to_owned()))
        } else {
            Err("expected the id of a request: letters, digits, '-', '_' and '='")
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_holds_nothing_that_ends_a_filter() {
        for good in ["6f1b9c52-7d3e-4a80-9c1f-2b5d8e7a4c60", "Zx8mPf5cDoECEPQ="] {
            assert_eq!(good.parse::<RequestId>().unwrap().as_str(), good);
        }
        for bad in ["", "a\" }", "a b", "*"] {
            assert!(bad.parse::<RequestId>().is_err(), "{bad}");
        }
    }
}
