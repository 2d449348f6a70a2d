//! `token_validation_uri`: which provider is asked, by region.

use super::{
    decode::Field,
    report::{Findings, Placed, quoted},
};
use crate::model::{HeaderName, HttpUri, IntrospectionRoute, Region, RegionEndpoint, pre_inputs::MAX_REGIONS};

pub(super) const NAME: &str = "token_validation_uri";

/// The three members as they are written.
#[derive(Clone, Debug)]
pub(super) struct RawRoute {
    pub(super) header: Option<Placed<String>>,
    pub(super) regions: Vec<(String, Placed<String>)>,
    pub(super) default: Option<Placed<String>>,
}

impl RawRoute {
    pub(super) fn of_member(field: &Field<'_>) -> Option<Self> {
        let object = field.object()?;
        let text = |field: Field<'_>, expected| Some(field.placed(field.text(expected)?.to_owned()));
        let header = object.member("regionCodeHeader").and_then(|field| text(field, HEADER));
        let regions = object.read("regionCodeValue", Vec::new(), |field| {
            let region = |(code, uri): (&str, Field<'_>)| Some((code.to_owned(), text(uri, URI)?));
            Some(field.pairs()?.into_iter().filter_map(region).collect())
        });
        let default = object.member("defaultURI").and_then(|field| text(field, URI));
        object.close();
        Some(Self { header, regions, default })
    }
}

/// Reads the header's name and every URI.
pub(super) fn read(raw: Placed<RawRoute>, findings: &Findings<'_>) -> Option<Placed<IntrospectionRoute>> {
    let Placed { value: raw, place } = raw;
    if raw.default.is_none() {
        findings.mistake(&place, "no defaultURI", format!("defaultURI: {URI}"));
    }
    let default_uri = raw.default.as_ref().and_then(|text| uri(text, findings));
    let endpoints: Vec<_> = raw.regions.iter().filter_map(|region| endpoint(region, findings)).collect();
    if let Some((_, surplus)) = raw.regions.get(MAX_REGIONS) {
        let found = format!("{} regions", raw.regions.len());
        findings.mistake(&surplus.place, found, format!("at most {MAX_REGIONS}"));
    }
    let header = raw.header.as_ref().and_then(|header| region_header(header, findings));
    let region = match (&raw.header, raw.regions.first()) {
        (Some(header), None) => {
            findings.mistake(&header.place, "regionCodeHeader alone", "regionCodeValue beside it");
            None
        }
        (None, Some((_, first))) => {
            findings.mistake(&first.place, "regionCodeValue alone", "regionCodeHeader beside it");
            None
        }
        _ => header.map(|header| Region { header, required: false, endpoints }),
    };
    Some(Placed { value: IntrospectionRoute { region, default_uri: Some(default_uri?) }, place })
}

fn endpoint((code, text): &(String, Placed<String>), findings: &Findings<'_>) -> Option<RegionEndpoint> {
    if code.trim() != code || code.is_empty() {
        let found = format!("the region code {}", quoted(code));
        findings.mistake(&text.place, found, "a code without blanks around it");
    }
    Some(RegionEndpoint { code: code.clone(), uri: uri(text, findings)? })
}

fn uri(text: &Placed<String>, findings: &Findings<'_>) -> Option<HttpUri> {
    let Ok(parsed) = HttpUri::parse(text.value.as_str()) else {
        findings.mistake(&text.place, quoted(&text.value), URI);
        return None;
    };
    if parsed.url().scheme() == "http" && !parsed.is_loopback() {
        findings.warning(&text.place, quoted(&text.value), "https: tokens go there as they are");
    }
    Some(parsed)
}

fn region_header(header: &Placed<String>, findings: &Findings<'_>) -> Option<HeaderName> {
    let parsed = HeaderName::parse(header.value.as_str());
    parsed.map_err(|_| findings.mistake(&header.place, quoted(&header.value), HEADER)).ok()
}

const HEADER: &str = "a header name";

const URI: &str = "an http or https URL with a host, without user information and fragment";
