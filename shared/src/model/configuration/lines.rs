//! `pre_inputs`: the lines of the old console, with the lines of the file they stand in.

use super::{
    decode::{Field, Object},
    headers::{RawGroup, RawRule},
    reference::PRE_INPUTS,
    report::{Place, Placed, quoted},
    route::RawRoute,
};
use crate::model::{
    Proxy,
    pre_inputs::{HttpProxy, InjectedHeaders, Located, PreInputMistake, PreInputs, TokenValidationUri},
};

/// What the lines say.
#[derive(Clone, Default)]
pub(super) struct Lines {
    /// Whether the lines were read without a mistake.
    pub(super) are_complete: bool,
    pub(super) shared_token_spkey: Option<Placed<String>>,
    pub(super) token_validation_uri: Option<Placed<RawRoute>>,
    pub(super) inject_headers: Option<Placed<Vec<RawGroup>>>,
    pub(super) block_authorization_header: Option<Placed<bool>>,
    pub(super) http_proxy: Option<Placed<Proxy>>,
    pub(super) processors: Option<Place>,
}

impl Lines {
    pub(super) fn read(service: &Object<'_>) -> Self {
        let Some(field) = service.member(PRE_INPUTS) else { return Self { are_complete: true, ..Self::default() } };
        let Some(text) = field.text("lines such as shared_token_spkey:942yzkggypg5dq6c4ucfv3ed") else {
            return Self::default();
        };
        let (inputs, mistakes) = PreInputs::read(text);
        mistakes.iter().for_each(|mistake| report(mistake, &field));
        let are_complete = mistakes.is_empty() && field.is_whole();
        Self { are_complete, ..Self::of(inputs, &field) }
    }

    /// Where a setting stands, by its name.
    pub(super) fn place_of(&self, name: &str) -> Option<&Place> {
        match name {
            "shared_token_spkey" => place(&self.shared_token_spkey),
            "token_validation_uri" => place(&self.token_validation_uri),
            "inject_headers" => place(&self.inject_headers),
            "block_authorization_header" => place(&self.block_authorization_header),
            "http_proxy_server" => place(&self.http_proxy),
            _ => None,
        }
    }

    fn of(inputs: PreInputs, field: &Field<'_>) -> Self {
        Self {
            are_complete: true,
            shared_token_spkey: inputs.shared_token_spkey.map(|text| located(text, "shared_token_spkey", field)),
            token_validation_uri: inputs.token_validation_uri.map(|uri| raw_route(uri, field)),
            inject_headers: raw_groups(inputs.inject_headers, field),
            block_authorization_header: inputs
                .block_authorization_header
                .map(|flag| located(flag, "block_authorization_header", field)),
            http_proxy: inputs.http_proxy.map(|proxy| own_proxy(proxy, field)),
            processors: inputs.processors.first().map(|first| field.line(first.name.line, "processors")),
        }
    }
}

fn place<T>(placed: &Option<Placed<T>>) -> Option<&Place> {
    placed.as_ref().map(|placed| &placed.place)
}

fn located<T>(located: Located<T>, key: &str, field: &Field<'_>) -> Placed<T> {
    Placed { place: field.line(located.line, key), value: located.value }
}

fn report(mistake: &PreInputMistake, field: &Field<'_>) {
    let place = match &mistake.key {
        Some(key) => field.line(mistake.line, key),
        None => Place { path: field.place.path.clone(), ..field.line(mistake.line, "") },
    };
    let found = if mistake.found.is_empty() { "nothing".to_owned() } else { quoted(&mistake.found) };
    field.findings.mistake(&place, found, mistake.expected.as_str());
}

fn raw_route(uri: TokenValidationUri, field: &Field<'_>) -> Placed<RawRoute> {
    let placed = |text| located(text, super::route::NAME, field);
    let regions = uri.region_code_value.into_iter().map(|(code, uri)| (code, placed(uri))).collect();
    let (header, default) = (uri.region_code_header.map(placed), uri.default_uri.map(placed));
    let place = field.line(uri.line, super::route::NAME);
    Placed { value: RawRoute { header, regions, default }, place }
}

fn raw_groups(groups: Vec<InjectedHeaders>, field: &Field<'_>) -> Option<Placed<Vec<RawGroup>>> {
    let place = |line| field.line(line, super::headers::NAME);
    let rule = |(header, expression): (String, Located<String>)| {
        let place = place(expression.line);
        Placed { value: RawRule { header, expression: expression.value }, place }
    };
    let first = place(groups.first()?.region.line);
    let group = |InjectedHeaders { region, headers }| RawGroup {
        region: region.value,
        rules: headers.into_iter().map(rule).collect(),
    };
    Some(Placed { value: groups.into_iter().map(group).collect(), place: first })
}

fn own_proxy(proxy: HttpProxy, field: &Field<'_>) -> Placed<Proxy> {
    let Placed { value: host, place } = located(proxy.server, "http_proxy_server", field);
    Placed { value: Proxy { host, port: proxy.port.value }, place }
}
