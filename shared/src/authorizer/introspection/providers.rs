//! A definition's providers and what is taken from their answers, parsed once and not for every call.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    model::{HeaderGroup, HeaderName, IntrospectionPolicy, Route, ServiceDefinition, expression::Expression},
    protocol::Spkey,
    upstream::{CaBundle, ProviderUri, Proxy},
};

/// Where the providers of one definition are, whom to trust on the way, and what is taken from their answers.
pub(super) struct Providers {
    /// `defaultURI`.
    default_uri: Option<ProviderUri>,
    /// `regionCodeValue`.
    regions: Vec<(String, ProviderUri)>,
    pub(super) proxy: Option<Proxy>,
    pub(super) ca_bundle: Option<CaBundle>,
    /// `inject_headers`, by region.
    groups: Vec<(String, Vec<(HeaderName, Expression)>)>,
}

/// Providers, or what of the definition cannot be used.
pub(super) type Parsed = Result<Arc<Providers>, String>;

impl Providers {
    fn parse(policy: &IntrospectionPolicy) -> Result<Self, String> {
        let uri = |uri: &crate::model::HttpUri| ProviderUri::try_from(uri.url()).map_err(|error| error.to_string());
        let (default_uri, regions) = match &policy.route {
            Route::Configured(route) => (route.default_uri.as_ref(), route.region.as_ref()),
            Route::Unusable => (None, None),
        };
        let endpoints = regions.into_iter().flat_map(|region| &region.endpoints);
        let regions = endpoints.map(|endpoint| Ok((endpoint.code.clone(), uri(&endpoint.uri)?)));
        let proxy = policy.proxy.as_ref().map(|proxy| Proxy::new(&proxy.host, proxy.port));
        let ca_bundle = policy.ca_bundle.as_deref().map(CaBundle::parse);
        Ok(Self {
            default_uri: default_uri.map(uri).transpose()?,
            regions: regions.collect::<Result<_, String>>()?,
            proxy: proxy.transpose().map_err(|error| error.to_string())?,
            ca_bundle: ca_bundle.transpose().map_err(|error| error.to_string())?,
            groups: policy.inject_headers.iter().map(group).collect::<Result<_, _>>()?,
        })
    }

    /// The endpoint of a region; of none, the default.
    pub(super) fn uri(&self, region: Option<&str>) -> Option<&ProviderUri> {
        match region {
            Some(code) => self.regions.iter().find(|(known, _)| known == code).map(|(_, uri)| uri),
            None => self.default_uri.as_ref(),
        }
    }

    /// What gives a header of a group its value; `None` = the group does not set it.
    pub(super) fn expression(&self, group: &HeaderGroup, header: &HeaderName) -> Option<&Expression> {
        let (_, rules) = self.groups.iter().find(|(region, _)| *region == group.region)?;
        rules.iter().find(|(name, _)| name == header).map(|(_, expression)| expression)
    }
}

fn group(group: &HeaderGroup) -> Result<(String, Vec<(HeaderName, Expression)>), String> {
    let rules = group.rules.iter().map(|rule| match rule.expression.parse() {
        Ok(expression) => Ok((rule.header.clone(), expression)),
        Err(error) => Err(format!("the expression of {}: {error}", rule.header)),
    });
    Ok((group.region.clone(), rules.collect::<Result<_, String>>()?))
}

/// The providers of each service, as long as its definition is the one that was parsed.
#[derive(Default)]
pub(super) struct KeptProviders(Mutex<HashMap<Spkey, (Arc<ServiceDefinition>, Parsed)>>);

impl KeptProviders {
    /// Services at most; beyond that all are parsed anew, so memory is bounded.
    const CAPACITY: usize = 1_000;

    /// The providers of a definition whose policy this is.
    pub(super) fn of(&self, called: &Arc<ServiceDefinition>, policy: &IntrospectionPolicy) -> Parsed {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, parsed)) = kept.get(&called.spkey).filter(|(of, _)| Arc::ptr_eq(of, called)) {
            return parsed.clone();
        }
        let parsed = Providers::parse(policy).map(Arc::new);
        if kept.len() >= Self::CAPACITY {
            kept.clear();
        }
        kept.insert(called.spkey.clone(), (Arc::clone(called), parsed.clone()));
        parsed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Authorizer, samples::travel};

    fn providers(kept: &KeptProviders, definition: &Arc<ServiceDefinition>) -> Parsed {
        let Authorizer::Introspection(policy) = &definition.authorizer else { panic!("{definition:?}") };
        kept.of(definition, policy)
    }

    #[test]
    fn a_definition_is_parsed_once_and_the_next_one_anew() {
        let (kept, definition) = (KeptProviders::default(), Arc::new(travel()));
        let first = providers(&kept, &definition).unwrap();
        assert!(Arc::ptr_eq(&first, &providers(&kept, &definition).unwrap()));
        assert!(!Arc::ptr_eq(&first, &providers(&kept, &Arc::new(travel())).unwrap()), "read again, maybe changed");
    }

    #[test]
    fn a_region_has_its_own_endpoint_and_no_other() {
        let found = providers(&KeptProviders::default(), &Arc::new(travel())).unwrap();
        assert!(found.uri(Some("FR")).is_some() && found.uri(None).is_some() && found.uri(Some("DE")).is_none());
    }

    #[test]
    fn what_cannot_be_used_is_told_for_every_call() {
        let mut definition = travel();
        let Authorizer::Introspection(policy) = &mut definition.authorizer else { panic!("{definition:?}") };
        policy.ca_bundle = Some("no certificate".into());
        let (kept, definition) = (KeptProviders::default(), Arc::new(definition));
        for _ in 0..2 {
            assert!(providers(&kept, &definition).is_err_and(|text| text.contains("no certificate")));
        }
    }
}
