//! The metrics: what the functions count and time, as a line of the log carries it in CloudWatch's embedded metric
//! format.

use std::time::Duration;

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::Value;

/// The namespace of every metric.
pub const NAMESPACE: &str = "Tollgate";
/// The dimension that every metric has: the function's name.
pub const FUNCTION: &str = "function";

/// A metric.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name.
    pub name: &'static str,
    /// CloudWatch's unit: `Count` or `Milliseconds`.
    pub unit: &'static str,
    /// Dimensions beside [`FUNCTION`] by which it is told once more; none = by the function alone.
    pub beside: &'static [&'static str],
}

/// Tokens given.
pub const ISSUED: Metric = count("issued", &["grant_type"]);
/// Tokens that were shown as valid to whoever asked.
pub const ACTIVE: Metric = count("active", &[]);
/// Tokens of which whoever asked learned nothing.
pub const INACTIVE: Metric = count("inactive", &["reason"]);
/// Tokens and authorizations taken back.
pub const REVOKED: Metric = count("revoked", &[]);
/// Requests to take back what was not there or not the client's.
pub const IGNORED: Metric = count("ignored", &["reason"]);
/// Requests whose client proved itself by a secret that is to end.
pub const OLDER_SECRET_USED: Metric = count("older_secret_used", &[]);
/// Codes given.
pub const AUTHORIZED: Metric = count("authorized", &[]);
/// Logins of resource owners.
pub const LOGGED_IN: Metric = count("logged_in", &[]);
/// Calls let through.
pub const ALLOWED: Metric = count("allowed", &[]);
/// Requests and calls refused.
pub const REFUSED: Metric = count("refused", &["reason"]);
/// Decisions that failed because DynamoDB or KMS was unavailable.
pub const STORE_FAILURE: Metric = count("store_failure", &[]);
/// Decisions that failed because the configuration was wrong.
pub const CONFIG_FAILURE: Metric = count("config_failure", &[]);
/// Decisions that failed because the identity provider was unavailable.
pub const PROVIDER_FAILURE: Metric = count("provider_failure", &[]);
/// How long a decision took.
pub const LATENCY: Metric = milliseconds("latency", &[]);
/// How long the identity provider took.
pub const VALIDATION_LATENCY: Metric = milliseconds("validation_latency", &["provider", "region"]);
/// Definitions, clients and keys found in memory.
pub const CACHE_HITS: Metric = count("cache_hits", &[]);
/// Definitions, clients and keys that had to be read.
pub const CACHE_MISSES: Metric = count("cache_misses", &[]);
/// Requests to DynamoDB that were sent once more.
pub const STORE_RETRIES: Metric = count("store_retries", &[]);

/// Every metric there is.
pub const METRICS: [&Metric; 18] = [
    &ISSUED,
    &ACTIVE,
    &INACTIVE,
    &REVOKED,
    &IGNORED,
    &OLDER_SECRET_USED,
    &AUTHORIZED,
    &LOGGED_IN,
    &ALLOWED,
    &REFUSED,
    &STORE_FAILURE,
    &CONFIG_FAILURE,
    &PROVIDER_FAILURE,
    &LATENCY,
    &VALIDATION_LATENCY,
    &CACHE_HITS,
    &CACHE_MISSES,
    &STORE_RETRIES,
];

const fn count(name: &'static str, beside: &'static [&'static str]) -> Metric {
    Metric { name, unit: "Count", beside }
}

const fn milliseconds(name: &'static str, beside: &'static [&'static str]) -> Metric {
    Metric { name, unit: "Milliseconds", beside }
}

/// What was counted and timed in one decision.
#[derive(Debug, Default)]
pub(super) struct Measured(Vec<(&'static Metric, Value)>);

impl Measured {
    pub(super) fn once(&mut self, metric: &'static Metric) {
        self.0.push((metric, Value::from(1)));
    }

    /// A count; of nothing there is nothing to tell.
    pub(super) fn count(&mut self, metric: &'static Metric, count: u32) {
        if count > 0 {
            self.0.push((metric, Value::from(count)));
        }
    }

    /// A time, told in milliseconds with three places.
    pub(super) fn milliseconds(&mut self, metric: &'static Metric, time: Duration) {
        let microseconds = u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        self.0.push((metric, Value::from(f64::from(microseconds) / 1_000.0)));
    }
}

/// The values, by the names of their metrics.
impl Serialize for Measured {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (metric, value) in &self.0 {
            map.serialize_entry(metric.name, value)?;
        }
        map.end()
    }
}

/// The member `_aws`, which says what of the line is a metric. What it names are members of the line.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Embedded<'a> {
    /// Milliseconds since 1970.
    pub(super) timestamp: u64,
    #[serde(rename = "CloudWatchMetrics")]
    pub(super) directives: Directives<'a>,
}

/// One directive for all metrics by the function, and one for each that has more dimensions.
pub(super) struct Directives<'a>(pub(super) &'a Measured);

impl Serialize for Directives<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let metrics = || self.0.0.iter().map(|(metric, _)| *metric);
        let mut list = serializer.serialize_seq(None)?;
        list.serialize_element(&Directive::new(vec![FUNCTION], metrics().collect()))?;
        for metric in metrics().filter(|metric| !metric.beside.is_empty()) {
            list.serialize_element(&Directive::new([&[FUNCTION], metric.beside].concat(), vec![metric]))?;
        }
        list.end()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: [Vec<&'static str>; 1],
    metrics: Vec<&'static Metric>,
}

impl Directive {
    fn new(dimensions: Vec<&'static str>, metrics: Vec<&'static Metric>) -> Self {
        Self { namespace: NAMESPACE, dimensions: [dimensions], metrics }
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("Name", self.name)?;
        map.serialize_entry("Unit", self.unit)?;
        map.end()
    }
}
