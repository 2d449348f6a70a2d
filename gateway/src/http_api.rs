//! An HTTP API at work: route, authorizer, integration, and fixed messages for everything that goes wrong.

use std::sync::Arc;

use crate::{
    answer::Answer,
    api::Deployment,
    authorizer::{Authorizer, Refused},
    call::Call,
    cors::Cors,
    headers::Headers,
    integration::{Backends, Failure, Integration, answer_parameters::AnswerParameters},
    request::{MAX_HEAD, RequestBody},
    route::Template,
};

/// A deployed HTTP API.
pub(crate) struct HttpApi {
    pub(crate) deployment: Deployment,
    pub(crate) routes: Vec<Route>,
    pub(crate) cors: Option<Cors>,
}

/// One route.
pub(crate) struct Route {
    /// As in events: `GET /pets`, `ANY /{proxy+}` or `$default`.
    pub(crate) key: String,
    pub(crate) matcher: Matcher,
    pub(crate) authorizer: Option<Arc<Authorizer>>,
    pub(crate) integration: Integration,
    /// What becomes of the integration's answers.
    pub(crate) answers: AnswerParameters,
}

/// Which requests a route is for.
pub(crate) enum Matcher {
    /// A path, and a method unless it is for any.
    Path { method: Option<String>, template: Template },
    /// What no other route is for.
    Default,
}

/// A status with its message.
type Refusal = (u16, &'static str);

impl HttpApi {
    pub(crate) async fn answer<'a>(&'a self, call: &mut Call<'a>, backends: &Backends) -> Answer {
        let preflight = self.cors.as_ref().and_then(|cors| cors.preflight(call.request));
        let mut answer = match preflight {
            Some(answer) => answer,
            None => self.respond(call, backends).await.unwrap_or_else(|(status, text)| Answer::message(status, text)),
        };
        if let Some(cors) = &self.cors {
            cors.mark(call.request, &mut answer);
        }
        answer.headers.set("apigw-requestid", call.id);
        answer
    }

    async fn respond<'a>(&'a self, call: &mut Call<'a>, backends: &Backends) -> Result<Answer, Refusal> {
        if call.request.head_size() > MAX_HEAD {
            return Err((431, "Request Header Fields Too Large"));
        }
        let route = self.route(call).ok_or((404, "Not Found"))?;
        if let RequestBody::TooLarge = call.request.body {
            return Err((413, "Request Entity Too Large"));
        }
        if let Some(authorizer) = &route.authorizer {
            authorizer.admit(call).await.map_err(refusal)?;
        }
        let mut answer = route.integration.answer(call, backends).await.map_err(|failure| failed(&failure))?;
        route.answers.apply(&mut answer, call);
        if let Integration::Lambda(_) = route.integration {
            answer.headers = remapped(&answer.headers);
        }
        Ok(answer)
    }

    /// The most specific route for path and method; among equal paths a named method before any.
    fn route<'a>(&'a self, call: &mut Call<'a>) -> Option<&'a Route> {
        let matching = self.routes.iter().filter_map(|route| {
            let Matcher::Path { method, template } = &route.matcher else { return None };
            let fits = method.as_ref().is_none_or(|method| *method == call.request.method);
            let variables = template.matched(call.path).filter(|_| fits)?;
            Some((route, (template.specificity(), method.is_some()), variables))
        });
        let best = matching.max_by(|(_, one, _), (_, other, _)| one.cmp(other));
        let default = || self.routes.iter().find(|route| matches!(route.matcher, Matcher::Default));
        let (route, variables) = match best {
            Some((route, _, variables)) => (route, variables),
            None => (default()?, Vec::new()),
        };
        call.resource = &route.key;
        call.path_variables = variables;
        Some(route)
    }
}

fn refusal(refused: Refused) -> Refusal {
    match refused {
        Refused::Unauthorized => (401, "Unauthorized"),
        Refused::Denied | Refused::NotAllowed => (403, "Forbidden"),
        Refused::Failed | Refused::Malformed => INTERNAL,
    }
}

fn failed(failure: &Failure) -> Refusal {
    match failure {
        Failure::Network(_) | Failure::TimedOut(_) => (503, "Service Unavailable"),
        Failure::Configuration(_) | Failure::Malformed(_) | Failure::Function(_) | Failure::UnsupportedMediaType => {
            INTERNAL
        }
    }
}

/// Renames a Lambda function's challenge, as was reported from AWS.
fn remapped(headers: &Headers) -> Headers {
    let renamed = |name: &str| {
        if name.eq_ignore_ascii_case("www-authenticate") { REMAPPED_CHALLENGE.to_owned() } else { name.to_owned() }
    };
    headers.iter().map(|(name, value)| (renamed(name), value)).collect()
}

const INTERNAL: Refusal = (500, "Internal Server Error");
const REMAPPED_CHALLENGE: &str = "x-amzn-remapped-www-authenticate";
