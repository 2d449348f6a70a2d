//! The embedded DynamoDB itself, for what a test does behind Tollgate's back.

use std::net::SocketAddr;

use aws_sdk_dynamodb::Client;
use shared::{
    env::World,
    store::{Connection, Credentials, Reader, Root, Tables, Writer},
};

/// A client of the DynamoDB at an address.
pub fn dynamodb(address: SocketAddr) -> Client {
    let credentials = Credentials::new("local", "local", None, None, "tests");
    let endpoint = Some(format!("http://{address}"));
    let connection = Connection { region: "us-east-1".into(), credentials, endpoint, root: Root::Amazon };
    connection.open().expect("a connection in clear needs no certificates")
}

/// The store at an address, by a clock. It keeps nothing.
pub fn store_at(address: SocketAddr, world: World) -> Writer {
    Writer::new(Reader::new(dynamodb(address), Tables::default(), world, 0))
}
