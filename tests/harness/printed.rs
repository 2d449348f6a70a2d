//! Events that `tollgate event` prints, for the store of a running Tollgate.

use clap::Parser;
use cli::event::EventArguments;
use serde_json::Value;
use shared::env::World;

use crate::{Tollgate, store_at};

/// The event that the command prints with these arguments. Its token lives by the real clock, as a binary does.
pub async fn printed(tollgate: &Tollgate, arguments: &[&str]) -> Value {
    let arguments = Event::parse_from([&["event"], arguments].concat()).arguments;
    let world = World::system();
    let store = store_at(tollgate.system.dynamodb, world.clone());
    arguments.event(&store, &world).await.unwrap_or_else(|failure| panic!("{failure}"))
}

#[derive(Parser)]
struct Event {
    #[command(flatten)]
    arguments: EventArguments,
}
