//! `tollgate event FUNCTION`: a sample event with a live token.

use clap::Args;

use super::Failure;

/// Print a sample event with a live token for a function.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The function: token, shared-token-authorizer or introspection-authorizer.
    function: String,
}

pub(super) async fn run(_arguments: Arguments) -> Result<(), Failure> {
    Err(Failure::new("later"))
}
