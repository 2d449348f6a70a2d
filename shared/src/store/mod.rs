//! The server's memory on DynamoDB: a reader for decisions, and a writer for endpoints.

mod batch;
mod change;
mod connection;
mod data_keys;
mod error;
mod failure;
mod fresh;
mod grants;
mod http;
mod item;
mod owners;
mod quiet;
mod reader;
mod snapshot;
mod tables;
mod tally;
mod writer;

pub use change::{Change, ChosenPassword, Record, RecordKey};
pub use connection::{Connection, Credentials, Root};
pub use data_keys::{DATA_KEY_CONTEXT, DataKeys};
pub use error::{CommitError, StoreError};
pub use failure::cause_of;
pub use grants::{Located, Seen};
pub use item::service_key;
pub use reader::{Reader, Stored};
pub use snapshot::Snapshot;
pub use tables::{Table, Tables};
pub use tally::{Tally, tallied};
pub use writer::Writer;
