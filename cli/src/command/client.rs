//! `tollgate client`.

use clap::{Args, Subcommand};
use shared::{
    endpoint::{Rotated, RotationError, rotate_secret},
    env::World,
    protocol::ClientId,
    store::Writer,
};

use super::{Failure, drawn, period::Period};
use crate::aws::{AwsArguments, Deployment};

/// Change a client.
#[derive(Debug, Subcommand)]
pub(super) enum Action {
    /// Change its secrets.
    #[command(subcommand)]
    Secret(SecretAction),
}

#[derive(Debug, Subcommand)]
pub(super) enum SecretAction {
    /// Generate a secret, print it once, and let the older one end later.
    Rotate(RotateArguments),
}

#[derive(Debug, Args)]
pub(super) struct RotateArguments {
    /// The client's id.
    #[arg(value_name = "CLIENT_ID", value_parser = |id: &str| ClientId::parse(id))]
    client_id: ClientId,
    /// How long the older secret still counts; 0s ends it at once.
    #[arg(long, value_name = "PERIOD", default_value = "24h")]
    overlap: Period,
    #[command(flatten)]
    aws: AwsArguments,
}

pub(super) async fn run(Action::Secret(SecretAction::Rotate(arguments)): &Action) -> Result<(), Failure> {
    let RotateArguments { client_id, overlap, aws } = arguments;
    let deployment = Deployment::find(aws).await?;
    anstream::eprintln!("{}", deployment.target());
    let world = World::system();
    let store = Writer::new(deployment.reader(world.clone()));
    match rotate_secret(client_id, overlap.seconds(), &store, &world).await {
        Ok(rotated) => {
            show(&rotated);
            Ok(())
        }
        Err(RotationError::Read(error)) => {
            Err(Failure::new(format!("nothing was written: {}", deployment.target().failure(error))))
        }
        Err(error) => {
            if let RotationError::Unconfirmed { rotated, .. } = &error {
                show(rotated);
            }
            Err(Failure::new(format!("client {client_id}: {error}")))
        }
    }
}

/// The secret goes to standard output, what is to be known of it to the person.
fn show(Rotated { drawn, older, is_undone_by_file }: &Rotated) {
    anstream::println!("{}", drawn::shown(drawn));
    if let Some(end) = older.as_ref().and_then(|older| older.expires_at) {
        anstream::eprintln!("the older secret counts until {}", end.rfc3339());
    }
    if *is_undone_by_file {
        anstream::eprintln!(
            "warning: a file gave the older secret; where it still stands in the file, take it out, or the next apply \
             brings it back and ends this one"
        );
    }
}
