//! The integrations `http_proxy`, which passes the whole request on, and `http`, which passes what is mapped.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;

use crate::{
    answer::Answer,
    call::Call,
    edge,
    headers::Headers,
    integration::{
        Backends, Failure,
        http_parameters::{self, HttpParameter},
        media_types::MediaTypes,
        outgoing::Outgoing,
        responses::IntegrationResponses,
        rest_parameters::{self, RestParameter},
        spelling,
        uri::UriTemplate,
    },
};

/// A backend spoken to over HTTP.
pub(crate) struct HttpIntegration {
    /// `None` uses the client's method.
    pub(crate) method: Option<http::Method>,
    pub(crate) uri: UriTemplate,
    pub(crate) style: HttpStyle,
    pub(crate) time_limit: Duration,
}

/// How request and response are carried over.
pub(crate) enum HttpStyle {
    /// A REST API's `http_proxy`.
    RestProxy { mappings: Vec<RestParameter>, binary: MediaTypes },
    /// A REST API's `http`.
    RestMapped { mappings: Vec<RestParameter>, binary: MediaTypes, responses: IntegrationResponses },
    /// An HTTP API's `http_proxy`.
    HttpProxy { parameters: Vec<HttpParameter> },
}

impl HttpIntegration {
    /// # Errors
    /// Why the backend gave no answer, or none that API Gateway passes on.
    pub(crate) async fn answer(&self, call: &mut Call<'_>, backends: &Backends) -> Result<Answer, Failure> {
        let outgoing = self.outgoing(call)?;
        let mut request = self.request(call, &outgoing)?;
        if let HttpStyle::RestProxy { .. } | HttpStyle::RestMapped { .. } = &self.style {
            request.extensions_mut().extend(spelling::of(&outgoing.headers).await);
        }
        let limit = self.time_limit;
        let answer = tokio::time::timeout(limit, backends.exchange(request)).await;
        let mut answer = answer.map_err(|_| Failure::TimedOut(limit))??;
        call.exchange.backend_status = Some(answer.status);
        if let HttpStyle::RestMapped { responses, .. } = &self.style {
            return responses.convert(&answer, call);
        }
        if let HttpStyle::HttpProxy { .. } = &self.style {
            answer.headers = edge::end_to_end(&answer.headers);
        }
        Ok(answer)
    }

    fn outgoing(&self, call: &mut Call<'_>) -> Result<Outgoing, Failure> {
        let (query, path_variables) = (call.request.query.clone(), Vec::new());
        match &self.style {
            HttpStyle::RestProxy { mappings, .. } => {
                let headers = passed(edge::headers(call));
                let mut outgoing = Outgoing { headers, query, path_variables, ..Outgoing::default() };
                rest_parameters::apply(mappings, call, &mut outgoing)?;
                own_fields(call, &mut outgoing.headers);
                Ok(outgoing)
            }
            HttpStyle::RestMapped { mappings, .. } => {
                let mut outgoing = Outgoing { headers: unmapped(call), ..Outgoing::default() };
                rest_parameters::apply(mappings, call, &mut outgoing)?;
                own_fields(call, &mut outgoing.headers);
                Ok(outgoing)
            }
            HttpStyle::HttpProxy { parameters } => {
                let path_variables =
                    call.path_variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
                let mut outgoing = Outgoing { headers: forwarded(call), query, path_variables, ..Outgoing::default() };
                http_parameters::apply(parameters, call, &mut outgoing);
                Ok(outgoing)
            }
        }
    }

    fn request(&self, call: &Call<'_>, outgoing: &Outgoing) -> Result<http::Request<Full<Bytes>>, Failure> {
        let variable = |name: &str| outgoing.path_variable(name);
        let mut uri = self.uri.fill(variable, &call.deployment.stage_variables).map_err(Failure::Configuration)?;
        if let Some(path) = &outgoing.path {
            uri = with_path(&uri, path);
        }
        if !outgoing.query.is_empty() {
            uri.push(if uri.contains('?') { '&' } else { '?' });
            uri.push_str(&outgoing.query);
        }
        let method = match &self.method {
            Some(method) => method.clone(),
            None => call.request.method.parse().map_err(|_| configuration("the method is none that HTTP knows"))?,
        };
        let mut request = http::Request::builder().method(method).uri(&uri);
        for (name, value) in outgoing.headers.iter() {
            request = request.header(name, value);
        }
        let body = Full::new(self.body(call));
        request.body(body).map_err(|error| Failure::Configuration(format!("invalid integration request: {error}")))
    }

    /// A REST API reads a body as text unless its media type is declared binary; what is no UTF-8 suffers.
    fn body(&self, call: &Call<'_>) -> Bytes {
        let body = call.request.body();
        match &self.style {
            HttpStyle::RestProxy { binary, .. } | HttpStyle::RestMapped { binary, .. }
                if !binary.cover(call.request.headers.last("content-type")) =>
            {
                Bytes::from(String::from_utf8_lossy(body).into_owned())
            }
            _ => body.clone(),
        }
    }
}

/// The address with another path; its own query stays.
fn with_path(uri: &str, path: &str) -> String {
    let authority = uri.find("://").map_or(0, |at| at + "://".len());
    let start = uri[authority..].find(['/', '?']).map_or(uri.len(), |at| authority + at);
    let end = uri[start..].find('?').map_or(uri.len(), |at| start + at);
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("{}{slash}{path}{}", &uri[..start], &uri[end..])
}

/// The client's fields but for those that the new connection sets itself.
fn passed(mut headers: Headers) -> Headers {
    ["Host", "Content-Length", "Expect"].into_iter().for_each(|name| headers.remove(name));
    headers
}

/// What a request has that no client header passes into.
fn unmapped(call: &Call<'_>) -> Headers {
    let sent = &call.request.headers;
    let content_type = sent.last("content-type").unwrap_or("application/json");
    let agent = format!("AmazonAPIGateway_{}", call.deployment.id);
    [("Accept", "application/json"), ("Content-Type", content_type), ("User-Agent", &agent)].into_iter().collect()
}

/// HTTP APIs turn `X-Forwarded-*` into the standard `Forwarded` (RFC 7239).
fn forwarded(call: &Call<'_>) -> Headers {
    let mut headers = passed(edge::headers(call));
    headers.retain(|name| !name.to_ascii_lowercase().starts_with("x-forwarded-"));
    let host = call.request.headers.last("host").unwrap_or("localhost");
    let hop = format!("for={};host={host};proto=http", call.request.peer);
    let before = headers.joined("forwarded");
    headers.set("Forwarded", before.map_or(hop.clone(), |before| format!("{before}, {hop}")));
    headers
}

fn own_fields(call: &Call<'_>, headers: &mut Headers) {
    headers.set("x-amzn-apigateway-api-id", call.deployment.id.as_str());
}

fn configuration(reason: &str) -> Failure {
    Failure::Configuration(reason.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_path_keeps_host_and_query_of_the_address() {
        assert_eq!(with_path("http://h:1/a/b?x=1", "/c"), "http://h:1/c?x=1");
        assert_eq!(with_path("https://h", "c"), "https://h/c");
        assert_eq!(with_path("http://h?x=/1", "/c"), "http://h/c?x=/1");
    }
}
