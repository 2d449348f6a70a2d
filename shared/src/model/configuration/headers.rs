//! `inject_headers`: which headers the backend gets, made of the provider's answer.

use super::{
    decode::Field,
    report::{Findings, Place, Placed, quoted},
};
use crate::model::{HeaderGroup, HeaderName, HeaderRule, expression::Expression, pre_inputs::MAX_HEADERS};

pub(super) const NAME: &str = "inject_headers";

/// The headers of one region as they are written.
#[derive(Clone, Debug)]
pub(super) struct RawGroup {
    pub(super) region: String,
    pub(super) rules: Vec<Placed<RawRule>>,
}

/// One header as it is written.
#[derive(Clone, Debug)]
pub(super) struct RawRule {
    pub(super) header: String,
    pub(super) expression: String,
}

impl RawGroup {
    /// The flat form, or one mapping per region.
    pub(super) fn of_member(field: &Field<'_>) -> Option<Vec<Self>> {
        let pairs = field.pairs()?;
        let (regions, flat): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(_, value)| value.is_mapping());
        if !regions.is_empty() && !flat.is_empty() {
            return field.refuse(
                "headers beside regions",
                "a mapping of headers, or of regions with a mapping of headers each",
            );
        }
        if regions.is_empty() {
            return Some(vec![Self { region: HeaderGroup::DEFAULT.to_owned(), rules: raw_rules(flat) }]);
        }
        let group = |(region, headers): (&str, Field<'_>)| {
            Some(Self { region: region.to_owned(), rules: raw_rules(headers.pairs()?) })
        };
        Some(regions.into_iter().filter_map(group).collect())
    }
}

/// Reads every header's name and expression.
pub(super) fn read(raw: Placed<Vec<RawGroup>>, findings: &Findings<'_>) -> Placed<Vec<HeaderGroup>> {
    let mut seen: Vec<(HeaderName, usize)> = Vec::new();
    let mut groups = Vec::new();
    for (at, RawGroup { region, rules: raw }) in raw.value.into_iter().enumerate() {
        if let Some(surplus) = raw.get(MAX_HEADERS) {
            let found = format!("{} headers for {}", raw.len(), quoted(&region));
            findings.mistake(&surplus.place, found, format!("at most {MAX_HEADERS}"));
        }
        let mut rules = Vec::new();
        for Placed { value, place } in raw {
            let Some(rule) = rule(&value, &place, findings) else { continue };
            refuse_clash(&rule.header, &seen, at, (&place, findings));
            seen.push((rule.header.clone(), at));
            rules.push(rule);
        }
        groups.push(HeaderGroup { region, rules });
    }
    Placed { value: groups, place: raw.place }
}

fn raw_rules(pairs: Vec<(&str, Field<'_>)>) -> Vec<Placed<RawRule>> {
    let rule = |(header, field): (&str, Field<'_>)| {
        let expression = field.text(EXPRESSION)?.to_owned();
        Some(field.placed(RawRule { header: header.to_owned(), expression }))
    };
    pairs.into_iter().filter_map(rule).collect()
}

fn rule(raw: &RawRule, place: &Place, findings: &Findings<'_>) -> Option<HeaderRule> {
    let expression = Expression::parse(&raw.expression)
        .map_err(|error| findings.mistake(place, format!("an expression that cannot be used: {error}"), EXPRESSION));
    Some(HeaderRule { header: injectable(&raw.header, place, findings)?, expression: expression.ok()?.into() })
}

/// A header that an authorizer may set towards the backend.
fn injectable(name: &str, place: &Place, findings: &Findings<'_>) -> Option<HeaderName> {
    let mappable = name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let Some(header) = HeaderName::parse(name).ok().filter(|_| mappable) else {
        findings.mistake(place, quoted(name), "a header name of letters, digits, '-', '_' and '.'");
        return None;
    };
    if is_reserved(name) {
        findings.mistake(
            place,
            format!("the header {}", quoted(name)),
            "a header that neither HTTP nor API Gateway reserves",
        );
        return None;
    }
    Some(header)
}

/// Whether HTTP, the browser or API Gateway gives a header its meaning.
fn is_reserved(name: &str) -> bool {
    let folded = HeaderName::folded(name);
    RESERVED.contains(&folded.as_str()) || RESERVED_STARTS.iter().any(|start| folded.starts_with(start))
}

/// Each header has its own entry in the authorizer's context, whatever the region; several groups may set the same one.
fn refuse_clash(header: &HeaderName, seen: &[(HeaderName, usize)], group: usize, rule: (&Place, &Findings<'_>)) {
    let (place, findings) = rule;
    let clashes = |(other, at): &&(HeaderName, usize)| {
        other.context_key() == header.context_key() && (other != header || *at == group)
    };
    if let Some((other, _)) = seen.iter().find(clashes) {
        let (shown, key) = (quoted(header.as_str()), header.context_key());
        let found = format!("{shown}, which shares the context key {key} with {}", quoted(other.as_str()));
        findings.mistake(place, found, "headers that differ by more than case, '-' and '_'");
    }
}

const EXPRESSION: &str = "a JSONPath such as $.email or an XPath such as //email";

const RESERVED: [&str; 13] = [
    "authorization",
    "connection",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "origin",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "via",
];

const RESERVED_STARTS: [&str; 6] = ["access-control-", "apigw-", "content-", "proxy-", "x-amz", "x-forwarded-"];
