//! The credentials of the call: from standard input, never from the command line, which other users of a machine see.

use std::io::{self, BufRead, IsTerminal};

use shared::{model::ApiKeyLocation, protocol::Secret};

use super::super::Failure;

/// What the caller presents.
#[derive(Debug, Default)]
pub(super) struct Credentials {
    /// The access token.
    pub(super) token: Option<Secret>,
    /// The API key.
    pub(super) api_key: Option<Secret>,
}

impl Credentials {
    /// Reads the token, and an API key where the service asks for one: prompted for on a terminal, without echo; else
    /// one line each. An empty line stands for none.
    pub(super) fn read(api_key: Option<&ApiKeyLocation>) -> Result<Self, Failure> {
        let input = io::stdin();
        if !input.is_terminal() {
            return Self::from_lines(input.lock(), api_key.is_some());
        }
        let ask =
            |what: &str| rpassword::prompt_password(format!("{what} (empty for none): ")).map(|line| secret(&line));
        let token = ask("access token")?;
        let api_key = api_key.map(|_| ask("API key")).transpose()?.flatten();
        Ok(Self { token, api_key })
    }

    fn from_lines(input: impl BufRead, wants_key: bool) -> Result<Self, Failure> {
        let mut lines = input.lines();
        let mut next = || Ok::<_, Failure>(lines.next().transpose()?.as_deref().and_then(secret));
        let token = next()?;
        let api_key = if wants_key { next()? } else { None };
        Ok(Self { token, api_key })
    }
}

/// A line as a credential, also where it was copied with its scheme.
fn secret(line: &str) -> Option<Secret> {
    let text = line.trim();
    let text = text.strip_prefix("Bearer ").unwrap_or(text).trim();
    (!text.is_empty()).then(|| Secret::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &str, wants_key: bool) -> (Option<String>, Option<String>) {
        let Credentials { token, api_key } = Credentials::from_lines(input.as_bytes(), wants_key).unwrap();
        let text = |secret: Option<Secret>| secret.map(|secret| secret.expose().to_owned());
        (text(token), text(api_key))
    }

    #[test]
    fn the_token_is_the_first_line_and_the_api_key_the_second() {
        assert_eq!(read("tga_x\nkey\n", true), (Some("tga_x".into()), Some("key".into())));
        assert_eq!(read("Bearer tga_x \r\nkey\n", false), (Some("tga_x".into()), None));
        assert_eq!(read("\nkey", true), (None, Some("key".into())));
        assert_eq!(read("", true), (None, None));
    }
}
