//! What the terminal shows: one line for each refusal with its reason, and what became of each injected header.

use std::{
    collections::VecDeque,
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
};

use gateway::{AuthorizerOutcome, Exchange, Observer};
use shared::{
    endpoint::DrawnSecret,
    lambda::{Journal, Verdict},
    model::configuration::Mistake,
    protocol::{Moment, ServiceName, Spkey},
};

use super::{System, database, demo as sample};
use crate::command::drawn;

/// Reasons of recent decisions, by request id.
#[derive(Debug, Default)]
pub struct Reasons(Mutex<VecDeque<Line>>);

/// What the terminal tells of a decision.
#[derive(Debug, Default)]
struct Line {
    request_id: String,
    /// Whether it is against the caller, also where a redirect tells so.
    is_refusal: bool,
    reason: String,
    headers: String,
}

impl Reasons {
    /// Lines kept for requests that are not answered yet.
    const CAPACITY: usize = 4_096;

    fn add(&self, line: Line) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= Self::CAPACITY {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    fn take(&self, request_id: &str) -> Option<Line> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = lines.iter().position(|line| line.request_id == request_id)?;
        lines.remove(at)
    }
}

impl Journal for Reasons {
    fn decided(&self, _: &str, _: Moment, line: &shared::lambda::Line<'_>) {
        self.add(Line {
            request_id: line.request_id.unwrap_or_default().to_owned(),
            is_refusal: matches!(line.decision, Verdict::Refused | Verdict::Failed),
            reason: line.message.as_deref().unwrap_or_default().to_owned(),
            headers: line.headers.clone().unwrap_or_default(),
        });
    }
}

/// Prints to standard error.
#[derive(Debug)]
pub struct Console {
    reasons: Arc<Reasons>,
}

impl Console {
    /// Takes reasons from the decision lines.
    pub fn new(reasons: Arc<Reasons>) -> Self {
        Self { reasons }
    }
}

impl Observer for Console {
    fn answered(&self, exchange: &Exchange) {
        let line = self.reasons.take(&exchange.request_id).unwrap_or_default();
        let Exchange { status, method, path, request_id, .. } = exchange;
        if let Some(why) = refusal(exchange, &line) {
            anstream::eprintln!("refused {status} {method} {}: {why} [{request_id}]", plain(path));
        } else if *status >= 400 {
            anstream::eprintln!("backend {status} {method} {}: {BACKEND} [{request_id}]", plain(path));
        }
        if !line.headers.is_empty() {
            anstream::eprintln!("headers {method} {}: {}", plain(path), line.headers);
        }
    }
}

const BACKEND: &str = "the call was let through, and the backend answered so";

/// Why a request was refused; `None` = it was not: what its backend answers is the backend's.
fn refusal(exchange: &Exchange, line: &Line) -> Option<String> {
    if exchange.backend_status.is_some() && exchange.failure.is_none() {
        return None;
    }
    let told = (!line.reason.is_empty()).then(|| line.reason.clone());
    let is_refused = exchange.status >= 400 || line.is_refusal;
    match &exchange.authorizer {
        AuthorizerOutcome::MissingIdentity => Some("an identity source is missing".into()),
        AuthorizerOutcome::Denied { cached: true } => Some("a cached verdict".into()),
        AuthorizerOutcome::Denied { cached: false } => told.or(Some("denied".into())),
        AuthorizerOutcome::Error { message } => told.or_else(|| Some(message.clone())),
        AuthorizerOutcome::None if is_refused && exchange.failure.is_none() => {
            told.or_else(|| exchange.gateway_response.map(str::to_owned)).or(Some("answered by the gateway".into()))
        }
        AuthorizerOutcome::None | AuthorizerOutcome::Allowed { .. } => match &exchange.failure {
            Some(failure) => Some(failure.clone()),
            None => exchange.gateway_response.map(str::to_owned),
        },
    }
}

/// A path as it may stand on a terminal.
fn plain(path: &str) -> String {
    path.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// Secrets that were drawn: this is the one time they are shown.
pub(super) fn drawn(secrets: &[DrawnSecret]) {
    secrets.iter().for_each(|secret| anstream::println!("{}", drawn::shown(secret)));
}

/// Spkeys that the file does not have yet: `tollgate openapi` reads them there.
pub(super) fn spkeys(spkeys: &[(ServiceName, Spkey)]) {
    for (service, spkey) in spkeys {
        anstream::println!("the service {service} has the spkey {spkey}: add it to the file");
    }
}

/// What is worth a look.
pub(super) fn warnings(warnings: &[Mistake]) {
    for warning in warnings {
        anstream::eprintln!("warning: {warning}");
    }
}

/// Who can use what runs here, where that is not this machine alone.
pub(super) fn exposure(system: &System, is_demo: bool) {
    if !system.address.ip().is_loopback() {
        let secrets = if is_demo { ", and the demo's secrets and tokens are public" } else { "" };
        anstream::eprintln!("warning: whoever reaches {} can use what runs here{secrets}", system.address);
    }
}

/// What another program needs to use the same store.
pub(super) fn surroundings(system: &System) {
    let mut text = String::from("Functions under `cargo lambda watch` share this store with these lines:\n");
    for (name, value) in environment(system) {
        writeln!(text, "  export {name}={value}").expect("a text takes every write");
    }
    anstream::println!("{text}");
}

fn environment(system: &System) -> [(&'static str, String); 5] {
    [
        ("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", system.dynamodb)),
        ("AWS_REGION", database::REGION.into()),
        ("AWS_ACCESS_KEY_ID", database::CREDENTIAL.into()),
        ("AWS_SECRET_ACCESS_KEY", database::CREDENTIAL.into()),
        ("ISSUER", system.url()),
    ]
}

/// The lines to paste.
pub(super) fn demo(system: &System) {
    let base = system.url();
    let (id, secret, key) = (sample::CLIENT_ID, sample::CLIENT_SECRET, sample::API_KEY);
    let mediator = "rest/pub.mediator.oauth2.getOAuth2AccessToken";
    anstream::println!(
        r#"The demo, ready to paste:

# A token by client credentials, and a protected API opened with it
TOKEN=$(curl -s -u {id}:{secret} -d grant_type=client_credentials {base}/oauth2/token | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl -i -H "Authorization: Bearer $TOKEN" {base}/orders/42

# Boomi/Mashery shared token: the same token at a second API
curl -i -H "Authorization: Bearer $TOKEN" {base}/invoices/7

# webMethods Mediator: the scope is a service's name, the answer XML
curl -i -H "Accept: text/xml" -d "client_id={id}&client_secret={secret}&scope=orders" {base}/{mediator}

# Boomi/Mashery third-party token: validated remotely, fields of the answer arrive as headers
curl -i -H "Authorization: Bearer travel-valid" "{base}/travel/trips?api_key={key}"
curl -i -H "Authorization: Bearer travel-valid" -H "HTTP-REQUEST-REGION-KEY: FR" "{base}/travel/trips?api_key={key}"

# Authorization code with PKCE, for a program that has no address: open the first line in a browser, log in as {user} with
# the password {password}, allow, and give the code that is shown to the second. What you allowed: {base}/oauth2/account
{base}/oauth2/authorize?response_type=code&client_id={terminal}&scope=orders.read&code_challenge={challenge}&code_challenge_method=S256
curl -d grant_type=authorization_code -d client_id={terminal} -d code_verifier={verifier} -d code=CODE {base}/oauth2/token

# Refusals: no token; a token without the scope; a token the provider does not like; a provider that hangs
curl -i {base}/orders/42
curl -i -X POST -H "Authorization: Bearer {read_only}" {base}/orders/42
curl -i -H "Authorization: Bearer travel-inactive" "{base}/travel/trips?api_key={key}"
curl -i -H "Authorization: Bearer travel-hanging" "{base}/travel/trips?api_key={key}"
"#,
        read_only = sample::READ_ONLY_TOKEN,
        user = sample::USERNAME,
        password = sample::PASSWORD,
        terminal = sample::TERMINAL_CLIENT_ID,
        challenge = sample::CODE_CHALLENGE,
        verifier = sample::CODE_VERIFIER,
    );
}
