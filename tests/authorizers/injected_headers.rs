//! Headers made of the provider's answer: what they hold, and that no client can forge or break one.

use tests::{Answer, Provider, Reply, Tollgate};

use crate::travel::{get, get_with, travel};

/// What reached the backend in a header, when a provider answers this and an expression asks that of it.
async fn injected(reply: Reply, expression: &str, settings: &[&str]) -> Option<String> {
    let provider = Provider::always(reply).await;
    let tollgate = tollgate(&provider, expression, settings).await;
    get(&tollgate).await.is(200).reached("x-user-id")
}

/// `X-User-Id` is what the expression finds.
async fn tollgate(provider: &Provider, expression: &str, settings: &[&str]) -> Tollgate {
    let headers = serde_json::json!({ "X-User-Id": expression });
    let headers = format!("inject_headers: {headers}");
    travel(provider, &[&[headers.as_str()], settings].concat()).await
}

#[tokio::test]
async fn json_path_finds_values_of_json() {
    let body = r#"{"uid":"u-1","accounts":[{"name":"Adam","uid":"1"},{"name":"Eve","uid":"2"}],"a b":"c"}"#;
    for (expression, value) in [
        ("$.uid", "u-1"),
        ("uid", "u-1"),
        ("$.accounts[1].name", "Eve"),
        ("$['a b']", "c"),
        ("$.accounts[*].uid", r#"["1","2"]"#),
        ("$..name", r#"["Adam","Eve"]"#),
        ("$.accounts[?(@.uid == '2')].name", r#"["Eve"]"#),
        ("$.UID", "-"),
        ("//uid", "-"),
    ] {
        assert_eq!(injected(Reply::json(body), expression, &[]).await.as_deref(), Some(value), "{expression}");
    }
}

#[tokio::test]
async fn xpath_finds_values_of_xml_with_or_without_namespaces() {
    let plain = r#"<user kind="gold"><uid>u-1</uid><uid>u-2</uid><name> A <b>B</b></name></user>"#;
    let spaced = r#"<s:user xmlns:s="urn:a" xmlns="urn:b"><s:uid>u-1</s:uid><mail>m</mail></s:user>"#;
    for (body, expression, value) in [
        (plain, "//uid", "u-1"),
        (plain, "/user/uid[2]", "u-2"),
        (plain, "/user/@kind", "gold"),
        (plain, "string(//name)", "A B"),
        (plain, "count(//uid)", "2"),
        (plain, "$.uid", "-"),
        (plain, "//none", "-"),
        (spaced, "//s:uid", "u-1"),
        (spaced, "//*[local-name()='mail']", "m"),
        (spaced, "//uid", "-"),
        (spaced, "//none:uid", "-"),
    ] {
        assert_eq!(injected(Reply::xml(body), expression, &[]).await.as_deref(), Some(value), "{expression} {body}");
    }
}

#[tokio::test]
async fn the_content_type_says_which_language_fits() {
    let json = r#"{"uid":"u-1"}"#;
    for (content_type, body, expression, value) in [
        ("application/json", json, "$.uid", "u-1"),
        ("text/plain", json, "$.uid", "-"),
        ("application/xml", json, "$.uid", "-"),
        ("text/xml; charset=utf-8", "<uid>u-1</uid>", "//uid", "u-1"),
        ("text/html", "<uid>u-1</uid>", "//uid", "-"),
        ("application/json", "<uid>u-1</uid>", "//uid", "-"),
        ("application/json", r#"{"uid":"#, "$.uid", "-"),
        ("application/xml", "<uid>u-1", "//uid", "-"),
    ] {
        let reply = Reply::of(200, content_type, body);
        let found = injected(reply, expression, &["validation: { judge_active: false }"]).await;
        assert_eq!(found.as_deref(), Some(value), "{content_type} {expression}");
    }
}

#[tokio::test]
async fn each_region_has_its_own_headers_and_every_header_is_set_in_all_of_them() {
    let provider = Provider::start(|question| match question.target.as_str() {
        "/fr" => Reply::xml("<user><uid>u-fr</uid></user>"),
        _ => Reply::json(r#"{"uid":"u-1","email":"a@b.example"}"#),
    })
    .await;
    let route = r#"token_validation_uri: { regionCodeHeader: X-Region, regionCodeValue: {"FR":"IDP/fr"}, defaultURI: IDP/any }"#;
    let headers =
        r#"inject_headers: {"FR":{"X-User-Email":"//uid"},"default":{"X-User-Id":"$.email","X-Uid":"$.uid"}}"#;
    let tollgate = travel(&provider, &[route, headers]).await;
    let call = |region: &str| tollgate.call("GET", "/travel").bearer("t").header("X-Region", region).send();
    let seen = |answer: Answer| ["x-user-email", "x-user-id", "x-uid"].map(|header| answer.reached(header).unwrap());
    assert_eq!(seen(call("FR").await.is(200)), ["u-fr", "-", "-"]);
    assert_eq!(seen(call("US").await.is(200)), ["-", "a@b.example", "u-1"]);
    assert_eq!(seen(call("??").await.is(200)), ["-", "a@b.example", "u-1"]);
    let forged = tollgate.call("GET", "/travel").bearer("t").header("X-Region", "FR").header("X-Uid", "admin");
    assert_eq!(seen(forged.send().await.is(200)), ["u-fr", "-", "-"]);
}

#[tokio::test]
async fn z9_a_client_s_own_copy_is_overwritten_or_refused() {
    let provider = Provider::start(|question| match question.token().as_str() {
        "found" => Reply::json(r#"{"uid":"u-1"}"#),
        _ => Reply::json("{}"),
    })
    .await;
    let tollgate = tollgate(&provider, "$.uid", &[]).await;
    for (token, value) in [("found", "u-1"), ("nothing", "-")] {
        let call = |name: &str| tollgate.call("GET", "/travel").bearer(token).header(name, "admin");
        let once = call("X-User-Id").send().await.is(200);
        assert_eq!(once.reached("x-user-id").as_deref(), Some(value));
        let twice = call("X-User-Id").header("X-User-Id", "root").send().await.is(200);
        assert_eq!(twice.reached("x-user-id").as_deref(), Some(value));
        for other in ["x-user-id", "X-USER-ID", "X_User_Id", "X-User_Id", "x_user_id"] {
            let answer = call(other).send().await.is(401).says("error", "invalid_request");
            answer.has("WWW-Authenticate", r#"Bearer realm="travel", error="invalid_request""#);
            call(other).header("X-User-Id", "admin").send().await.is(401).says("error", "invalid_request");
        }
        for harmless in ["X-User-Ids", "XUser-Id", "X-User.Id"] {
            let answer = call(harmless).send().await.is(200);
            assert_eq!(answer.reached("x-user-id").as_deref(), Some(value), "{harmless}");
        }
    }
}

#[tokio::test]
async fn z9_a_header_that_passes_for_one_that_api_gateway_has_renamed_is_dropped() {
    let provider = Provider::always(Reply::json(r#"{"uid":"u-1"}"#)).await;
    let tollgate = tollgate(&provider, "$.uid", &[]).await;
    let call = tollgate.call("GET", "/travel").bearer("t").header("X-Amzn-Remapped-X-User-Id", "admin");
    let answer = call.send().await.is(200);
    assert_eq!(answer.reached("x-user-id").as_deref(), Some("u-1"));
    assert!(!answer.body.contains("admin"), "{answer:#?}");
}

#[tokio::test]
async fn z9_unset_header_value_may_be_another_text() {
    let provider = Provider::always(Reply::json("{}")).await;
    let tollgate = tollgate(&provider, "$.uid", &[r#"unset_header_value: "(none)""#]).await;
    let call = tollgate.call("GET", "/travel").bearer("t").header("X-User-Id", "admin");
    assert_eq!(call.send().await.is(200).reached("x-user-id").as_deref(), Some("(none)"));
}

#[tokio::test]
async fn z9_unset_header_value_null_leaves_the_header_out_and_refuses_every_copy() {
    let provider = Provider::start(|question| match question.token().as_str() {
        "found" => Reply::json(r#"{"uid":"u-1"}"#),
        _ => Reply::json("{}"),
    })
    .await;
    let tollgate = tollgate(&provider, "$.uid", &["unset_header_value: null"]).await;
    assert_eq!(get_with(&tollgate, "found").await.is(200).reached("x-user-id").as_deref(), Some("u-1"));
    assert_eq!(get_with(&tollgate, "nothing").await.is(200).reached("x-user-id"), None);
    for token in ["found", "nothing"] {
        for spelling in ["X-User-Id", "x-user-id", "X_User_Id"] {
            let call = tollgate.call("GET", "/travel").bearer(token).header(spelling, "admin");
            call.send().await.is(401).says("error", "invalid_request");
        }
    }
}

#[tokio::test]
async fn z10_every_json_value_has_one_defined_text() {
    for (value, text) in [
        ("true", "true"),
        ("false", "false"),
        ("7", "7"),
        ("-0.5", "-0.5"),
        ("12345678901234567890", "12345678901234567890"),
        (r#"{"a": 1, "b": [null]}"#, r#"{"a":1,"b":[null]}"#),
        ("[1, 2]", "[1,2]"),
        ("[]", "[]"),
        ("{}", "{}"),
        ("null", "-"),
        (r#""""#, "-"),
        (r#"" ""#, "-"),
        (r#"" \t ""#, "-"),
        (r#"" a ""#, "a"),
        (r#""a\tb""#, "a\tb"),
        (r#""a\r\nX-Admin: 1""#, "-"),
        (r#""a\nb""#, "-"),
        (r#""a\u0000b""#, "-"),
        (r#""a\u001bb""#, "-"),
        (r#""a\u0085b""#, "-"),
        (r#""a\u007fb""#, "-"),
        (r#"["a\r\nb"]"#, r#"["a\r\nb"]"#),
        (r#""$context.authorizer.sub ${stageVariables.spkey}""#, "$context.authorizer.sub ${stageVariables.spkey}"),
    ] {
        let body = format!(r#"{{"uid":{value}}}"#);
        assert_eq!(injected(Reply::json(body), "$.uid", &[]).await.as_deref(), Some(text), "{value}");
    }
}

#[tokio::test]
async fn z10_a_value_beyond_ascii_travels_as_the_service_says() {
    let reply = || Reply::json(r#"{"uid":"Claes Rosenlöf 100% \ud83d\ude00"}"#);
    let percent = Some("Claes Rosenl%C3%B6f 100%25 %F0%9F%98%80".to_owned());
    assert_eq!(injected(reply(), "$.uid", &[]).await, percent);
    assert_eq!(injected(reply(), "$.uid", &["header_encoding: percent"]).await, percent);
    let utf8 = injected(reply(), "$.uid", &["header_encoding: utf8"]).await;
    assert_eq!(utf8.as_deref(), Some("Claes Rosenlöf 100% 😀"));
    let xml = injected(Reply::xml("<uid>Rosenl&#246;f</uid>"), "//uid", &[]).await;
    assert_eq!(xml.as_deref(), Some("Rosenl%C3%B6f"));
}

#[tokio::test]
async fn z10_values_over_4_kib_in_all_are_refused() {
    for (body, status) in [
        (format!(r#"{{"uid":"{}"}}"#, "x".repeat(4096)), 200),
        (format!(r#"{{"uid":"{}"}}"#, "x".repeat(4097)), 401),
        (format!(r#"{{"uid":"{}"}}"#, "x".repeat(9 * 1024)), 401),
        (format!(r#"{{"uid":"{}"}}"#, "ö".repeat(700)), 401),
    ] {
        let provider = Provider::always(Reply::json(body)).await;
        let answer = get(&tollgate(&provider, "$.uid", &[]).await).await.is(status);
        assert!(status == 200 || answer.json()["error"] == "invalid_request", "{answer:#?}");
    }
}

#[tokio::test]
async fn z10_ten_headers_of_ten_regions_fit() {
    let headers: serde_json::Map<_, _> =
        (0..10).map(|number| (format!("X-Header-{number}"), format!("$.h{number}").into())).collect();
    let body: serde_json::Map<_, _> = (0..10).map(|number| (format!("h{number}"), "v".repeat(400).into())).collect();
    let provider = Provider::always(Reply::json(serde_json::Value::from(body).to_string())).await;
    let settings = format!("inject_headers: {}", serde_json::Value::from(headers));
    let answer = get(&travel(&provider, &[&settings]).await).await.is(200);
    for number in 0..10 {
        assert_eq!(answer.reached(&format!("x-header-{number}")), Some("v".repeat(400)));
    }
}
