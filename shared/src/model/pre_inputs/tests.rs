//! Published samples as they stand, every mistake with its line, and text that keeps its meaning when laid out anew.

use super::*;
use proptest::prelude::*;

const BLOCK: &str = r#"token_validation_uri: { regionCodeHeader:HTTP-REQUEST-REGION-KEY regionCodeValue: {"FR":"https://uki.acme-travel.com:9001/fr/userinfo","US":"https://uki.acme-travel.com:9001/en/userinfo","DE":"https://uki.acme-travel.com:9001/de/userinfo"} defaultURI: https://uki.acme-travel.com/en/userinfo }"#;

fn at<T>(line: usize, value: T) -> Located<T> {
    Located { line, value }
}

fn text(line: usize, value: &str) -> Located<String> {
    at(line, value.to_owned())
}

fn mistakes(text: &str) -> Vec<String> {
    PreInputs::parse(text).unwrap_err().iter().map(ToString::to_string).collect()
}

/// Line, key and found of each mistake.
fn brief(text: &str) -> Vec<(usize, String, String)> {
    let mistakes = PreInputs::parse(text).expect_err(text);
    mistakes.into_iter().map(|m| (m.line, m.key.unwrap_or_default(), m.found)).collect()
}

fn acme(line: usize) -> TokenValidationUri {
    let uri = |region: &str, path: &str| {
        (region.to_owned(), text(line, &format!("https://uki.acme-travel.com:9001/{path}/userinfo")))
    };
    TokenValidationUri {
        line,
        region_code_header: Some(text(line, "HTTP-REQUEST-REGION-KEY")),
        region_code_value: vec![uri("FR", "fr"), uri("US", "en"), uri("DE", "de")],
        default_uri: Some(text(line, "https://uki.acme-travel.com/en/userinfo")),
    }
}

/// The block without its lines.
fn plain(uri: TokenValidationUri) -> (Option<String>, Vec<(String, String)>, Option<String>) {
    let value = |located: Located<String>| located.value;
    let regions = uri.region_code_value.into_iter().map(|(region, uri)| (region, uri.value)).collect();
    (uri.region_code_header.map(value), regions, uri.default_uri.map(value))
}

#[test]
fn reads_the_published_shared_token_line() {
    let read = PreInputs::parse("shared_token_spkey:942yzkggypg5dq6c4ucfv3ed").unwrap();
    assert_eq!(read.shared_token_spkey, Some(text(1, "942yzkggypg5dq6c4ucfv3ed")));
    assert_eq!(PreInputs::parse("shared_token_spkey:  \n").unwrap(), PreInputs::default());
}

#[test]
fn reads_the_published_chain() {
    let read = PreInputs::parse(
        "shared_token_spkey:942yzkggypg5dq6c4ucfv3ed\n\
         processors:com.example.FirstProcessor,com.example.SecondProcessor\n\
         com.example.FirstProcessor.mode:strict\n",
    )
    .unwrap();
    assert_eq!(
        read.processors,
        [
            Processor {
                name: text(2, "com.example.FirstProcessor"),
                parameters: vec![("mode".into(), text(3, "strict"))]
            },
            Processor { name: text(2, "com.example.SecondProcessor"), parameters: vec![] },
        ]
    );
}

#[test]
fn a_parameter_belongs_to_the_longest_name() {
    let read = PreInputs::parse("a.b.c : 1\nprocessors: a, a.b\na.x:2:3").unwrap();
    assert_eq!(read.processors[0].parameters, [("x".to_owned(), text(3, "2:3"))]);
    assert_eq!(read.processors[1].parameters, [("c".to_owned(), text(1, "1"))]);
}

#[test]
fn reads_the_published_block() {
    assert_eq!(PreInputs::parse(BLOCK).unwrap().token_validation_uri, Some(acme(1)));
}

#[test]
fn deletes_the_published_blanks_inside_uris() {
    let spaced = BLOCK.replace("https://uki.acme-travel.com:9001/", "https:// uki.acme-travel.com : 9001/");
    assert_eq!(PreInputs::parse(&spaced).unwrap().token_validation_uri, Some(acme(1)));
    let loose = PreInputs::parse("token_validation_uri:{defaultURI:https:// localhost : 9001/a b}").unwrap();
    assert_eq!(loose.token_validation_uri.unwrap().default_uri, Some(text(1, "https://localhost:9001/ab")));
}

#[test]
fn reads_the_block_over_many_lines() {
    let lines = "\r\ntoken_validation_uri:\r\n{\r\n  regionCodeHeader : R\r\n  regionCodeValue: {\r\n    \"FR\": \"https://fr\",\r\n\
                 \"US\":\r\n\"https://us\"}\r\n  defaultURI: https://any\r\n}\r\nhttp_proxy_server:a:1\r\n";
    let read = PreInputs::parse(lines).unwrap();
    assert_eq!(
        read.token_validation_uri,
        Some(TokenValidationUri {
            line: 3,
            region_code_header: Some(text(4, "R")),
            region_code_value: vec![("FR".into(), text(6, "https://fr")), ("US".into(), text(7, "https://us"))],
            default_uri: Some(text(9, "https://any")),
        })
    );
    assert!(read.http_proxy.is_some());
}

#[test]
fn reads_the_block_as_strict_json() {
    let json = r#"token_validation_uri: {"regionCodeHeader":"HTTP-REQUEST-REGION-KEY","regionCodeValue":{"FR":"https://uki.acme-travel.com:9001/fr/userinfo","US":"https://uki.acme-travel.com:9001/en/userinfo","DE":"https://uki.acme-travel.com:9001/de/userinfo"},"defaultURI":"https://uki.acme-travel.com/en/userinfo"}"#;
    assert_eq!(PreInputs::parse(json).unwrap().token_validation_uri, Some(acme(1)));
}

#[test]
fn reads_the_three_members_as_lines_of_their_own() {
    let members = BLOCK.strip_prefix("token_validation_uri: {").unwrap().strip_suffix('}').unwrap();
    let lines = members.replace(" regionCodeValue", "\nregionCodeValue").replace(" defaultURI", "\ndefaultURI");
    let read = PreInputs::parse(&lines).unwrap().token_validation_uri.unwrap();
    assert_eq!([Some(read.line), read.default_uri.as_ref().map(|uri| uri.line)], [Some(1), Some(3)]);
    assert_eq!(plain(read), plain(acme(1)));
}

#[test]
fn reads_the_published_shapes_of_inject_headers() {
    let flat = PreInputs::parse(r#"inject_headers: {"X-User-Email":"$.uid","X-Unit-Id":"$.b2bUnitId"}"#).unwrap();
    assert_eq!(
        flat.inject_headers,
        [InjectedHeaders {
            region: text(1, DEFAULT_REGION),
            headers: vec![("X-User-Email".into(), text(1, "$.uid")), ("X-Unit-Id".into(), text(1, "$.b2bUnitId"))],
        }]
    );
    let by_region = PreInputs::parse(
        r#"inject_headers: {"US":{"X-User-Email":"$.uid","X-Unit-Id":"$.b2bUnitId"},
                 "default":{"X-User-Id":"$.email","X-Unit-Id":"$.b2bUnitId","X-Account-Number":"$.erpAccountNumber"}}"#,
    )
    .unwrap();
    let groups: Vec<_> =
        by_region.inject_headers.iter().map(|g| (&*g.region.value, g.region.line, g.headers.len())).collect();
    assert_eq!(groups, [("US", 1, 2), ("default", 2, 3)]);
    let xpath =
        PreInputs::parse(r#"inject_headers: {"FR":{"X-User-Email":"//uid"},"default":{"X-User-Id":"//email"}}"#)
            .unwrap();
    assert_eq!(xpath.inject_headers[0].headers, [("X-User-Email".to_owned(), text(1, "//uid"))]);
}

#[test]
fn the_published_jsonpath_example_is_refused_where_it_breaks() {
    let broken = "inject_headers: \"US\":{\"X-User-Email\":\"$.uid\",\n\"default\":{\"X-User-Id\":\"$.email\"}\nhttp_proxy_server:a:1";
    assert_eq!(
        mistakes(broken),
        ["line 1, `inject_headers`: found column 17: \"US\":{\"X-User-Email\":\"$.uid\", \"default\":{\"X-User…, \
          expected a JSON object, which starts with `{`"]
    );
    let unclosed = "http_proxy_server:a:1\ninject_headers: {\"US\":{\"X-User-Email\":\"$.uid\",\n  \"default\":{\"X-User-Id\":\"$.email\"}}\nblock_authorization_header:true";
    assert_eq!(
        mistakes(unclosed),
        ["line 2, `inject_headers`: found column 17: {\"US\":{\"X-User-Email\":\"$.uid\",   \"default\":{\"X-U…, \
          expected `}` for the object that opens in line 2, column 17"]
    );
    assert_eq!(
        mistakes("inject_headers: {\"a\":\"$.b\"\n   \"c\":\"$.d\"}"),
        ["line 2, `inject_headers`: found column 4: \"c\":\"$.d\"}, expected JSON (expected `,` or `}`)"]
    );
}

#[test]
fn reads_switches_and_the_proxy_with_blanks_around_keys() {
    let read = PreInputs::parse(
        "block_authorization_header : True\nhttp_proxy_server : squid.example.com\nhttp_proxy_port : 3128\n",
    );
    let read = read.unwrap();
    assert_eq!(read.block_authorization_header, Some(at(1, true)));
    assert_eq!(read.http_proxy, Some(HttpProxy { server: text(2, "squid.example.com"), port: at(3, 3128) }));
}

#[test]
fn the_server_may_carry_the_port_and_the_port_key_wins() {
    let proxy = |text: &str| PreInputs::parse(text).unwrap().http_proxy.map(|proxy| (proxy.server.value, proxy.port));
    assert_eq!(proxy("http_proxy_server:squid:3128"), Some(("squid".into(), at(1, 3128))));
    assert_eq!(proxy("http_proxy_server:squid:3128\nhttp_proxy_port:8080"), Some(("squid".into(), at(2, 8080))));
    assert_eq!(proxy("http_proxy_server:[::1]:3128"), Some(("[::1]".into(), at(1, 3128))));
    assert_eq!(brief("http_proxy_server:squid"), [(1, "http_proxy_server".into(), "squid".into())]);
    assert_eq!(brief("\nhttp_proxy_port:3128"), [(2, "http_proxy_port".into(), "3128".into())]);
    for port in ["0", "65536", "+1", "x", ""] {
        assert_eq!(
            brief(&format!("http_proxy_server:a\nhttp_proxy_port:{port}")),
            [(2, "http_proxy_port".into(), port.into())]
        );
    }
    assert_eq!(brief("http_proxy_server:http://a:1"), [(1, "http_proxy_server".into(), "//a:1".into())]);
}

#[test]
fn every_mistake_is_reported_with_its_line() {
    let text = "\n  free text\nblock_authorization_header:yes\nshared_token_spkey:a\nshared_token_spkey:b\nhttp_proxyserver:a\njwks_uri:b\n";
    let mistakes = mistakes(text);
    assert_eq!(
        mistakes[..4],
        [
            "line 2: found free text, expected `key:value`",
            "line 3, `block_authorization_header`: found yes, expected `true` or `false`",
            "line 5, `shared_token_spkey`: found shared_token_spkey:b, expected one `shared_token_spkey`; the first: 1 line(s) above",
            "line 6, `http_proxyserver`: found http_proxyserver, expected a key of the connectors; did you mean `http_proxy_server`?",
        ]
    );
    assert!(
        mistakes[4].starts_with("line 7, `jwks_uri`: found jwks_uri, expected a key of the connectors: shared_token")
    );
}

#[test]
fn members_of_the_block_are_complete_and_known() {
    let key = |key: &str| brief(key).into_iter().map(|(line, key, _)| (line, key)).collect::<Vec<_>>();
    assert_eq!(key("regionCodeHeader:R\ndefaultURI:https://a"), [(1, "regionCodeHeader".into())]);
    assert_eq!(key("defaultURI:https://a\nregionCodeValue:{\"a\":\"https://b\"}"), [(2, "regionCodeValue".into())]);
    assert_eq!(key("token_validation_uri:{defaultUri:https://a}"), [(1, "token_validation_uri".into())]);
    assert_eq!(key("token_validation_uri:{defaultURI:https://a}\ndefaultURI:https://b"), [(2, "defaultURI".into())]);
    assert_eq!(key("token_validation_uri:https://a"), [(1, "token_validation_uri".into())]);
    assert_eq!(
        key("token_validation_uri:{defaultURI:https://a\nhttp_proxy_server:a:1"),
        [(1, "token_validation_uri".into())]
    );
    assert_eq!(key("token_validation_uri:{defaultURI:https://a} b"), [(1, "token_validation_uri".into())]);
    assert_eq!(key("token_validation_uri:{\"defaultURI\":1}"), [(1, "defaultURI".into())]);
    assert_eq!(key("token_validation_uri:{ defaultURI: }"), [(1, "defaultURI".into())]);
    assert!(mistakes("token_validation_uri:{defaultUri:https://a}")[0].ends_with("did you mean `defaultURI`?"));
}

#[test]
fn groups_are_all_flat_or_all_by_region_and_hold_strings() {
    let found = |json: &str| brief(&format!("inject_headers:{json}")).pop().unwrap().2;
    assert_eq!(found(r#"{"a":"$.b","US":{"c":"$.d"}}"#), "\"a\" without a group");
    assert_eq!(found(r#"{"a":1}"#), "\"a\": a number");
    assert_eq!(found(r#"{"US":{"a":["$.b"]}}"#), "\"a\": an array");
    assert_eq!(found(r#"{"US":{"a":{"b":"$.c"}}}"#), "\"a\": an object");
    assert_eq!(found(r#"{"a":"$.b","a":"$.c"}"#), "a second \"a\"");
    assert_eq!(found(""), "");
}

#[test]
fn ten_regions_and_ten_headers_are_the_most() {
    let members = |n: usize, value: &str| (0..n).map(|i| format!("\"n{i}\":{value}")).collect::<Vec<_>>().join(",\n");
    assert!(PreInputs::parse(&format!("inject_headers:{{{}}}", members(10, "\"$.a\""))).is_ok());
    assert_eq!(brief(&format!("inject_headers:{{{}}}", members(11, "\"$.a\"")))[0].0, 11);
    let groups = |n: usize| format!("inject_headers:{{{},\"default\":{{}}}}", members(n, "{}"));
    assert!(PreInputs::parse(&groups(10)).is_ok());
    assert_eq!(brief(&groups(11))[0].2, "11 regions");
    let regions = |n: usize| format!("regionCodeHeader:R\nregionCodeValue:{{{}}}", members(n, "\"https://a\""));
    assert!(PreInputs::parse(&regions(10)).is_ok());
    assert_eq!(brief(&regions(11)), [(2, "regionCodeValue".into(), "11 regions".into())]);
}

#[test]
fn chains_follow_the_connectors_rules() {
    let shared = "com.mashery.proxy.customer.generic.oauth2-shared-token-adapter";
    let jwt = "com.mashery.proxy.customer.generic.oauth2-jwt-authenticator";
    assert_eq!(brief(&format!("processors:a.B,{jwt}"))[0].1, "processors");
    assert_eq!(brief(&format!("processors:{shared}")).len(), 1);
    assert_eq!(brief("processors:a\nprocessors:b")[0].0, 2);
    assert_eq!(brief("processors:a\nb.c:d"), [(2, "b.c".into(), "b.c".into())]);
    for list in ["", "a,,b", "a b", "a,a"] {
        assert_eq!(brief(&format!("processors:{list}")).len(), 1, "{list}");
    }
}

#[test]
fn a_text_over_64_kib_is_refused() {
    assert!(PreInputs::parse(&"\n".repeat(65_536)).is_ok());
    assert_eq!(brief(&"\n".repeat(65_537)), [(1, String::new(), "65537 bytes".into())]);
}

/// Blanks and line breaks as an administrator may have left them.
fn blank() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["", " ", "  ", "\n", "\r\n", "\n\n\t ", "\t"])
}

proptest! {
    #[test]
    fn never_panics_and_names_lines_of_the_text(text in "\\PC{0,60}|[a-z_{}\":,. \n]{0,80}") {
        if let Err(mistakes) = PreInputs::parse(&text) {
            for mistake in mistakes {
                prop_assert!((1..=text.lines().count()).contains(&mistake.line), "{mistake:?}");
                prop_assert!(mistake.found.chars().count() <= 60);
            }
        }
    }

    #[test]
    fn never_panics_on_what_looks_like_pre_inputs(
        parts in prop::collection::vec(prop::sample::select(vec![
            "token_validation_uri", "regionCodeHeader", "regionCodeValue", "defaultURI", "inject_headers", "processors", ":",
            "{", "}", "\"", "\"a\"", "\"b\":\"c\"", ",", "\n", "\r\n", " ", "https://a", "P1", ".x", "\\", "ö", "http_proxy_port",
        ]), 0..24)
    ) {
        let text = parts.concat();
        if let Err(mistakes) = PreInputs::parse(&text) {
            for mistake in mistakes {
                prop_assert!((1..=text.lines().count()).contains(&mistake.line), "{mistake:?}\n{text}");
            }
        }
    }

    #[test]
    fn a_valid_block_means_the_same_however_it_is_laid_out(
        regions in prop::collection::vec(("[A-Z]{1,3}[0-9]", "[a-z]{1,8}"), 1..10),
        blanks in prop::collection::vec(blank(), 80),
        json in any::<bool>(),
    ) {
        let mut blanks = blanks.into_iter().cycle();
        let mut regions = regions;
        regions.sort();
        regions.dedup_by(|a, b| a.0 == b.0);
        let mut text = format!("token_validation_uri :{}{{", blanks.next().unwrap());
        let quote = if json { "\"" } else { "" };
        let comma = if json { "," } else { " " };
        let mut add = |tokens: &[&str]| tokens.iter().for_each(|token| text += &format!("{}{token}", blanks.next().unwrap()));
        add(&[&format!("{quote}regionCodeHeader{quote}"), ":", &format!("{quote}R{quote}"), comma]);
        add(&[&format!("{quote}regionCodeValue{quote}"), ":", "{"]);
        for (at, (region, host)) in regions.iter().enumerate() {
            add(&[if at == 0 { "" } else { "," }, &format!("\"{region}\""), ":", &format!("\"https://{host}\"")]);
        }
        add(&["}", comma, &format!("{quote}defaultURI{quote}"), ":", &format!("{quote}https://any{quote}"), "}"]);
        let read = PreInputs::parse(&text).map_err(|mistakes| TestCaseError::fail(format!("{mistakes:?}\n{text}")))?;
        let read = read.token_validation_uri.unwrap();
        let hosts: Vec<_> = regions.iter().map(|(region, host)| (region.clone(), format!("https://{host}"))).collect();
        let found: Vec<_> = read.region_code_value.iter().map(|(region, uri)| (region.clone(), uri.value.clone())).collect();
        prop_assert_eq!(found, hosts);
        prop_assert_eq!(read.region_code_header.unwrap().value, "R");
        prop_assert_eq!(read.default_uri.unwrap().value, "https://any");
    }
}
