//! Headers made of the provider's answer (`inject_headers`), each with what became of it.

use super::{Asked, Trace, question::Question};
use crate::{
    authorizer::{
        Context, HeaderOutcome,
        context::{MAX_HEADER_BYTES, TOO_LARGE},
    },
    model::{
        HeaderName,
        expression::{Document, Found, header_value},
    },
};

impl Asked<'_> {
    /// Sets every header of every region: to its value, or to what stands for none, so that no copy of the client's
    /// can pass.
    pub(super) fn with_headers(
        &self,
        mut context: Context,
        question: &Question,
        document: &Document,
        trace: &mut Trace,
    ) -> Result<Context, &'static str> {
        let mut total = 0;
        for header in self.policy.headers() {
            let (value, outcome) = self.value(header, question, document);
            total += value.as_ref().map_or(0, String::len);
            let bytes = value.as_ref().map(String::len);
            trace.headers.push(HeaderOutcome { header: header.to_string(), outcome, bytes });
            let value = value.or_else(|| self.policy.unset_header_value.clone());
            context = match value {
                Some(value) => context.with_header(header, value),
                None => context,
            };
        }
        if total > MAX_HEADER_BYTES { Err(TOO_LARGE) } else { Ok(context) }
    }

    fn value(&self, header: &HeaderName, question: &Question, document: &Document) -> (Option<String>, &'static str) {
        let group = self.policy.group(question.region.as_deref());
        let expression = group.and_then(|group| question.providers.expression(group, header));
        let Some(expression) = expression else { return (None, "unset") };
        match expression.evaluate(document) {
            // Blanks around a value are no part of it (RFC 9110 section 5.5), so one of nothing else is empty.
            Found::Value(text) => match header_value(text.trim_matches([' ', '\t']), self.policy.header_encoding) {
                Ok(value) if value.is_empty() => (None, "no match"),
                Ok(value) => (Some(value), "injected"),
                Err(_) => (None, "control character"),
            },
            Found::NoMatch => (None, "no match"),
            Found::Null => (None, "null"),
            Found::NotJson => (None, "not JSON"),
            Found::NotXml => (None, "not XML"),
            Found::TooLarge => (None, "too large"),
        }
    }
}
