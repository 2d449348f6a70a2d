//! What a function is told by its environment, read once and before the first event.

use std::{fmt, fs};

use crate::{
    env::World,
    model::{DataKey, HttpUri, TokenPaths},
    protocol::Spkey,
    store::{Connection, Credentials, Reader, Root, Tables},
};

/// The environment's settings. Each has the name of its variable in its documentation.
pub struct Settings {
    /// The store: `SERVICES_TABLE`, `CLIENTS_TABLE`, `TOKENS_TABLE`, `AUTHORIZATIONS_TABLE`,
    /// `USERS_TABLE`, and `DEFINITION_MAX_AGE` in seconds.
    pub reader: Reader,
    /// Time and randomness.
    pub world: World,
    /// `ISSUER`: the issuer, which no request can change.
    pub issuer: Option<HttpUri>,
    /// `PATHS`: where the token endpoint is served besides, such as `/tokenEP=token,/oauth/token=token`.
    pub paths: TokenPaths,
    /// `SPKEY`: the service, where neither stage variable nor alias names one.
    pub spkey: Option<Spkey>,
    /// `AUTHORIZER_SIMPLE_RESPONSES`: whether HTTP APIs (2.0) get `isAuthorized` instead of a policy.
    pub simple_responses: bool,
    /// `TRUSTED_PROXY_HOPS`: which address of `X-Forwarded-For`, counted from the right, is the caller's; 0 = the platform's.
    pub trusted_proxy_hops: usize,
    /// `DATA_KEY_FILE`: a file of 32 bytes that opens credentials for providers that were sealed with it.
    pub data_key: Option<DataKey>,
    /// Where KMS is, which opens the data keys of all others (`AWS_ENDPOINT_URL_KMS`).
    pub kms: Connection,
}

/// A setting that is missing or wrong.
#[derive(Debug)]
pub struct SettingsError {
    variable: &'static str,
    expected: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the environment variable {}: expected {}", self.variable, self.expected)
    }
}

impl std::error::Error for SettingsError {}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`SettingsError`] for the first setting that is missing or wrong.
    pub fn from_environment() -> Result<Self, SettingsError> {
        let wrong = |variable, expected: &str| SettingsError { variable, expected: expected.to_owned() };
        let spkey = variable("SPKEY").map(|text| Spkey::parse(text).map_err(|_| wrong("SPKEY", Spkey::EXPECTED)));
        let issuer = variable("ISSUER").map(|text| HttpUri::parse(text).map_err(|e| wrong("ISSUER", e.expected)));
        let max_age = number("DEFINITION_MAX_AGE", 30)?;
        let connection = connection()?;
        let kms = Connection { endpoint: variable("AWS_ENDPOINT_URL_KMS"), ..connection.clone() };
        let db = connection.open().map_err(|cause| SettingsError { variable: "AWS_CA_BUNDLE", expected: cause })?;
        let world = World::system();
        let tables =
            Tables::named(|table| variable(table.variable()).unwrap_or_else(|| table.default_name().to_owned()));
        Ok(Self {
            reader: Reader::new(db, tables, world.clone(), max_age),
            world,
            issuer: issuer.transpose()?,
            paths: paths()?,
            spkey: spkey.transpose()?,
            simple_responses: flag("AUTHORIZER_SIMPLE_RESPONSES")?,
            trusted_proxy_hops: number("TRUSTED_PROXY_HOPS", 0)?.try_into().unwrap_or(usize::MAX),
            data_key: variable("DATA_KEY_FILE").map(|path| data_key(&path)).transpose()?,
            kms,
        })
    }
}

/// `AWS_LAMBDA_FUNCTION_NAME`: the function's name, which its log and metrics carry.
pub(super) fn function_name() -> Result<String, SettingsError> {
    required("AWS_LAMBDA_FUNCTION_NAME")
}

/// Lambda sets Region and credentials; `AWS_ENDPOINT_URL_DYNAMODB` and `AWS_CA_BUNDLE` lead elsewhere.
fn connection() -> Result<Connection, SettingsError> {
    let credentials = Credentials::new(
        required("AWS_ACCESS_KEY_ID")?,
        required("AWS_SECRET_ACCESS_KEY")?,
        variable("AWS_SESSION_TOKEN"),
        None,
        "environment",
    );
    let unreadable = |e: std::io::Error| SettingsError { variable: "AWS_CA_BUNDLE", expected: format!("a file: {e}") };
    let root = match variable("AWS_CA_BUNDLE") {
        Some(path) => Root::Pem(fs::read_to_string(path).map_err(unreadable)?),
        None => Root::Amazon,
    };
    Ok(Connection {
        region: required("AWS_REGION")?,
        credentials,
        endpoint: variable("AWS_ENDPOINT_URL_DYNAMODB"),
        root,
    })
}

fn paths() -> Result<TokenPaths, SettingsError> {
    let Some(text) = variable("PATHS") else { return Ok(TokenPaths::default()) };
    TokenPaths::parse_list(&text).map_err(|expected| SettingsError { variable: "PATHS", expected })
}

fn data_key(path: &str) -> Result<DataKey, SettingsError> {
    let wrong = |cause: String| SettingsError { variable: "DATA_KEY_FILE", expected: cause };
    let bytes = fs::read(path).map_err(|error| wrong(format!("a readable file: {error}")))?;
    DataKey::new(&bytes).ok_or_else(|| wrong(format!("a file of {} bytes", DataKey::LENGTH)))
}

fn number(name: &'static str, default: u64) -> Result<u64, SettingsError> {
    let Some(text) = variable(name) else { return Ok(default) };
    text.parse().map_err(|_| SettingsError { variable: name, expected: "a whole number of seconds or hops".into() })
}

fn flag(name: &'static str) -> Result<bool, SettingsError> {
    match variable(name).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(SettingsError { variable: name, expected: "true or false".into() }),
    }
}

fn required(name: &'static str) -> Result<String, SettingsError> {
    variable(name).ok_or_else(|| SettingsError { variable: name, expected: "a value".into() })
}

/// An environment variable; an empty one counts as unset.
#[expect(clippy::disallowed_methods, reason = "this is the door")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
