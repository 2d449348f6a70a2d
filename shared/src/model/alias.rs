//! By what else a service is found than its spkey.

use std::fmt;

use super::{AbsoluteUri, HttpUri};

/// Something that leads to a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Alias {
    /// API Gateway's id of an existing API, whose authorizer decides for the service.
    Api(String),
    /// The address of its resource.
    Resource(ResourceAddress),
}

/// Which resource a client means that builds the address of its metadata (RFC 9728 section 3.1), `https://api.example.com/orders`:
/// scheme, host and port as a URL parser writes them, path and query as they are, without a slash that ends the host alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceAddress(String);

impl ResourceAddress {
    /// The address of a resource; `None` for one that is no http or https URL, or too long for a key.
    pub fn of(resource: &AbsoluteUri) -> Option<Self> {
        let url = HttpUri::parse(resource.as_str()).ok()?;
        let (_, rest) = resource.as_str().split_once("://")?;
        let path = rest.find(['/', '?']).map_or("", |at| &rest[at..]);
        Self::below(&url, path).filter(|_| !rest.starts_with('/'))
    }

    /// The address of a resource on the host of a URL: `path` follows the well-known path, with the query.
    pub fn below(host: &HttpUri, path: &str) -> Option<Self> {
        let path = path.strip_prefix('/').filter(|rest| rest.is_empty() || rest.starts_with('?')).unwrap_or(path);
        let address = format!("{}{path}", host.url().origin().ascii_serialization());
        (address.len() <= MAX_BYTES).then_some(Self(address))
    }
}

impl Alias {
    /// The alias with a kind and a name, as its key has them.
    pub fn of_key(kind: &str, name: &str) -> Option<Self> {
        match kind {
            API => Some(Self::Api(name.to_owned())),
            RESOURCE => Some(Self::Resource(ResourceAddress(name.to_owned()))),
            _ => None,
        }
    }

    /// The key, which [`Alias::of_key`] reads.
    pub fn key(&self) -> String {
        match self {
            Self::Api(id) => format!("{API}#{id}"),
            Self::Resource(ResourceAddress(address)) => format!("{RESOURCE}#{address}"),
        }
    }
}

impl fmt::Display for Alias {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(id) => write!(f, "API {id}"),
            Self::Resource(ResourceAddress(address)) => write!(f, "resource {address}"),
        }
    }
}

const API: &str = "api";
const RESOURCE: &str = "resource";

/// Bytes of an address at most: DynamoDB takes keys of 2,048.
const MAX_BYTES: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    fn address(resource: &str) -> Option<String> {
        ResourceAddress::of(&AbsoluteUri::parse(resource).unwrap()).map(|address| address.0)
    }

    #[test]
    fn m17_an_address_has_its_host_as_parsers_write_it_and_its_path_as_it_is() {
        for (resource, expected) in [
            ("https://api.example.com/orders", "https://api.example.com/orders"),
            ("https://API.example.com:443/Orders/", "https://api.example.com/Orders/"),
            ("http://127.0.0.1:3000/a/b?c=d/", "http://127.0.0.1:3000/a/b?c=d/"),
            ("https://api.example.com/%7Ea/../b", "https://api.example.com/%7Ea/../b"),
            ("https://api.example.com", "https://api.example.com"),
            ("https://api.example.com/", "https://api.example.com"),
            ("https://api.example.com/?a=b", "https://api.example.com?a=b"),
            ("https://api.example.com//", "https://api.example.com//"),
        ] {
            assert_eq!(address(resource).as_deref(), Some(expected), "{resource}");
        }
        let long = format!("https://api.example.com/{}", "a".repeat(MAX_BYTES));
        for without in ["urn:example:orders", "https:///orders", "ftp://api.example.com/orders", &long] {
            assert_eq!(address(without), None, "{without}");
        }
    }

    #[test]
    fn m17_a_client_that_inserts_the_well_known_path_comes_to_the_same_address() {
        let host = HttpUri::parse("https://id.example.com/tenant").unwrap();
        for (resource, path) in [
            ("https://id.example.com/orders/v1", "/orders/v1"),
            ("https://id.example.com/orders/", "/orders/"),
            ("https://id.example.com/", ""),
            ("https://id.example.com", "/"),
            ("https://id.example.com?a=b", "?a=b"),
        ] {
            let resource = ResourceAddress::of(&AbsoluteUri::parse(resource).unwrap());
            assert_eq!(ResourceAddress::below(&host, path), resource, "{path}");
        }
    }

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let resource = ResourceAddress::of(&AbsoluteUri::parse("https://api.example.com/a?b=c").unwrap()).unwrap();
        for alias in [Alias::Api("a1b2c3d4e5".into()), Alias::Resource(resource)] {
            let key = alias.key();
            let (kind, name) = key.split_once('#').unwrap();
            assert_eq!(Alias::of_key(kind, name), Some(alias));
        }
        assert_eq!(Alias::of_key("spkey", "a"), None);
    }
}
