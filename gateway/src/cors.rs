//! `x-amazon-apigateway-cors` of an HTTP API: preflights answered and answers marked by the gateway itself.

use crate::{answer::Answer, headers::Headers, request::Request};

/// The configuration as the document has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cors {
    pub(crate) allow_origins: Vec<String>,
    pub(crate) allow_methods: Vec<String>,
    pub(crate) allow_headers: Vec<String>,
    pub(crate) expose_headers: Vec<String>,
    /// In seconds.
    pub(crate) max_age: Option<u64>,
    pub(crate) allow_credentials: bool,
}

impl Cors {
    /// The answer to a preflight, also where no route is; `None` for any other request.
    pub(crate) fn preflight(&self, request: &Request) -> Option<Answer> {
        let asks =
            request.headers.last("origin").is_some() && request.headers.last("access-control-request-method").is_some();
        (request.method == "OPTIONS" && asks).then(|| Answer {
            status: 204,
            headers: Headers::default(),
            body: bytes::Bytes::new(),
        })
    }

    /// Puts the configured fields in place of those that an integration sent.
    pub(crate) fn mark(&self, request: &Request, answer: &mut Answer) {
        answer.headers.retain(|name| !name.to_ascii_lowercase().starts_with("access-control-"));
        let Some(origin) = request.headers.last("origin").filter(|origin| self.allows(origin)) else { return };
        let any = self.allow_origins.iter().any(|allowed| allowed == "*");
        answer.headers.push("access-control-allow-origin", if any { "*" } else { origin });
        if self.allow_credentials {
            answer.headers.push("access-control-allow-credentials", "true");
        }
        push_list(answer, "access-control-expose-headers", &self.expose_headers);
        if self.preflight(request).is_some() {
            push_list(answer, "access-control-allow-methods", &self.allow_methods);
            push_list(answer, "access-control-allow-headers", &self.allow_headers);
            if let Some(seconds) = self.max_age {
                answer.headers.push("access-control-max-age", seconds.to_string());
            }
        }
    }

    fn allows(&self, origin: &str) -> bool {
        self.allow_origins.iter().any(|allowed| {
            let scheme_wide = allowed.strip_suffix("://*").and_then(|scheme| origin.strip_prefix(scheme));
            allowed == "*" || allowed == origin || scheme_wide.is_some_and(|rest| rest.starts_with("://"))
        })
    }
}

fn push_list(answer: &mut Answer, name: &str, list: &[String]) {
    if !list.is_empty() {
        answer.headers.push(name, list.join(","));
    }
}
