//! The `mock` integration: its request template names a status, and a configured response answers.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use crate::{
    answer::Answer,
    call::Call,
    headers::{Headers, media_type},
    integration::{Failure, responses::IntegrationResponses},
};

/// A mock of one method.
#[derive(Clone, Debug)]
pub(crate) struct MockIntegration {
    /// Request templates by media type.
    pub(crate) templates: BTreeMap<String, String>,
    pub(crate) passthrough: Passthrough,
    pub(crate) responses: IntegrationResponses,
}

/// `passthroughBehavior`: what happens to a body whose media type has no template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Passthrough {
    /// It goes on as it is.
    #[default]
    WhenNoMatch,
    /// It goes on only where there are no templates at all, else 415.
    WhenNoTemplates,
    /// 415.
    Never,
}

impl MockIntegration {
    /// # Errors
    /// [`Failure::Configuration`] when what the template (or the body, passed through) says is no status.
    pub(crate) fn answer(&self, call: &Call<'_>) -> Result<Answer, Failure> {
        let content_type = call.request.headers.last("content-type").map(media_type);
        let template = self.templates.get(content_type.as_deref().unwrap_or("application/json"));
        let text = match template {
            Some(template) => template.as_bytes(),
            None if self.passes_through() => &call.request.body()[..],
            None => return Err(Failure::UnsupportedMediaType),
        };
        let integration = Answer { status: status(text)?, headers: Headers::default(), body: Bytes::new() };
        self.responses.convert(&integration, call)
    }

    fn passes_through(&self) -> bool {
        match self.passthrough {
            Passthrough::WhenNoMatch => true,
            Passthrough::WhenNoTemplates => self.templates.is_empty(),
            Passthrough::Never => false,
        }
    }
}

fn status(text: &[u8]) -> Result<u16, Failure> {
    let value: Option<Value> = serde_json::from_slice(text).ok();
    let status = value.as_ref().and_then(|value| value.get("statusCode")).and_then(Value::as_u64);
    status.and_then(|status| u16::try_from(status).ok()).filter(|status| (100..600).contains(status)).ok_or_else(|| {
        Failure::Configuration("the mock's request template does not say {\"statusCode\": N}".to_owned())
    })
}
