//! What the introspection authorizer tells of a call, and passes on of its trace.

use std::time::Duration;

use shared::{
    authorizer::{Call, IntrospectionAuthorizer, MethodArn, Shape},
    protocol::Spkey,
    store::{DataKeys, Reader, Tables},
};
use tests::Provider;

use crate::{
    database,
    introspection::{NO_KEY, REGIONS, tollgate_with, valid},
};

#[tokio::test]
async fn the_trace_names_the_region_asked_and_the_group_of_headers_applied() {
    let provider = Provider::always(valid()).await;
    let headers = "api_key: null\n    inject_headers: { FR: { X-A: $.active }, default: { X-A: $.sub } }";
    let tollgate = tollgate_with(&provider, headers, REGIONS).await;
    let authorizer = IntrospectionAuthorizer::new(Some(Spkey::parse("tpx1").unwrap()), DataKeys::default());
    let reader = Reader::new(database::client(&tollgate), Tables::default(), tollgate.clock.world(), 0);
    for (region, asked, group) in [("FR", "FR", "FR"), ("US", "US", "default"), ("XX", "default", "default")] {
        let trace = authorizer.authorize(&call_from(region), &reader, || Duration::ZERO).await.trace;
        let told = (trace.region.as_deref(), trace.header_group.as_deref());
        assert_eq!(told, (Some(asked), Some(group)), "{region}");
        assert_eq!(trace.provider.as_deref(), Some("127.0.0.1"));
    }
}

#[tokio::test]
async fn the_x_ray_trace_goes_on_to_the_provider() {
    let provider = Provider::always(valid()).await;
    let tollgate = tollgate_with(&provider, NO_KEY, "").await;
    let authorizer = IntrospectionAuthorizer::new(Some(Spkey::parse("tpx1").unwrap()), DataKeys::default());
    let reader = Reader::new(database::client(&tollgate), Tables::default(), tollgate.clock.world(), 0);
    let header = "Root=1-69c2e4ae-3a5f1c0e7d9b2f4a6c8e0d1b;Parent=7d9b2f4a6c8e0d1b;Sampled=1";
    for trace in [Some(header), None] {
        let call = Call { xray_trace_id: trace.map(str::to_owned), ..call_from("FR") };
        authorizer.authorize(&call, &reader, || Duration::ZERO).await;
        assert_eq!(provider.questions().last().unwrap().header("x-amzn-trace-id"), trace);
    }
}

/// A call with a token that names a region.
fn call_from(region: &str) -> Call {
    Call {
        shape: Shape::Rest,
        target: MethodArn::parse("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/GET/1").unwrap(),
        headers: [("Authorization", "Bearer t"), ("HTTP-REQUEST-REGION-KEY", region)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        query: Vec::new(),
        stage_variables: [].into(),
        request_id: String::new(),
        xray_trace_id: None,
    }
}
