//! Hostile input: whatever comes, the answer is one of ours, leads nowhere else, and repeats nothing.

use std::{collections::BTreeMap, sync::Arc};

use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};
use shared::{
    endpoint::{AuthorizeEndpoint, StatusEndpoint, TokenEndpoint},
    lambda::{Endpoint, EndpointFunction, Log},
    model::{HttpUri, TokenPaths},
    store::{Reader, Tables, Writer},
};
use tests::{Answer, Tollgate};

use crate::{
    browser::{Browser, Form, PASSWORD, members},
    shop::{CALLBACK, CHALLENGE, request, shop},
};

/// Expects an answer that no input has bent: no failure, no way to another place, nothing that came.
#[track_caller]
fn is_ours(answer: &Answer) {
    assert!(answer.status < 500, "{answer:#?}");
    let location = answer.header("location").unwrap_or("/oauth2/");
    assert!(location.starts_with("/oauth2/") || location.starts_with(CALLBACK), "{answer:#?}");
    assert!(!answer.body.contains("evil"), "{answer:#?}");
    assert!(!answer.headers.iter().any(|(name, _)| name == "x-evil"), "{answer:#?}");
}

#[tokio::test]
async fn a25_no_query_bends_the_answer_of_any_page() {
    let tollgate = shop().await;
    let (long, many) = ("x".repeat(11_000), "evil=1&".repeat(150));
    let queries = [
        "%",
        "%zz=%zz",
        "=&=&&;",
        "client_id=%ff&redirect_uri=https://evil.example/",
        "client_id=shop&state=%ff",
        "client_id=shop%00&redirect_uri=https://evil.example/",
        "client_id=shop%20",
        "client_id[]=shop&redirect_uri[]=https://evil.example/",
        "CLIENT_ID=shop&REDIRECT_URI=https://evil.example/",
        "client_id=shop;redirect_uri=https://evil.example/",
        "client_id=shop&redirect_uri=https://client.example/cb%0d%0aX-Evil:%201",
        "client_id=shop&redirect_uri=https://client.example/cb%23@evil.example",
        "client_id=shop&redirect_uri=%5c%5cevil.example",
        "client_id=shop&request_uri=https://evil.example/request",
        "client_id=shop&request_uri=http://169.254.169.254/latest/meta-data/",
        "client_id=shop&request_uri=urn:ietf:params:oauth:request_uri:evil&redirect_uri=https://evil.example/",
        "client_id=shop&response_mode=form_post",
        "client_id=shop&prompt=none+login",
        "client_id=shop&scope=%22%3Cevil%3E%5c",
        &format!("client_id=shop&state={long}"),
        &format!("{many}client_id=shop"),
    ];
    for mut browser in [Browser::new(&tollgate), Browser::of_alice(&tollgate).await] {
        for query in queries {
            for page in ["authorize", "login", "consent", "account", "logout"] {
                is_ours(&browser.get(&format!("/oauth2/{page}?response_type=code&{CHALLENGE}&{query}")).await);
            }
        }
    }
}

#[tokio::test]
async fn a3_a_state_that_would_end_the_header_comes_back_as_it_was() {
    let tollgate = shop().await;
    let answer = Browser::new(&tollgate).get(&request("shop", "&scope=bad&state=a%0d%0aX-Evil:%201%00")).await.is(303);
    is_ours(&answer);
    assert_eq!(members(&answer, '?')["state"], "a\r\nX-Evil: 1\0");
}

#[tokio::test]
async fn no_form_bends_the_answer() {
    let tollgate = shop().await;
    let mut browser = Browser::new(&tollgate);
    let page = browser.get("/oauth2/login").await.is(200);
    let csrf = Form::of(&page).field("csrf").unwrap().to_owned();
    let long = "x".repeat(70_000);
    for body in [
        "csrf=%ff&username=evil&password=%00",
        "csrf[]=1&username[]=evil",
        &format!("csrf={csrf}&csrf={csrf}&username=alice&password={PASSWORD}"),
        &format!("csrf={csrf}&username=evil&username=alice&password={PASSWORD}"),
        &format!("csrf={csrf}&username=alice&password={long}"),
        "{\"csrf\":1}",
        "",
    ] {
        for path in ["login", "consent", "account", "logout"] {
            let call = tollgate.call("POST", &format!("/oauth2/{path}")).form(body);
            let answer = call.header("Cookie", &format!("tollgate_session={}", browser.cookie().unwrap())).send().await;
            assert!((400..500).contains(&answer.status), "{path} {body}: {answer:#?}");
            is_ours(&answer);
        }
    }
}

#[tokio::test]
async fn no_cookie_bends_the_answer() {
    let tollgate = shop().await;
    let alice = Browser::of_alice(&tollgate).await;
    let cookie = alice.cookie().unwrap();
    for value in [format!("\"{cookie}\""), format!("{cookie}x"), "x".repeat(6000), "evil,;=\"".into(), String::new()] {
        let call = tollgate.call("GET", "/oauth2/account").header("Cookie", &format!("tollgate_session={value}"));
        is_ours(&call.send().await.is(303).has("location", "/oauth2/login"));
    }
}

#[tokio::test]
async fn a4_who_answers_is_no_header_to_say() {
    let tollgate = shop().await;
    let call = |target: &str| {
        let call = tollgate.call("GET", target).header("X-Forwarded-Host", "evil.example");
        call.header("Forwarded", "host=evil.example").header("X-Forwarded-Proto", "evil")
    };
    let refused = call(&request("shop", "&scope=bad")).send().await.is(303);
    is_ours(&refused);
    assert_eq!(members(&refused, '?')["iss"], tollgate.system.url());
    let login = call(&request("shop", "")).send().await.is(303);
    is_ours(&call(login.header("location").unwrap()).send().await.is(200));
}

#[tokio::test]
async fn no_event_ends_the_process_of_an_endpoint() {
    let tollgate = shop().await;
    let texts = ["<evil>", "\"evil\"", "a\u{7f}", "a b", "a\tb", "[", "%", "\\"];
    let hosts = ["id.example.com", "a b", "a:99999", "a b[", "[", ""];
    for (query, host) in texts.iter().flat_map(|text| hosts.map(|host| (format!("client_id=shop&state={text}"), host)))
    {
        for path in ["/oauth2/token", "/api/oauth/token", "/rest/pub.mediator.oauth2.getOAuth2AccessToken"] {
            is_answered::<TokenEndpoint>(&tollgate, path, &query, host).await;
        }
        for path in ["/oauth2/introspect", "/oauth2/tokeninfo", "/.well-known/oauth-authorization-server"] {
            is_answered::<StatusEndpoint>(&tollgate, path, &query, host).await;
        }
        for path in ["/oauth2/authorize", "/oauth2/login", "/oauth2/par"] {
            is_answered::<AuthorizeEndpoint>(&tollgate, path, &query, host).await;
        }
    }
}

/// Expects an answer of ours to events of both formats: format 2.0 has the query as it was sent, the other its parts.
async fn is_answered<E: Endpoint>(tollgate: &Tollgate, path: &str, query: &str, host: &str) {
    let world = tollgate.clock.world();
    let store =
        Writer::new(Reader::new(tests::dynamodb(tollgate.system.dynamodb), Tables::default(), world.clone(), 0));
    let issuer = HttpUri::parse("https://id.example.com").unwrap();
    let log = Log::new("endpoint", world.clone(), Arc::new(()));
    let endpoint = E::new(store, world, issuer, TokenPaths::default());
    let function = EndpointFunction { endpoint, trusted_proxy_hops: 0, log };
    for event in events(path, query, host) {
        let event = LambdaEvent::new(serde_json::from_value(event).unwrap(), Context::default());
        let answer = serde_json::to_value(function.answer(event).await.unwrap()).unwrap();
        let status = answer["statusCode"].as_u64().unwrap();
        assert!((200..500).contains(&status), "{path} {query} {host}: {answer:#}");
        assert!(!answer.to_string().contains("evil>"), "{path} {query} {host}: {answer:#}");
    }
}

fn events(path: &str, query: &str, host: &str) -> [Value; 2] {
    let peer = |method: &str| json!({"method": method, "sourceIp": "192.0.2.1"});
    let parameters: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).collect();
    [
        json!({
            "version": "2.0", "rawPath": path, "rawQueryString": query, "headers": {"host": host},
            "requestContext": {"http": peer("GET")},
        }),
        json!({
            "httpMethod": "GET", "path": path, "queryStringParameters": parameters, "headers": {"Host": host},
            "requestContext": {"identity": peer("GET")},
        }),
    ]
}
