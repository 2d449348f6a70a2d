//! `http_proxy_server` and `http_proxy_port`.

use super::{Located, lines::Entries, mistake::Mistakes, piece::Piece};

/// A proxy that can be reached: a server and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpProxy {
    /// Host name or address; an IPv6 address in brackets.
    pub server: Located<String>,
    /// Port, from 1.
    pub port: Located<u16>,
}

impl HttpProxy {
    /// `http_proxy_port` wins over a port that the server carries.
    pub(super) fn read(entries: &mut Entries, mistakes: &mut Mistakes) -> Option<Self> {
        let server = entries.take(SERVER);
        let port = entries.take(PORT);
        let (host, carried) = match server {
            Some(server) => host_and_port(server, mistakes)?,
            None => {
                let port = port?;
                return mistakes.at(port, PORT, "`http_proxy_server` beside it");
            }
        };
        let port = match (port, carried) {
            (Some(port), _) => parse_port(port, PORT, mistakes),
            (None, Some(carried)) => parse_port(carried, SERVER, mistakes),
            (None, None) => mistakes.at(host, SERVER, "`host:port`, or `http_proxy_port` beside it"),
        };
        Some(Self { server: host.located(), port: port? })
    }
}

fn host_and_port<'a>(server: Piece<'a>, mistakes: &mut Mistakes) -> Option<(Piece<'a>, Option<Piece<'a>>)> {
    let after_address = server.text.rfind(']').unwrap_or(0);
    let colon = server.text[after_address..].find(':').map(|at| after_address + at);
    let host = server.part(0..colon.unwrap_or(server.text.len()));
    let is_address = host.text.starts_with('[') && host.text.ends_with(']');
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c) || (is_address && "[]:".contains(c));
    if host.text.is_empty() || !host.text.chars().all(plain) {
        return mistakes.at(server, SERVER, "`host` or `host:port`");
    }
    Some((host, colon.map(|colon| server.part(colon + 1..server.text.len()))))
}

fn parse_port(port: Piece, key: &str, mistakes: &mut Mistakes) -> Option<Located<u16>> {
    match port.text.parse() {
        Ok(value @ 1..) if port.text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(Located { line: port.line, value })
        }
        _ => mistakes.at(port, key, "a port from 1 to 65535"),
    }
}

const SERVER: &str = "http_proxy_server";
const PORT: &str = "http_proxy_port";
