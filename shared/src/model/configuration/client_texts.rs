//! `client_name` and the pages of a client: what people are told about it.

use pages::{DisplayName, PageUrl};

use super::decode::{Field, Object};
use crate::model::ClientTexts;

pub(super) fn read(client: &Object<'_>) -> ClientTexts {
    ClientTexts {
        name: client.member("client_name").and_then(|field| field.parsed(DisplayName::EXPECTED, str::parse)),
        home: client.member("client_uri").and_then(|field| url(&field)),
        terms: client.member("tos_uri").and_then(|field| url(&field)),
        policy: client.member("policy_uri").and_then(|field| url(&field)),
    }
}

fn url(field: &Field<'_>) -> Option<PageUrl> {
    let url: PageUrl = field.parsed(PageUrl::EXPECTED, str::parse)?;
    let (bytes, most) = (url.as_str().len(), ClientTexts::MAX_URL_BYTES);
    if bytes > most {
        return field.refuse(&format!("a URL of {bytes} bytes"), &format!("at most {most}"));
    }
    Some(url)
}
