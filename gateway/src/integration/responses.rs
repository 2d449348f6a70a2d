//! `responses` of an integration that is no proxy: which method response an integration's status becomes.

use bytes::Bytes;
use regex_lite::Regex;

use crate::{answer::Answer, call::Call, headers::Headers, integration::Failure, mapping::Source, template};

/// The configured responses, in the document's order.
#[derive(Clone, Debug, Default)]
pub(crate) struct IntegrationResponses(pub(crate) Vec<IntegrationResponse>);

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct IntegrationResponse {
    /// What the integration's status must match as a whole; `None` is `default`.
    pub(crate) pattern: Option<Regex>,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, ResponseSource)>,
    /// Media type and text; `None` passes the integration's body.
    pub(crate) template: Option<(String, String)>,
}

/// Where a method response's header comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ResponseSource {
    /// A header of the integration's response.
    Integration(String),
    /// Anything known before it.
    Call(Source),
}

impl ResponseSource {
    /// Reads `integration.response.header.X`, `'text'`, `context.x` or `stageVariables.x`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix("integration.response.header.") {
            Some(name) if !name.is_empty() => Ok(Self::Integration(name.to_owned())),
            _ => Source::rest(text).map(Self::Call),
        }
    }

    /// Reads `$response.header.X`, `$context.x`, `$stageVariables.x` or a static text of an HTTP API.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub(crate) fn http(text: &str) -> Result<Self, String> {
        match text.strip_prefix("$response.header.") {
            Some(name) if !name.is_empty() => Ok(Self::Integration(name.to_owned())),
            _ if text.starts_with("$request.") => Err(format!("`{text}`: an answer is not made of the request")),
            _ => Source::http(text).map(Self::Call),
        }
    }

    /// The value for one answer; `None` when it is absent or empty.
    pub(crate) fn resolve(&self, answer: &Answer, call: &Call<'_>) -> Option<String> {
        match self {
            Self::Integration(name) => answer.headers.joined(name).filter(|value| !value.is_empty()),
            Self::Call(source) => source.resolve(call),
        }
    }
}

impl IntegrationResponses {
    /// The method response to an integration's answer; only mapped headers pass.
    ///
    /// # Errors
    /// [`Failure::Configuration`] when neither a pattern nor a default fits.
    pub(crate) fn convert(&self, integration: &Answer, call: &Call<'_>) -> Result<Answer, Failure> {
        let status = integration.status.to_string();
        let fits = |response: &&IntegrationResponse| response.pattern.as_ref().is_some_and(|it| it.is_match(&status));
        let default = || self.0.iter().find(|response| response.pattern.is_none());
        let chosen = self.0.iter().find(fits).or_else(default).ok_or_else(|| {
            Failure::Configuration(format!("no response fits the integration's status {status}, and none is default"))
        })?;
        Ok(chosen.convert(integration, call))
    }
}

impl IntegrationResponse {
    fn convert(&self, integration: &Answer, call: &Call<'_>) -> Answer {
        let (media_type, body) = match &self.template {
            Some((media_type, text)) => (media_type.as_str(), Bytes::from(template::render(text, call))),
            None => (integration.headers.last("content-type").unwrap_or("application/json"), integration.body.clone()),
        };
        let mut headers = Headers::from_iter([("Content-Type", media_type)]);
        for (name, source) in &self.headers {
            let value = match source {
                ResponseSource::Integration(name) => integration.headers.last(name).map(str::to_owned),
                ResponseSource::Call(source) => source.resolve(call),
            };
            if let Some(value) = value {
                headers.set(name, value);
            }
        }
        Answer { status: self.status, headers, body }
    }
}
