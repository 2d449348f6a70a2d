//! RFC 6749 section 3.2: what the endpoint takes as a request, and what its refusals may say.

use crate::shop::{GRANT, SHOP, refuses, shop};

#[tokio::test]
async fn t1_takes_only_post() {
    let tollgate = shop().await;
    for method in ["GET", "PUT", "PATCH", "DELETE"] {
        let call = tollgate.call(method, "/oauth2/token").basic(SHOP.0, SHOP.1).form(GRANT);
        refuses(call.send().await, 405, "invalid_request").has("allow", "POST");
    }
    let target = format!("/oauth2/token?{GRANT}&client_id={}&client_secret={}", SHOP.0, SHOP.1);
    refuses(tollgate.call("GET", &target).send().await, 405, "invalid_request");
}

#[tokio::test]
async fn t1_takes_only_a_form() {
    let tollgate = shop().await;
    let json = r#"{"grant_type":"client_credentials"}"#;
    let multipart = "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--x--\r\n";
    let bodies = [
        ("application/json", json),
        ("multipart/form-data; boundary=x", multipart),
        ("text/plain", GRANT),
        ("application/x-www-form-urlencoded-too", GRANT),
    ];
    for (media_type, body) in bodies {
        let call = tollgate.call("POST", "/oauth2/token").basic(SHOP.0, SHOP.1);
        refuses(call.header("Content-Type", media_type).body(body).send().await, 415, "invalid_request");
    }
    let untyped = tollgate.call("POST", "/oauth2/token").basic(SHOP.0, SHOP.1).body(GRANT);
    refuses(untyped.send().await, 415, "invalid_request");
}

#[tokio::test]
async fn t1_the_media_type_of_a_form_may_have_parameters_and_any_case() {
    let tollgate = shop().await;
    for media_type in ["application/x-www-form-urlencoded; charset=UTF-8", "Application/X-WWW-Form-Urlencoded"] {
        let call = tollgate.call("POST", "/oauth2/token").basic(SHOP.0, SHOP.1);
        call.header("Content-Type", media_type).body(GRANT).send().await.is(200);
    }
}

#[tokio::test]
async fn t1_a_body_that_is_no_form_gets_no_token_and_no_500() {
    let tollgate = shop().await;
    let too_long = format!("{GRANT}&x={}", "a".repeat(64 * 1024));
    let bodies: [(&[u8], u16); 6] = [
        (b"", 400),
        (b"&&==&", 400),
        (b"\xff\xfe\x00", 400),
        (b"grant_type=client_credentials&scope=%ff", 400),
        (b"grant_type=client_credentials&scope=\xff", 400),
        (too_long.as_bytes(), 413),
    ];
    for (body, status) in bodies {
        let call = tollgate.call("POST", "/oauth2/token").basic(SHOP.0, SHOP.1).form("").body(body);
        refuses(call.send().await, status, "invalid_request");
    }
}

#[tokio::test]
async fn t2_refuses_credentials_in_the_query_also_beside_good_ones() {
    let tollgate = shop().await;
    let query = format!("/oauth2/token?client_id={}&client_secret={}", SHOP.0, SHOP.1);
    refuses(tollgate.call("POST", &query).form(GRANT).send().await, 400, "invalid_request");
    let encoded = format!("/oauth2/token?client%5Fsecret={}", SHOP.1);
    for target in [&query, &encoded, "/oauth2/token?client_assertion=a.b.c"] {
        let call = tollgate.call("POST", target).basic(SHOP.0, SHOP.1).form(GRANT);
        refuses(call.send().await, 400, "invalid_request");
    }
}

#[tokio::test]
async fn t2_parameters_in_the_query_do_not_count() {
    let tollgate = shop().await;
    let call = tollgate.call("POST", &format!("/oauth2/token?{GRANT}")).basic(SHOP.0, SHOP.1).form("x=1");
    refuses(call.send().await, 400, "invalid_request");
    let call = tollgate.call("POST", "/oauth2/token?scope=orders.write").basic(SHOP.0, SHOP.1).form(GRANT);
    call.send().await.is(200).says("scope", "orders.read");
}

#[tokio::test]
async fn t3_refuses_a_repeated_parameter_also_when_it_says_the_same() {
    let tollgate = shop().await;
    let repeated = [
        "grant_type=client_credentials",
        "scope=orders.read&scope=orders.write",
        "scope=&scope=orders.read",
        "client_id=s6BhdRkqt3&client_id=s6BhdRkqt3",
        "unheard_of=1&unheard_of=1",
    ];
    for more in repeated {
        refuses(tollgate.token(SHOP, &format!("{GRANT}&{more}")).await, 400, "invalid_request");
    }
    let in_the_body = format!("{GRANT}&client_id={0}&client_secret={1}&client_secret={1}", SHOP.0, SHOP.1);
    let call = tollgate.call("POST", "/oauth2/token").form(&in_the_body);
    refuses(call.send().await, 400, "invalid_request");
}

#[tokio::test]
async fn t3_resource_may_be_repeated() {
    let tollgate = shop().await;
    let resource = "resource=urn:tollgate:service:942yzkggypg5dq6c4ucfv3ed";
    tollgate.token(SHOP, &format!("{GRANT}&{resource}&{resource}")).await.is(200);
}

#[tokio::test]
async fn t3_a_repeated_authorization_header_proves_nothing() {
    let tollgate = shop().await;
    let call = tollgate.call("POST", "/oauth2/token").basic(SHOP.0, SHOP.1).basic(SHOP.0, SHOP.1).form(GRANT);
    refuses(call.send().await, 401, "invalid_client");
}

#[tokio::test]
async fn t4_an_empty_parameter_is_an_absent_one_and_an_unknown_one_is_ignored() {
    let tollgate = shop().await;
    for more in ["", "&scope=", "&scope", "&resource=", "&client_id=&client_secret=", "&foo=bar", "&scope=&foo=bar&=x"]
    {
        tollgate.token(SHOP, &format!("{GRANT}{more}")).await.is(200).says("scope", "orders.read");
    }
    refuses(tollgate.token(SHOP, "grant_type=").await, 400, "invalid_request");
}

#[tokio::test]
async fn t16_a_refusal_has_only_the_characters_of_rfc_6749_and_repeats_nothing() {
    let tollgate = shop().await;
    let hostile = "%22%C3%A9%5C%0D%0AX-Injected:%201%3Cscript%3E";
    let forms = [
        format!("grant_type={hostile}"),
        format!("{GRANT}&scope={hostile}"),
        format!("{GRANT}&resource={hostile}"),
        format!("{GRANT}&client_id={hostile}"),
        format!("{GRANT}&{hostile}=1&{hostile}=2"),
    ];
    for form in forms {
        let answer = tollgate.token(SHOP, &form).await;
        assert!((400..500).contains(&answer.status), "{answer:#?}");
        let body = answer.json();
        for member in ["error", "error_description"] {
            let text = body[member].as_str().expect("both members are texts");
            assert!(text.chars().all(|c| matches!(c, ' '..='!' | '#'..='[' | ']'..='~')), "{form}: {text}");
            assert!(!text.contains("script") && !text.contains("Injected"), "{form}: {text}");
        }
        assert_eq!(answer.header("x-injected"), None);
    }
}

#[tokio::test]
async fn another_path_is_404_for_everyone() {
    let tollgate = shop().await;
    for path in ["/oauth2/token/", "/OAuth2/token", "/oauth2", "/"] {
        let call = tollgate.call("POST", path).basic(SHOP.0, SHOP.1).form(GRANT);
        refuses(call.send().await, 404, "invalid_request");
    }
}
