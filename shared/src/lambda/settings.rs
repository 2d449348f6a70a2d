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
    /// `None` when the variable is not set.
    found: Option<String>,
    expected: String,
}

impl SettingsError {
    fn found(variable: &'static str, found: &str, expected: impl Into<String>) -> Self {
        Self { variable, found: Some(found.to_owned()), expected: expected.into() }
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { variable, found, expected } = self;
        match found {
            Some(found) => write!(f, "the environment variable {variable}: found {found:?}, expected {expected}"),
            None => write!(f, "the environment variable {variable} is not set, expected {expected}"),
        }
    }
}

impl std::error::Error for SettingsError {}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`SettingsError`] for the first setting that is missing or wrong.
    pub fn from_environment() -> Result<Self, SettingsError> {
        let max_age = number("DEFINITION_MAX_AGE", "a whole number of seconds")?.unwrap_or(30);
        let hops = number("TRUSTED_PROXY_HOPS", "a whole number of hops")?.unwrap_or(0);
        let connection = connection()?;
        let kms = Connection { endpoint: variable("AWS_ENDPOINT_URL_KMS"), ..connection.clone() };
        let db = connection.open().map_err(|cause| no_bundle(&cause))?;
        let world = World::system();
        let tables =
            Tables::named(|table| variable(table.variable()).unwrap_or_else(|| table.default_name().to_owned()));
        Ok(Self {
            reader: Reader::new(db, tables, world.clone(), max_age),
            world,
            issuer: parsed("ISSUER", |text| HttpUri::parse(text).map_err(|error| error.expected.to_owned()))?,
            paths: parsed("PATHS", TokenPaths::parse_list)?.unwrap_or_default(),
            spkey: parsed("SPKEY", |text| Spkey::parse(text).map_err(|_| Spkey::EXPECTED.to_owned()))?,
            simple_responses: flag("AUTHORIZER_SIMPLE_RESPONSES")?,
            trusted_proxy_hops: hops.try_into().unwrap_or(usize::MAX),
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
    let root = match variable(CA_BUNDLE) {
        Some(path) => Root::Pem(fs::read_to_string(path).map_err(|error| no_bundle(&error.to_string()))?),
        None => Root::Amazon,
    };
    Ok(Connection {
        region: required("AWS_REGION")?,
        credentials,
        endpoint: variable("AWS_ENDPOINT_URL_DYNAMODB"),
        root,
    })
}

fn no_bundle(cause: &str) -> SettingsError {
    let path = variable(CA_BUNDLE).unwrap_or_default();
    SettingsError::found(CA_BUNDLE, &path, format!("a readable file of PEM certificates ({cause})"))
}

fn data_key(path: &str) -> Result<DataKey, SettingsError> {
    let wrong = |cause: String| {
        let expected = format!("a readable file of {} bytes ({cause})", DataKey::LENGTH);
        SettingsError::found("DATA_KEY_FILE", path, expected)
    };
    let bytes = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    DataKey::new(&bytes).ok_or_else(|| wrong(format!("this one has {}", bytes.len())))
}

fn number(name: &'static str, expected: &str) -> Result<Option<u64>, SettingsError> {
    parsed(name, |text| text.parse().map_err(|_| expected.to_owned()))
}

fn flag(name: &'static str) -> Result<bool, SettingsError> {
    let flag = parsed(name, |text| text.parse().map_err(|_| "true or false".to_owned()))?;
    Ok(flag.unwrap_or(false))
}

/// What an optional variable says; the error of `parse` is what would be right.
fn parsed<T>(name: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, SettingsError> {
    let Some(text) = variable(name) else { return Ok(None) };
    parse(&text).map(Some).map_err(|expected| SettingsError::found(name, &text, expected))
}

fn required(name: &'static str) -> Result<String, SettingsError> {
    variable(name).ok_or_else(|| SettingsError { variable: name, found: None, expected: "a value".into() })
}

/// An environment variable; an empty one counts as unset.
#[expect(clippy::disallowed_methods, reason = "this is the door")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

const CA_BUNDLE: &str = "AWS_CA_BUNDLE";
