//! Mapping expressions of API Gateway: where the value of a header comes from.

/// An entry of the authorizer's context.
pub(super) fn authorizer_context(key: &str) -> String {
    format!("context.authorizer.{key}")
}

/// The header with API Gateway's id of the request, by which support finds the line of the log.
pub(super) fn request_id() -> (&'static str, String) {
    ("X-Request-Id", "context.requestId".to_owned())
}

/// A static value, in the single quotes that tell it from an expression.
///
/// No escape is documented for a quote inside. None of the texts that belong here has one; in a text of another hand
/// it becomes `%27`, which cannot end the value.
pub(super) fn fixed(text: &str) -> String {
    format!("'{}'", text.replace('\'', "%27"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_static_value_stands_in_single_quotes() {
        assert_eq!(fixed("no-store"), "'no-store'");
    }

    proptest! {
        #[test]
        fn nothing_ends_a_static_value_but_its_last_character(text in "[a-z' ]{0,12}") {
            let value = fixed(&text);
            let inner = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            prop_assert!(inner.is_some_and(|inner| !inner.contains('\'')));
        }
    }
}
