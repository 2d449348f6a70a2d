//! Redirect URIs: which one is registered, and the answers that travel in them (RFC 6749 section 3.1.2, RFC 9700
//! section 2.1).

use form_urlencoded::Serializer;

/// A redirect URI that its client has registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri(String);

/// Where in the URI an answer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// After `?`: for codes.
    Query,
    /// After `#`, which browsers send to nobody: for tokens.
    Fragment,
}

impl ResponseMode {
    /// Its registered name (OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
        }
    }
}

impl RedirectUri {
    /// The presented URI, where it is one of the registered, as text.
    pub fn registered(presented: &str, registered: &[String]) -> Option<Self> {
        registered.iter().any(|own| own == presented).then(|| Self(presented.to_owned()))
    }

    /// The presented URI, where it is one of the registered but for the port of a loopback address: a program on the user's
    /// machine cannot know its port before it listens (RFC 8252 section 7.3).
    pub fn registered_on_any_port(presented: &str, registered: &[String]) -> Option<Self> {
        let is_it = |own: &String| loopback(presented).is_some_and(|parts| loopback(own) == Some(parts));
        Self::registered(presented, registered)
            .or_else(|| registered.iter().any(is_it).then(|| Self(presented.to_owned())))
    }

    /// The only registered one, for a request that names none.
    pub fn only(registered: &[String]) -> Option<Self> {
        let [only] = registered else { return None };
        Some(Self(only.clone()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nobody but the owner of its host answers there. A loopback address and a scheme of an application's own
    /// are open to every program on the user's machine (RFC 8252 sections 7 and 8.6).
    pub fn is_its_owners(&self) -> bool {
        let Some(rest) = self.0.strip_prefix("https://") else { return false };
        let is_loopback = |host: &str| rest.strip_prefix(host).is_some_and(|rest| !rest.starts_with(['.', '-']));
        !LOOPBACK.into_iter().any(is_loopback)
    }

    /// Where it leads, for people to read: the host of a web address. Of any other the scheme, which is all that decides
    /// who answers: a program that takes it for itself takes it with every host.
    pub fn place(&self) -> &str {
        let (scheme, rest) = self.0.split_once(':').unwrap_or((&self.0, ""));
        let is_web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
        let authority = rest.strip_prefix("//").filter(|_| is_web).unwrap_or_default();
        let host = authority.split(['/', '?']).next().unwrap_or_default();
        if host.is_empty() { scheme } else { host }
    }

    /// The URI with the members of an answer.
    pub fn with(&self, mode: ResponseMode, members: &[(&str, &str)]) -> String {
        let separator = match mode {
            ResponseMode::Fragment => "#",
            ResponseMode::Query if !self.0.contains('?') => "?",
            ResponseMode::Query if self.0.ends_with(['?', '&']) => "",
            ResponseMode::Query => "&",
        };
        let members = Serializer::new(String::new()).extend_pairs(members).finish();
        format!("{}{separator}{members}", self.0)
    }
}

/// Host and rest of a loopback URI without its port.
fn loopback(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let host = LOOPBACK.into_iter().find(|host| rest.starts_with(host))?;
    let rest = &rest[host.len()..];
    let rest = match rest.strip_prefix(':') {
        None => rest,
        Some(rest) => {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            rest[..digits].parse::<u16>().ok()?;
            &rest[digits..]
        }
    };
    (rest.is_empty() || rest.starts_with(['/', '?'])).then_some((host, rest))
}

/// `localhost` counts where it is registered so: what it leads to is the machine's to say (RFC 8252 section 8.3).
const LOOPBACK: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(presented: &str, registered: &str) -> bool {
        RedirectUri::registered(presented, &[registered.to_owned()]).is_some()
    }

    fn matches_on_any_port(presented: &str, registered: &str) -> bool {
        RedirectUri::registered_on_any_port(presented, &[registered.to_owned()]).is_some()
    }

    #[test]
    fn a1_a_redirect_uri_is_the_registered_text_and_nothing_near_it() {
        const REGISTERED: &str = "https://client.example/callback";
        assert!(matches(REGISTERED, REGISTERED));
        for near in [
            "https://client.example/callback/",
            "https://client.example/callback/more",
            "https://client.example/callback?x=1",
            "https://client.example/Callback",
            "https://CLIENT.example/callback",
            "https://client.example/%63allback",
            "https://client.example%2fcallback",
            "https://client.example:443/callback",
            "https://client.example@evil.example/callback",
            "https://user@client.example/callback",
            "http://client.example/callback",
            "https://client.example/callback#",
            "https://client.example.evil.example/callback",
            " https://client.example/callback",
            "",
        ] {
            assert!(!matches(near, REGISTERED) && !matches_on_any_port(near, REGISTERED), "{near}");
        }
    }

    #[test]
    fn a1_only_a_loopback_address_may_have_another_port() {
        for (presented, registered) in [
            ("http://127.0.0.1:49152/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1/cb", "http://127.0.0.1:4000/cb"),
            ("http://[::1]:1/cb?x=1", "http://[::1]:2/cb?x=1"),
            ("http://localhost:1/cb", "http://localhost:2/cb"),
            ("http://127.0.0.1:1", "http://127.0.0.1"),
        ] {
            assert!(matches_on_any_port(presented, registered), "{presented} {registered}");
            assert!(!matches(presented, registered), "{presented} {registered}");
        }
        for (presented, registered) in [
            ("http://127.0.0.1:1/other", "http://127.0.0.1/cb"),
            ("http://localhost:1/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1:1/cb", "http://localhost/cb"),
            ("https://127.0.0.1:1/cb", "https://127.0.0.1/cb"),
            ("http://127.0.0.1:1@evil.example/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1.evil.example/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1:65536/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1:/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1:+1/cb", "http://127.0.0.1/cb"),
            ("http://127.0.0.1:1#/cb", "http://127.0.0.1/cb"),
            ("http://192.0.2.1:1/cb", "http://192.0.2.1/cb"),
        ] {
            assert!(!matches_on_any_port(presented, registered), "{presented} {registered}");
        }
    }

    #[test]
    fn only_a_web_address_is_its_owners_alone() {
        for owned in ["https://client.example/cb", "https://localhost.example/cb", "https://127.0.0.1.example"] {
            assert!(RedirectUri(owned.into()).is_its_owners(), "{owned}");
        }
        for open in [
            "http://127.0.0.1/cb",
            "http://client.example/cb",
            "https://localhost:8443/cb",
            "https://[::1]/cb",
            "com.example.app:/cb",
            "com.example.app://client.example/cb",
        ] {
            assert!(!RedirectUri(open.into()).is_its_owners(), "{open}");
        }
    }

    #[test]
    fn people_read_a_host_or_a_scheme() {
        for (uri, place) in [
            ("https://shop.example:8443/cb?x", "shop.example:8443"),
            ("http://[::1]:4000/cb", "[::1]:4000"),
            ("com.example.app:/cb", "com.example.app"),
            ("com.example.app:///cb", "com.example.app"),
            ("com.example.app://shop.example/cb", "com.example.app"),
            ("HTTPS://shop.example/cb", "shop.example"),
            ("https:shop.example/cb", "https"),
            ("https:///shop.example/cb", "https"),
            ("http:/127.0.0.1/cb", "http"),
            ("no scheme", "no scheme"),
        ] {
            assert_eq!(RedirectUri(uri.into()).place(), place);
        }
    }

    #[test]
    fn an_answer_leaves_what_is_registered_as_it_is() {
        let with = |uri: &str, mode| RedirectUri(uri.into()).with(mode, &[("state", "a b&"), ("iss", "https://id")]);
        let members = "state=a+b%26&iss=https%3A%2F%2Fid";
        assert_eq!(with("https://a/cb", ResponseMode::Query), format!("https://a/cb?{members}"));
        assert_eq!(with("https://a/cb?x=%41", ResponseMode::Query), format!("https://a/cb?x=%41&{members}"));
        assert_eq!(with("https://a/cb?", ResponseMode::Query), format!("https://a/cb?{members}"));
        assert_eq!(with("com.example:/cb?x", ResponseMode::Fragment), format!("com.example:/cb?x#{members}"));
    }
}
