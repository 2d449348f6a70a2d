//! Settings that stand in a pre-input line or in a member of the same name: read alike, and one of the two is enough.

use super::{
    decode::Object,
    headers::{self, RawGroup},
    lines::Lines,
    proxy,
    report::{Findings, Placed},
    route::{self, RawRoute},
    unserved,
};
use crate::model::{HeaderGroup, IntrospectionRoute, Proxy};

/// What either place says, before it is known whether it is right.
pub(super) struct Inputs<'a> {
    service: &'a Object<'a>,
    lines: Lines,
}

impl<'a> Inputs<'a> {
    pub(super) fn new(service: &'a Object<'a>) -> Self {
        Self { service, lines: Lines::read(service) }
    }

    /// Whether a setting that nobody finds may only be hidden by mistakes elsewhere in the pre-inputs.
    pub(super) fn are_complete(&self) -> bool {
        self.lines.are_complete
    }

    pub(super) fn findings(&self) -> &'a Findings<'a> {
        self.service.findings
    }

    /// Whether a pre-input line names the setting.
    pub(super) fn has_line(&self, name: &str) -> bool {
        self.lines.place_of(name).is_some()
    }

    /// The text of `shared_token_spkey`; empty is as good as none.
    pub(super) fn shared_token_spkey(&self) -> Option<Placed<String>> {
        let member = self.service.member("shared_token_spkey");
        let member = member.and_then(|field| Some(field.placed(field.text("an spkey of this file")?.to_owned())));
        self.either("shared_token_spkey", member, self.lines.shared_token_spkey.clone())
    }

    pub(super) fn token_validation_uri(&self) -> Option<Placed<IntrospectionRoute>> {
        let member = self.service.member(route::NAME);
        let member = member.and_then(|field| Some(field.placed(RawRoute::of_member(&field)?)));
        let read = |raw: Placed<RawRoute>| route::read(raw, self.findings());
        self.either(route::NAME, member.and_then(read), self.lines.token_validation_uri.clone().and_then(read))
    }

    pub(super) fn inject_headers(&self) -> Option<Placed<Vec<HeaderGroup>>> {
        let member = self.service.member(headers::NAME);
        let member = member.and_then(|field| Some(field.placed(RawGroup::of_member(&field)?)));
        let read = |raw: Placed<Vec<RawGroup>>| headers::read(raw, self.findings());
        self.either(headers::NAME, member.map(read), self.lines.inject_headers.clone().map(read))
    }

    pub(super) fn block_authorization_header(&self) -> Option<Placed<bool>> {
        let member = self.service.member("block_authorization_header");
        let member = member.and_then(|field| Some(field.placed(field.flag()?)));
        self.either("block_authorization_header", member, self.lines.block_authorization_header.clone())
    }

    pub(super) fn http_proxy(&self) -> Option<Placed<Proxy>> {
        self.either("http_proxy_server", proxy::of_members(self.service), self.lines.http_proxy.clone())
    }

    /// Refuses the settings of another authorizer than the service has.
    pub(super) fn refuse(&self, names: &[&'static str], authorizer: &str) {
        let expected = format!("authorizer: {authorizer}, or a service without it");
        for name in names {
            let member = self.service.member(name).map(|field| field.place);
            for place in member.iter().chain(self.lines.place_of(name)) {
                self.findings().mistake(place, format!("a setting for authorizer: {authorizer}"), &expected);
            }
        }
    }

    /// Chained processors are known, and not served.
    pub(super) fn refuse_processors(&self) {
        unserved::refuse_member(self.service, "processors");
        if let Some(place) = &self.lines.processors {
            unserved::refuse_at(place, self.findings());
        }
    }

    fn either<T: PartialEq>(
        &self,
        name: &str,
        member: Option<Placed<T>>,
        line: Option<Placed<T>>,
    ) -> Option<Placed<T>> {
        if let (Some(member), Some(line)) = (&member, &line)
            && member.value != line.value
        {
            let found = format!("another value than the member {name} in line {}", member.place.line);
            self.findings().mistake(&line.place, found, "one of the two, or both alike");
        }
        member.or(line)
    }
}
