//! Cookies (RFC 6265).

use http::header;

use super::{Request, Secret};

impl Request {
    /// The value of a cookie; the first, where several have the name.
    pub fn cookie(&self, name: &str) -> Option<Secret> {
        let lines = self.headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(found, value)| *found == name && !value.is_empty()).map(|(_, value)| Secret::new(value.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Method};

    use super::*;

    fn cookie(lines: &[&str]) -> Option<String> {
        let headers: HeaderMap = lines.iter().map(|line| (header::COOKIE, line.parse().unwrap())).collect();
        let request = Request {
            method: Method::GET,
            path: "/".into(),
            query: None,
            headers,
            body: Vec::new(),
            source: String::new(),
            request_id: String::new(),
        };
        request.cookie("session").map(|value| value.expose().to_owned())
    }

    #[test]
    fn a_cookie_is_found_among_others_and_by_its_whole_name() {
        assert_eq!(cookie(&["a=1; session=x=y; b=2"]).as_deref(), Some("x=y"));
        assert_eq!(cookie(&["a=1;session=x"]).as_deref(), Some("x"));
        assert_eq!(cookie(&["a=1", "session=x; session=z"]).as_deref(), Some("x"));
        for none in [&[][..], &["xsession=1"], &["session"], &["session="], &["Session=1"]] {
            assert_eq!(cookie(none), None, "{none:?}");
        }
    }
}
