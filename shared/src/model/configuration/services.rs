//! `services`: what must hold between them, and how the rest of the file finds them.

use super::{
    decode::Object,
    guard::Guard,
    report::{Findings, Place, Placed, quoted},
    service::Draft,
    unique::Register,
};
use crate::{
    model::{Alias, ResourceAddress, SharedToken, TokenPath, suggestion::did_you_mean},
    protocol::{ServiceName, Spkey},
};

/// The services of a file, as far as they could be read.
pub(super) struct Services<'a> {
    pub(super) drafts: Vec<Draft>,
    findings: &'a Findings<'a>,
    /// Whether every service has a name, so that a name nobody has is a mistake.
    are_complete: bool,
}

impl<'a> Services<'a> {
    pub(super) fn read(file: &Object<'a>) -> Self {
        let fields = file.member("services").and_then(|field| field.list()).unwrap_or_default();
        let drafts: Vec<Draft> = fields.iter().filter_map(Draft::read).collect();
        let named = drafts.iter().filter(|draft| draft.name.is_some()).count();
        let services = Self { are_complete: named == fields.len(), drafts, findings: file.findings };
        services.refuse_repeats();
        for draft in &services.drafts {
            services.refuse_foreign_names(draft);
            services.refuse_wrong_source(draft);
            services.refuse_long_verdicts(draft);
            services.doubt_undeclared_scopes(draft);
        }
        services
    }

    /// The service of a name or an spkey; a text that names none is a mistake.
    pub(super) fn named(&self, text: &str, place: &Place) -> Option<&Draft> {
        let is_name = |draft: &&Draft| draft.name.as_ref().is_some_and(|name| name.value.as_str() == text);
        let found = self.drafts.iter().find(is_name).or_else(|| self.by_spkey(text));
        if found.is_none() && self.are_complete {
            let hint = did_you_mean(text, self.names().map(ServiceName::as_str));
            self.findings.mistake(
                place,
                quoted(text),
                format!("the name or the spkey of a service of this file{hint}"),
            );
        }
        found
    }

    /// The name of a service whose API answers at a path.
    pub(super) fn serving(&self, path: &TokenPath) -> Option<&ServiceName> {
        let serves = |draft: &&Draft| draft.base_path.as_ref().is_some_and(|base| path.is_served_by(&base.value));
        self.drafts.iter().filter(serves).find_map(|draft| draft.name.as_ref().map(|name| &name.value))
    }

    /// Whether a token that is for the service opens it, or another one.
    pub(super) fn opens_something(&self, service: &Draft) -> bool {
        let is_own = matches!(&service.guard, Some(Guard::SharedToken(settings)) if match &settings.policy.tokens {
            SharedToken::OwnOnly => true,
            SharedToken::IssuedBy { accept_own_tokens, .. } => *accept_own_tokens,
        });
        let shares_it = |other: &Draft| {
            let source = shared_from(other).map(|source| &source.value);
            source.is_some() && source == service.spkey.as_ref().map(|spkey| &spkey.value)
        };
        is_own || service.guard.is_none() || self.drafts.iter().any(shares_it)
    }

    fn by_spkey(&self, text: &str) -> Option<&Draft> {
        self.drafts.iter().find(|draft| draft.spkey.as_ref().is_some_and(|spkey| spkey.value.as_str() == text))
    }

    fn names(&self) -> impl Iterator<Item = &ServiceName> {
        self.drafts.iter().filter_map(|draft| draft.name.as_ref().map(|name| &name.value))
    }

    fn refuse_repeats(&self) {
        let register = |kind| Register::new(kind, self.findings);
        let (spkeys, names, paths) = (register("spkey"), register("service name"), register("base_path"));
        let (resources, apis) = (register("resource"), register("API"));
        for draft in &self.drafts {
            claim(&spkeys, draft.spkey.as_ref());
            claim(&names, draft.name.as_ref());
            claim(&paths, draft.base_path.as_ref());
            if let Some(Placed { value: resource, place }) = &draft.settings.resource {
                let address = ResourceAddress::of(resource).map(|address| Alias::Resource(address).key());
                let name = address.unwrap_or_else(|| resource.to_string());
                resources.claim(name, place, &quoted(resource.as_str()));
            }
            for Placed { value, place } in &draft.settings.apis {
                apis.claim(value.id.as_str(), place, &quoted(&value.id));
            }
        }
    }

    /// A service's name is a scope that opens all of it, so no other service may declare it.
    fn refuse_foreign_names(&self, draft: &Draft) {
        for Placed { value: scope, place } in &draft.settings.profile.scopes {
            let is_own = draft.name.as_ref().is_some_and(|name| name.value.as_str() == scope.as_str());
            if !is_own && self.names().any(|name| name.as_str() == scope.as_str()) {
                let found = format!("{}, the name of another service", quoted(scope.as_str()));
                self.findings.mistake(place, found, "a scope of another name");
            }
        }
    }

    /// No token has a scope that no service declares, and no client may ask for it.
    fn doubt_undeclared_scopes(&self, draft: &Draft) {
        let declared = |other: &Draft, word: &str| {
            let is_name = other.name.as_ref().is_some_and(|name| name.value.as_str() == word);
            is_name || other.settings.profile.scopes.iter().any(|scope| scope.value.as_str() == word)
        };
        for Placed { value: rule, place } in &draft.settings.required_scopes {
            for word in
                rule.need.scopes().iter().filter(|word| !self.drafts.iter().any(|it| declared(it, word.as_str())))
            {
                let all =
                    self.drafts.iter().flat_map(|it| &it.settings.profile.scopes).map(|scope| scope.value.as_str());
                let expected = format!("a scope that a service declares{}", did_you_mean(word.as_str(), all));
                self.findings.warning(place, format!("{}, which no token can have", quoted(word.as_str())), expected);
            }
        }
    }

    fn refuse_wrong_source(&self, draft: &Draft) {
        let Some(Placed { value: spkey, place }) = shared_from(draft) else { return };
        if draft.spkey.as_ref().is_some_and(|own| own.value == *spkey) {
            self.findings.mistake(place, "the service's own spkey", "the spkey of another service, or nothing");
            return;
        }
        match self.by_spkey(spkey.as_str()) {
            None => {
                let expected = format!("the spkey of a service of this file{}", self.spkey_meant(spkey.as_str()));
                self.findings.mistake(place, quoted(spkey.as_str()), expected);
            }
            Some(source) if matches!(source.guard, Some(Guard::Introspection(_))) => {
                let found = format!("{}, whose tokens another server issues", quoted(spkey.as_str()));
                self.findings.mistake(place, found, "the spkey of a service without authorizer: introspection");
            }
            Some(_) => {}
        }
    }

    /// The spkey that a service's name, or a misspelled spkey, may stand for.
    fn spkey_meant(&self, text: &str) -> String {
        let is_name = |draft: &&Draft| draft.name.as_ref().is_some_and(|name| name.value.as_str() == text);
        match self.drafts.iter().find(is_name) {
            Some(Draft { spkey: Some(spkey), .. }) => format!(" (did you mean {}?)", spkey.value),
            Some(_) => format!(" (the service {text} needs an spkey of its own in the file)"),
            None => {
                did_you_mean(text, self.drafts.iter().filter_map(|draft| Some(draft.spkey.as_ref()?.value.as_str())))
            }
        }
    }

    /// A verdict that is kept longer than a token lives would outlive it.
    fn refuse_long_verdicts(&self, draft: &Draft) {
        let Some(Guard::SharedToken(settings)) = &draft.guard else { return };
        let source = match &settings.policy.tokens {
            SharedToken::OwnOnly => Some(draft),
            SharedToken::IssuedBy { spkey, .. } => self.by_spkey(spkey.as_str()),
        };
        let own = matches!(settings.policy.tokens, SharedToken::IssuedBy { accept_own_tokens: true, .. });
        let issuers = source.into_iter().chain(own.then_some(draft));
        let Some(shortest) = issuers.map(|issuer| issuer.settings.profile.oauth.access_token.ttl).min() else { return };
        let Placed { value: ttl, place } = &draft.settings.authorizer_ttl;
        if u64::from(*ttl) > shortest {
            let expected = format!("at most {shortest}, the lifetime of the access tokens");
            self.findings.mistake(place, ttl.to_string(), expected);
        }
    }
}

fn shared_from(draft: &Draft) -> Option<&Placed<Spkey>> {
    match &draft.guard {
        Some(Guard::SharedToken(settings)) => settings.shared_from.as_ref(),
        _ => None,
    }
}

fn claim<T: ToString>(register: &Register<'_>, placed: Option<&Placed<T>>) {
    if let Some(Placed { value, place }) = placed {
        let text = value.to_string();
        let shown = quoted(&text);
        register.claim(text, place, &shown);
    }
}
