//! What expressions find, and that no expression and no document can do harm.

use super::*;
use proptest::prelude::*;

const PROFILE: &str = r#"{"type":"userWsDTO","uid":"abcd23456","accounts":[{"name":"Adam Phils","uid":"100004567"},
    {"name":"Duffy woöf","uid":"100004444"}],"active":true,"n":1.50,"big":12345678901234567890,"email":
    "jason.borne@marketplace.se","nothing":null,"b2b-unit":"u1","address":{"city":"Åbo","zip":[1,2]},"empty":"","none":[]}"#;

const XML: &str = r#"<user xmlns:s="urn:s" id="7"><uid> a1 </uid><mail type="home">h@x</mail><mail type="work">w@x</mail>
    <s:role>admin</s:role><n>2.50</n></user>"#;

fn json(expression: &str) -> Found {
    Expression::parse(expression).unwrap().evaluate(&Document::parse(Some("application/json"), PROFILE.as_bytes()))
}

fn xml(expression: &str) -> Found {
    Expression::parse(expression).unwrap().evaluate(&Document::parse(Some("text/xml"), XML.as_bytes()))
}

fn value(text: &str) -> Found {
    Found::Value(text.into())
}

fn refusal(expression: &str) -> String {
    Expression::parse(expression).unwrap_err().to_string()
}

#[test]
fn z10_a_definite_path_gives_the_value_as_text() {
    assert_eq!(json("$.uid"), value("abcd23456"));
    assert_eq!(json("email"), value("jason.borne@marketplace.se"));
    assert_eq!(json("accounts[0].name"), value("Adam Phils"));
    assert_eq!(json("$.accounts[(@.length-1)]['name']"), value("Duffy woöf"));
    assert_eq!(json("$.active"), value("true"));
    assert_eq!(json("$.n"), value("1.5"));
    assert_eq!(json("$.big"), value("12345678901234567890"));
    assert_eq!(json("$.b2b-unit"), value("u1"));
    assert_eq!(json("$.empty"), value(""));
    assert_eq!(json("$.address"), value(r#"{"city":"Åbo","zip":[1,2]}"#));
    assert_eq!(json("$.none"), value("[]"));
}

#[test]
fn z10_null_and_nothing_are_told_apart() {
    assert_eq!(json("$.nothing"), Found::Null);
    assert_eq!(json("$.other"), Found::NoMatch);
    assert_eq!(json("$.uid.x"), Found::NoMatch);
    assert_eq!(json("$.accounts[7]"), Found::NoMatch);
    assert_eq!(json("$.Uid"), Found::NoMatch);
}

#[test]
fn z10_an_indefinite_path_gives_an_array_also_of_one() {
    assert_eq!(json("$.accounts[*].uid"), value(r#"["100004567","100004444"]"#));
    assert_eq!(json("$.accounts[1:].uid"), value(r#"["100004444"]"#));
    assert_eq!(json("$..city"), value(r#"["Åbo"]"#));
    assert_eq!(json("$['uid','email']"), value(r#"["abcd23456","jason.borne@marketplace.se"]"#));
    assert_eq!(json("$['nothing','other']"), value("[null]"));
    assert_eq!(json("$..other"), Found::NoMatch);
    assert_eq!(json("$.none[*]"), Found::NoMatch);
}

#[test]
fn filters_select() {
    assert_eq!(json("$.accounts[?(@.name == 'Adam Phils')].uid"), value(r#"["100004567"]"#));
    assert_eq!(json("$.accounts[?(@.uid == $.uid)]"), Found::NoMatch);
    assert_eq!(json("$.accounts[?(@.name =~ /duffy.*/i)].uid"), value(r#"["100004444"]"#));
    assert_eq!(json("$.accounts[?(@.name =~ /duffy/i)].uid"), Found::NoMatch);
    assert_eq!(json("$.accounts[?search(@.name, 'uff')].uid"), value(r#"["100004444"]"#));
    assert_eq!(json("$.accounts[?(length(@.name) > 9 && !@.x)].uid"), value(r#"["100004567","100004444"]"#));
    assert_eq!(json("$.address[?(@[0])]"), value("[[1,2]]"));
}

#[test]
fn an_xpath_gives_the_text_of_the_first_node() {
    assert_eq!(xml("//uid"), value(" a1 "));
    assert_eq!(xml("normalize-space(//uid)"), value("a1"));
    assert_eq!(xml("/user/mail[@type='work']"), value("w@x"));
    assert_eq!(xml("/descendant::mail[2]"), value("w@x"));
    assert_eq!(xml("/user/@id"), value("7"));
    assert_eq!(xml("count(//mail)"), value("2"));
    assert_eq!(xml("//mail = 'w@x'"), value("true"));
    assert_eq!(xml("concat(//mail, '/', //n)"), value("h@x/2.50"));
    assert_eq!(xml("//other"), Found::NoMatch);
    assert_eq!(xml("string(//other)"), value(""));
    assert_eq!(xml("number(//other)"), Found::NoMatch);
}

#[test]
fn a_prefix_is_what_the_root_of_the_answer_declares() {
    assert_eq!(xml("//s:role"), value("admin"));
    assert_eq!(xml("//*[local-name()='role']"), value("admin"));
    assert_eq!(xml("//role"), Found::NoMatch);
    assert_eq!(xml("//t:role"), Found::NoMatch);
    assert_eq!(xml("not(//t:role)"), Found::NoMatch);
}

#[test]
fn the_document_must_be_of_the_language_of_the_expression() {
    let (path, xpath) = (Expression::parse("$.a").unwrap(), Expression::parse("//a").unwrap());
    let json = Document::parse(Some("application/json"), b"{\"a\":1}");
    let xml = Document::parse(Some("text/xml"), b"<a>1</a>");
    assert_eq!([path.evaluate(&json), path.evaluate(&xml)], [value("1"), Found::NotJson]);
    assert_eq!([xpath.evaluate(&xml), xpath.evaluate(&json)], [value("1"), Found::NotXml]);
    for other in [Document::NotJson, Document::NotXml, Document::Other] {
        assert_eq!([path.evaluate(&other), xpath.evaluate(&other)], [Found::NotJson, Found::NotXml]);
    }
}

#[test]
fn refusals_name_the_part_and_the_way_to_write_it() {
    assert_eq!(refusal("$.a[?(@.b in ['x'])]"), "`in` is not available in a filter; write `@.a == 'x' || @.a == 'y'`");
    assert_eq!(
        refusal("$.a[?(length(@.*) > 1)]"),
        "`length(…)` has an argument that is not one value of the item; write `length(@.a…)` with names and indexes only"
    );
    assert_eq!(refusal("$.a["), "the path ends too early");
    assert_eq!(refusal("$.a[?@.b == ]"), "`]` cannot be read as JSONPath (RFC 9535)");
    assert_eq!(refusal("$.a[1 2]"), "`$.a[1 2]` cannot be read as JSONPath (RFC 9535)");
    assert_eq!(refusal("//x["), "`//x[` cannot be read as XPath 1.0 (Expected node test)");
    assert_eq!(
        refusal("(//x)[2]"),
        "`(//x)[2]` goes on after its parentheses, which this engine does not follow; \
         write `/descendant::x[2]` for `(//x)[2]` (column 5)"
    );
}

#[test]
fn paths_that_the_engine_gets_wrong_are_refused() {
    for path in [
        "$.a[?count(@.*) == 0]",
        "$.a[?value(@..b) == 1]",
        "$.a[?length(@.b)]",
        "$.a[?match(@.*, 'x')]",
        "$.a[?@[?@ > 1]]",
        "$.a[*]['b','c']",
        "$..['b','c']",
        "$.a[?(@.b =~ /(?=x)/)]",
        "$.a[?search(@.b, @.c)]",
    ] {
        assert!(Expression::parse(path).is_err(), "{path}");
    }
}

#[test]
fn z16_paths_without_a_bound_are_refused() {
    assert_eq!(
        refusal("$..*..*"),
        "`..` stands twice, which costs too much on a deep document; write the path between the two"
    );
    for path in ["$..a[?@..b]", "$[?$..a]", "$[?$.a == $.b]", "$[?length($.a) > 1]"] {
        assert!(Expression::parse(path).is_err(), "{path}");
    }
    assert!(Expression::parse(&format!("$[{}*]", "*,".repeat(16))).is_err());
    assert!(Expression::parse(&format!("$.{}", "a".repeat(511))).is_err());
}

#[test]
fn the_language_is_told_from_the_start() {
    for xpath in ["//uid", "/a", "(//a)", "./a", "string(//uid)", "count (//x)", "descendant::uid", "child :: a"] {
        assert!(is_xpath(xpath), "{xpath}");
    }
    for path in ["$.uid", "uid", "a.b", "$", "..uid", "['a']", "*", "a.length()", "b2b:unit"] {
        assert!(!is_xpath(path), "{path}");
    }
}

#[test]
fn is_stored_as_its_text() {
    let expression = ExpressionText::from(Expression::parse(" $.uid ").unwrap());
    let stored = serde_json::to_string(&expression).unwrap();
    assert_eq!(stored, "\"$.uid\"");
    let read = serde_json::from_str::<ExpressionText>(&stored).unwrap();
    assert_eq!((read.parse().unwrap().as_str(), read), ("$.uid", expression));
}

#[test]
fn what_another_hand_stored_is_refused_where_it_is_used() {
    let stored = serde_json::from_str::<ExpressionText>("\"$..[\"").unwrap();
    assert!(stored.parse().is_err());
}

#[test]
fn z16_a_value_over_64_kib_is_too_large() {
    let body = format!("{{\"a\":\"{0}\",\"b\":[\"{0}\"]}}", "x".repeat(MAX_VALUE_BYTES));
    let document = Document::parse(Some("text/json"), body.as_bytes());
    assert!(matches!(Expression::parse("$.a").unwrap().evaluate(&document), Found::Value(_)));
    for path in ["$.b", "$..a", "$.*"] {
        assert_eq!(Expression::parse(path).unwrap().evaluate(&document), Found::TooLarge, "{path}");
    }
    let document = Document::parse(Some("text/xml"), format!("<a>{}</a>", "x".repeat(MAX_VALUE_BYTES + 1)).as_bytes());
    assert_eq!(Expression::parse("/a").unwrap().evaluate(&document), Found::TooLarge);
}

#[test]
fn z16_hostile_documents_end_soon() {
    let deep_wide = format!("{}{}{}", "[".repeat(120), "0,".repeat(120_000) + "0", "]".repeat(120));
    let long_keys = format!("{{\"{}\":[{}0]}}", "k".repeat(100_000), "0,".repeat(60_000));
    let wide = format!("[{}0]", "0,".repeat(130_000));
    let deep_keys = format!("{}0{}", "{\"aaaaaaaaaaaa\":".repeat(120), "}".repeat(120));
    for body in [&deep_wide, &long_keys, &wide, &deep_keys] {
        let document = Document::parse(Some("text/json"), body.as_bytes());
        assert!(matches!(document, Document::Json(_)));
        for path in ["$..*", "$..x", "$.*.*", "$[*,*]..x", "$..[?@.a == 'b']", "$..[?search(@, '\\\\w+')]"] {
            let found = Expression::parse(path).unwrap().evaluate(&document);
            assert!(!matches!(found, Found::NotJson), "{path}");
        }
    }
    let wide = format!("<a>{}</a>", "<b/>".repeat(49_000));
    let deep = format!("{}{}{}", "<a>".repeat(60), "<b>x</b>".repeat(20_000), "</a>".repeat(60));
    for body in [&wide, &deep] {
        let document = Document::parse(Some("text/xml"), body.as_bytes());
        assert!(matches!(document, Document::Xml(_)));
        assert_eq!(Expression::parse("//c").unwrap().evaluate(&document), Found::NoMatch);
        for path in
            ["//*[contains(/*, 'y')]", "//*[//*]", "//* = //*", "//b[following::b]", "//*[ancestor::*[. = 'y']]"]
        {
            let found = Expression::parse(path).unwrap().evaluate(&document);
            assert!(!matches!(found, Found::NotXml), "{path}");
        }
    }
}

proptest! {
    #[test]
    fn never_panics_on_any_text(text in "\\PC{0,80}") {
        let _ = Expression::parse(&text);
    }

    #[test]
    fn never_panics_on_what_looks_like_an_expression(
        parts in prop::collection::vec(prop::sample::select(vec![
            "$", "@", ".", "..", "*", "[", "]", "(", ")", "?", "'a'", "\"b\"", "a", "uid", "-1", "0", ":", ",", "==", "!=", "!",
            "=~", "/x/i", "/", "//", "&&", "||", "length(", "search(", "match(", "count(", "text()", "and ", "or ", "::", "child",
            "<", "1.5e3", " ", "ö", "\\", "'", "@.length-1", "true", "null", "|", "=", "+", "position()", "s:",
        ]), 0..16)
    ) {
        let text = parts.concat();
        if let Ok(expression) = Expression::parse(&text) {
            let _ = expression.evaluate(&Document::parse(Some("text/json"), PROFILE.as_bytes()));
            let _ = expression.evaluate(&Document::parse(Some("text/xml"), XML.as_bytes()));
            prop_assert_eq!(Expression::parse(expression.as_str()).unwrap(), expression);
        }
    }

    #[test]
    fn never_panics_on_any_document(body in prop::collection::vec(any::<u8>(), 0..200)) {
        for (kind, path) in [("text/json", "$..*"), ("text/xml", "//*")] {
            let _ = Expression::parse(path).unwrap().evaluate(&Document::parse(Some(kind), &body));
        }
    }
}
