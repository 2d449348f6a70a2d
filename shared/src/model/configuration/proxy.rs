//! `http_proxy_server` and `http_proxy_port`: the proxy on the way to the provider.

use super::{decode::Object, report::Placed};
use crate::model::Proxy;

/// Reads the proxy. The server may carry the port; a port of its own wins.
pub(super) fn of_members(service: &Object<'_>) -> Option<Placed<Proxy>> {
    let (server, port) = (service.member("http_proxy_server"), service.member("http_proxy_port"));
    let own_port = port.as_ref().and_then(|field| u16::try_from(field.number(1..=65_535)?).ok());
    let Some(server) = server else {
        return port.and_then(|field| field.refuse("http_proxy_port alone", "http_proxy_server beside it"));
    };
    let (host, carried) = host_and_port(server.text(HOST)?);
    if !is_host(host) {
        return server.refuse("a text that is no host", HOST);
    }
    if port.is_none() && carried.is_none() {
        return server.refuse("http_proxy_server without a port", "http_proxy_port beside it, or host:port");
    }
    Some(server.placed(Proxy { host: host.to_owned(), port: if port.is_some() { own_port? } else { carried? } }))
}

/// The address of IPv6 is in brackets.
fn host_and_port(text: &str) -> (&str, Option<u16>) {
    match text.rsplit_once(':').filter(|(_, after)| !after.contains(']')) {
        Some((host, port)) => (host, port.parse().ok().filter(|port| *port > 0)),
        None => (text, None),
    }
}

fn is_host(text: &str) -> bool {
    let is_address = text.starts_with('[') && text.ends_with(']');
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c) || (is_address && "[]:".contains(c));
    !text.is_empty() && text.chars().all(plain)
}

const HOST: &str = "a host such as squid.example.com, or host:port";
