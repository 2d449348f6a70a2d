//! Secrets of the command line.

use std::{convert::Infallible, fmt, str::FromStr};

/// An argument that does not print.
#[derive(Clone)]
pub(in crate::command) struct Hidden(String);

impl Hidden {
    /// The text, for the event that it is to stand in.
    pub(in crate::command) fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Hidden {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::command::Command;

    #[test]
    fn m21_arguments_do_not_print_the_secrets_among_them() {
        let given = ["tollgate", "event", "token", "--token=hunter2", "--api-key=hunter2", "--client-secret=hunter2"];
        let command = Command::parse_from(given);
        let shown = format!("{command:?}");
        assert!(shown.contains("client_secret") && !shown.contains("hunter2"), "{shown}");
    }
}
