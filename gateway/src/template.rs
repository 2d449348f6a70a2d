//! The templates of gateway responses and mocks: variables are put in as they are, nothing is escaped, and there is no
//! VTL.

use crate::call::Call;

/// Puts the values of `$context.…` and `$stageVariables.…` into `template`; an absent value leaves nothing.
pub(crate) fn render(template: &str, call: &Call<'_>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let taken = if let Some(name) = variable(rest, "$context.") {
            text.push_str(&call.variable(name).unwrap_or_default());
            "$context.".len() + name.len()
        } else if let Some(name) = variable(rest, "$stageVariables.") {
            text.push_str(call.deployment.stage_variables.get(name).map_or("", String::as_str));
            "$stageVariables.".len() + name.len()
        } else {
            text.push('$');
            1
        };
        rest = &rest[taken..];
    }
    text.push_str(rest);
    text
}

/// The name after `prefix`; a dot at its end belongs to the text around it.
fn variable<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let rest = text.strip_prefix(prefix)?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.')).unwrap_or(rest.len());
    Some(rest[..end].trim_end_matches('.')).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::tests::with_call;

    #[test]
    fn puts_values_in_as_they_are() {
        with_call(|call| {
            assert_eq!(render(r#"{"m":"$context.httpMethod"}"#, call), r#"{"m":"GET"}"#);
            assert_eq!(render("$stageVariables.quoted.", call), "say \"hi\".");
            assert_eq!(render("[$context.authorizer.unknown]", call), "[]");
            assert_eq!(render("$5 and $context. and $", call), "$5 and $context. and $");
        });
    }
}
