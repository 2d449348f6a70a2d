//! The formats of the webMethods Mediator token service: JSON, or XML in the namespace of the service's own URL.

use std::io;

use http::{HeaderMap, header};
use quick_xml::{
    Writer,
    events::{BytesEnd, BytesStart, BytesText, Event},
};

use super::{TokenResponse, error::ErrorBody};

/// Format of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResponseFormat {
    /// `application/json`.
    #[default]
    Json,
    /// `text/xml`.
    Xml,
}

impl ResponseFormat {
    /// The format that `Accept` prefers (RFC 9110 section 12.5.1); `None` when it names neither, or both alike.
    pub fn preferred(headers: &HeaderMap) -> Option<Self> {
        let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let ranges: Vec<(String, u16)> = values.flat_map(|value| value.split(',')).filter_map(media_range).collect();
        let best = |types: &[&str]| types.iter().map(|media_type| quality(&ranges, media_type)).max().unwrap_or(0);
        let (json, xml) = (best(&["application/json"]), best(&["application/xml", "text/xml"]));
        match json.cmp(&xml) {
            std::cmp::Ordering::Greater => Some(Self::Json),
            std::cmp::Ordering::Less => Some(Self::Xml),
            std::cmp::Ordering::Equal => None,
        }
    }
}

/// One media range with its weight in thousandths.
fn media_range(text: &str) -> Option<(String, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?.to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let thousandths = weight.map_or(Some(1.0), |q| q.parse::<f32>().ok()).map(|q| (q.clamp(0.0, 1.0) * 1000.0) as u16);
    Some((range, thousandths.unwrap_or(0)))
}

/// The weight of a media type: that of the most specific range that holds it.
fn quality(ranges: &[(String, u16)], media_type: &str) -> u16 {
    let family = media_type.split('/').next().map(|family| format!("{family}/*"));
    let weight = |wanted: &str| ranges.iter().find(|(range, _)| range == wanted).map(|(_, weight)| *weight);
    weight(media_type).or_else(|| weight(family.as_deref()?)).or_else(|| weight("*/*")).unwrap_or(0)
}

/// The success answer as XML, its elements in the order of the product's sample.
pub fn token_xml(namespace: &str, answer: &TokenResponse) -> Vec<u8> {
    let mut members = answer.members();
    members.swap(1, 2);
    let elements: Vec<_> = members.iter().map(|(name, text)| (*name, text.as_ref())).collect();
    response_xml(namespace, &elements)
}

/// The error answer as XML: the twin of RFC 6749 section 5.2.
pub fn error_xml(namespace: &str, error: &ErrorBody<'_>) -> Vec<u8> {
    response_xml(namespace, &[("error", error.error), ("error_description", &error.error_description)])
}

fn response_xml(namespace: &str, elements: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    write_elements(&mut writer, namespace, elements).expect("a vector takes every write");
    writer.into_inner()
}

fn write_elements(writer: &mut Writer<Vec<u8>>, namespace: &str, elements: &[(&str, &str)]) -> io::Result<()> {
    let mut root = BytesStart::new("Response");
    root.push_attribute(("xmlns", namespace));
    writer.write_event(Event::Start(root))?;
    for (name, text) in elements {
        writer.write_event(Event::Start(BytesStart::new(*name)))?;
        writer.write_event(Event::Text(BytesText::new(text)))?;
        writer.write_event(Event::End(BytesEnd::new(*name)))?;
    }
    writer.write_event(Event::End(BytesEnd::new("Response")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ErrorCode, Scope, Secret};

    fn accept(value: &str) -> Option<ResponseFormat> {
        ResponseFormat::preferred(&[(header::ACCEPT, value.parse().unwrap())].into_iter().collect())
    }

    #[test]
    fn accept_is_weighed() {
        assert_eq!(accept("application/json"), Some(ResponseFormat::Json));
        assert_eq!(accept("text/xml"), Some(ResponseFormat::Xml));
        assert_eq!(accept("application/xml;q=0.9, application/json;q=0.8"), Some(ResponseFormat::Xml));
        assert_eq!(accept("text/xml;q=0.2, application/*"), None);
        assert_eq!(accept("application/json;q=0, */*"), Some(ResponseFormat::Xml));
        assert_eq!(accept("*/*"), None);
        assert_eq!(accept("text/plain"), None);
    }

    #[test]
    fn the_xml_is_the_products_with_the_scope_last() {
        let answer = TokenResponse {
            access_token: Secret::new("db95".into()),
            expires_in: 3600,
            refresh_token: None,
            scope: Scope::parse("orders").unwrap(),
        };
        let xml = String::from_utf8(token_xml("https://id.example.com/rest/x", &answer)).unwrap();
        assert_eq!(
            xml,
            "<Response xmlns=\"https://id.example.com/rest/x\"><access_token>db95</access_token>\
             <expires_in>3600</expires_in><token_type>Bearer</token_type><scope>orders</scope></Response>"
        );
    }

    #[test]
    fn an_error_is_escaped() {
        let error = ErrorCode::InvalidScope.because("a<b & c");
        let xml = String::from_utf8(error_xml("n", &error.body())).unwrap();
        assert!(xml.contains("<error_description>a&lt;b &amp; c</error_description>"), "{xml}");
    }
}
