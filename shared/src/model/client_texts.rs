//! What people are told about a client, beside what it asks for.

use pages::{DisplayName, PageUrl};
use serde::{Deserialize, Serialize};

/// Name and pages of a client (RFC 7591 section 2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientTexts {
    /// `client_name`; `None` = the name of its application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// `client_uri`: its home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<PageUrl>,
    /// `tos_uri`: its terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<PageUrl>,
    /// `policy_uri`: how it treats personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PageUrl>,
}

impl ClientTexts {
    /// Bytes of a URL: every token request reads the client's item, which is to stay small.
    pub const MAX_URL_BYTES: usize = 512;

    /// Whether there is none.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }

    /// All of them, each in its place.
    pub fn each(&self) -> [&str; 4] {
        let name = self.name.as_ref().map_or("", DisplayName::as_str);
        let [home, terms, policy] =
            [&self.home, &self.terms, &self.policy].map(|url| url.as_ref().map_or("", PageUrl::as_str));
        [name, home, terms, policy]
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Client, samples::client};

    #[test]
    fn a_client_of_an_earlier_version_has_no_texts_and_its_applications_name() {
        let stored = serde_json::to_value(client(&[], None)).unwrap();
        assert!(stored.get("texts").is_none(), "{stored}");
        let read: Client = serde_json::from_value(stored).unwrap();
        assert!(read.texts.are_none() && read.shown_name() == read.application.as_str());
    }
}
