//! What a client presents: one method per request, and never anything in the URL.

use http::header;

use super::unfit;
use crate::{
    assertion::{Fault, JwtAssertion},
    protocol::{BasicCredentials, BasicError, ClientId, ErrorCode, Form, OAuthError, Request, Secret},
};

/// Whose rules a request follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// RFC 6749: one method only, Basic credentials form-decoded.
    Rfc6749,
    /// Axway API Gateway: one method only, and Basic credentials may not have been form-encoded.
    Axway,
    /// webMethods Mediator: the header beats the body, and Basic credentials may not have been form-encoded.
    Mediator,
}

/// A client's id and, unless it is public, its proof.
#[derive(Debug)]
pub struct Presented {
    client_id: ClientId,
    proof: Proof,
}

/// What a client proves itself by.
#[derive(Debug)]
pub(super) enum Proof {
    /// Nothing: it is public.
    None,
    /// Its secret.
    Secret(Secret),
    /// An assertion that it signed.
    Assertion(Box<JwtAssertion>),
}

impl Presented {
    /// Parses what a request presents. Old dialects can give a second reading, to be tried after the first.
    ///
    /// # Errors
    /// `invalid_request` for two methods at once, a repeated header or credentials in the URL; `invalid_client` for
    /// none, for another scheme than Basic, for a header and a body that name two clients, and for an assertion that
    /// cannot be read.
    pub fn parse(request: &Request, form: &mut Form, dialect: Dialect) -> Result<Vec<Self>, OAuthError> {
        // RFC 6749 section 2.3.1: credentials MUST NOT be in the request URI, where logs keep them.
        if request.in_query(&CREDENTIALS).is_some() {
            let text = "credentials belong in the header or the body, not in the URL";
            return Err(ErrorCode::InvalidRequest.because(text));
        }
        let (id, secret) = (form.get("client_id").map(str::to_owned), form.take("client_secret"));
        let ways = [
            request.headers.contains_key(header::AUTHORIZATION),
            secret.is_some(),
            form.get("client_assertion").is_some(),
        ];
        let header_beats_body = dialect == Dialect::Mediator;
        if !header_beats_body && ways.into_iter().filter(|used| *used).count() > 1 {
            let one = "use one way to authenticate: the header, client_secret or client_assertion";
            return Err(ErrorCode::InvalidRequest.because(one));
        }
        if !request.headers.contains_key(header::AUTHORIZATION) {
            return Ok(vec![Self::from_body(id, secret, form)?]);
        }
        let header = request.header(header::AUTHORIZATION);
        let header =
            header.ok_or_else(|| ErrorCode::InvalidRequest.because("Authorization is given more than once"))?;
        let mut readings = Self::from_basic(header, dialect)?;
        if let Some(id) = id.filter(|_| !header_beats_body) {
            readings.retain(|reading| reading.client_id.as_str() == id);
        }
        if readings.is_empty() {
            return Err(ErrorCode::InvalidClient.because("the header and client_id name different clients"));
        }
        Ok(readings)
    }

    /// Credentials by their parts.
    pub fn new(client_id: ClientId, secret: Option<Secret>) -> Self {
        Self::proven(client_id, secret.map_or(Proof::None, Proof::Secret))
    }

    pub(super) fn proven(client_id: ClientId, proof: Proof) -> Self {
        Self { client_id, proof }
    }

    /// The id.
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// The secret, which a public client does not have.
    pub fn secret(&self) -> Option<&Secret> {
        if let Proof::Secret(secret) = &self.proof { Some(secret) } else { None }
    }

    pub(super) fn proof(&self) -> &Proof {
        &self.proof
    }

    fn from_body(id: Option<String>, secret: Option<Secret>, form: &mut Form) -> Result<Self, OAuthError> {
        if let (None, Some(assertion)) = (&secret, form.take("client_assertion")) {
            return Self::from_assertion(id, &assertion, form);
        }
        let id = id.ok_or_else(|| ErrorCode::InvalidClient.because("the request names no client"))?;
        let client_id = ClientId::parse(id).map_err(|_| failed())?;
        Ok(Self::new(client_id, secret))
    }

    /// RFC 7521 section 4.2: the assertion names the client, and `client_id` may not name another.
    fn from_assertion(id: Option<String>, assertion: &Secret, form: &Form) -> Result<Self, OAuthError> {
        if form.get("client_assertion_type") != Some(JWT_BEARER) {
            let expected = format!("client_assertion_type must be {JWT_BEARER}");
            return Err(ErrorCode::InvalidAssertion.because(expected));
        }
        let jwt = JwtAssertion::parse(assertion).map_err(unfit)?;
        let subject = jwt.subject().and_then(|subject| ClientId::parse(subject).ok());
        let client_id = subject.ok_or_else(|| unfit(Fault::Subject))?;
        if id.is_some_and(|id| id != client_id.as_str()) {
            return Err(unfit("client_id and sub name different clients"));
        }
        Ok(Self::proven(client_id, Proof::Assertion(Box::new(jwt))))
    }

    fn from_basic(header: &str, dialect: Dialect) -> Result<Vec<Self>, OAuthError> {
        let credentials = BasicCredentials::parse(header).map_err(|error| match error {
            BasicError::OtherScheme => ErrorCode::InvalidClient.because("clients authenticate with the Basic scheme"),
            BasicError::Malformed => ErrorCode::InvalidClient.because("the Basic credentials are malformed"),
        })?;
        let undecoded = credentials.undecoded.filter(|_| dialect != Dialect::Rfc6749);
        let readings: Vec<Self> = [credentials.decoded, undecoded]
            .into_iter()
            .flatten()
            .filter_map(|(id, secret)| Some(Self::new(ClientId::parse(id).ok()?, Some(secret))))
            .collect();
        if readings.is_empty() { Err(failed()) } else { Ok(readings) }
    }
}

fn failed() -> OAuthError {
    ErrorCode::InvalidClient.because("client authentication failed").logged_as("malformed credentials")
}

/// RFC 7523 section 2.2.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const CREDENTIALS: [&str; 7] =
    ["client_id", "client_secret", "client_assertion", "password", "refresh_token", "code", "code_verifier"];
