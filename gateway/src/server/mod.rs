//! HTTP/1.1 towards the client, read here because REST APIs depend on the spelling of header names, which HTTP libraries
//! do not keep.

mod connection;
mod head;
mod wire;

use std::{io, sync::Arc};

use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use crate::gateway::Gateway;

/// Accepts connections until `shutdown`, then lets those that are answering a request finish it.
///
/// # Errors
/// The listener's error, when it is not about one connection only.
pub(crate) async fn serve(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let (close, closing) = watch::channel(false);
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let gateway = Arc::clone(&gateway);
                    connections.spawn(connection::converse(gateway, stream, peer.ip(), closing.clone()));
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => return Err(error),
            },
            Some(_) = connections.join_next() => {}
        }
    }
    drop(listener);
    close.send_replace(true);
    while connections.join_next().await.is_some() {}
    Ok(())
}

fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
