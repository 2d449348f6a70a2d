//! What holds for every page, whatever stands in its fields.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod samples;
mod skeleton;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pages::{Branding, Document, Theme};
use sha2::{Digest, Sha256};

use samples::{ABSENT_LOGO, Texts, documents, looks};
use skeleton::{Tag, tags};

#[test]
fn hostile_texts_stay_texts() {
    for hostile in [
        "\"'><script>alert(1)</script><img src=x onerror=alert(1)>",
        "\" autofocus onfocus=\"alert(1)",
        "</textarea></title></style><iframe src=//evil.example>",
        "<!-- {{ 1 }} {% raw %} &lt;b&gt; \u{0} \u{7f}",
    ] {
        let theme = |name: &str| Theme::new(Branding { name: Some(name.parse().unwrap()), ..Branding::default() });
        let calm = documents(&theme("calm"), &Texts::all("calm"));
        let printed: String = hostile.chars().filter(|letter| !letter.is_control()).collect();
        let attacked = documents(&theme(printed.trim()), &Texts::all(hostile));
        for ((name, calm), (_, attacked)) in calm.iter().zip(&attacked) {
            assert_eq!(shape(&attacked.html), shape(&calm.html), "{name} with {hostile}");
        }
    }
}

#[test]
fn a_name_that_turns_the_writing_around_turns_only_itself() {
    let turned = "\u{202e}nigol";
    let texts = Texts { client: turned.into(), owner: turned.into(), ..Texts::plain() };
    for (name, document) in documents(&Theme::default(), &texts) {
        let shown = document.html.matches(turned).count();
        assert_eq!(document.html.matches(&format!("<bdi>{turned}</bdi>")).count(), shown, "{name}");
    }
}

#[test]
fn nothing_but_the_logo_is_loaded_from_elsewhere() {
    for (page, document) in every_page() {
        for tag in tags(&document.html) {
            assert!(!["script", "iframe", "object", "embed", "base"].contains(&tag.name.as_str()), "{page}: {tag:?}");
            let loaded = tag.value("src").or_else(|| tag.value("href").filter(|_| tag.name != "a"));
            assert!(loaded.is_none_or(|url| url.starts_with("data:image/") || url == ABSENT_LOGO), "{page}: {tag:?}");
            assert!(
                tag.attributes.iter().all(|(name, _)| !name.starts_with("on") && name != "style"),
                "{page}: {tag:?}"
            );
        }
        assert!(!style(&document).contains("url(") && !style(&document).contains("@import"), "{page}");
    }
}

#[test]
fn a_page_with_all_it_needs_is_under_20_kb() {
    let branding = Branding { logo: Some(largest_logo().parse().unwrap()), ..Branding::default() };
    let largest = documents(&Theme::new(branding), &Texts::plain()).into_iter().map(|(name, page)| (name.into(), page));
    for (page, document) in every_page().into_iter().chain(largest) {
        assert!(document.html.len() < 20_000, "{page}: {} bytes", document.html.len());
    }
}

#[test]
fn every_field_has_a_label_and_every_id_stands_once() {
    for (page, document) in every_page() {
        let tags = tags(&document.html);
        let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.value("id")).collect();
        for tag in &tags {
            if (tag.name == "input" && tag.value("type") != Some("hidden")) || tag.name == "textarea" {
                let id = tag.value("id").unwrap_or_else(|| panic!("{page}: {tag:?} has no id"));
                assert!(
                    tags.iter().any(|other| other.name == "label" && other.value("for") == Some(id)),
                    "{page}: {id}"
                );
            }
            if let Some(described) = tag.value("aria-describedby").or_else(|| tag.value("aria-labelledby")) {
                assert_eq!(ids.iter().filter(|id| **id == described).count(), 1, "{page}: {described}");
            }
            let target = tag.value("href").and_then(|href| href.strip_prefix('#'));
            assert!(target.is_none_or(|id| ids.contains(&id)), "{page}: {tag:?} leads nowhere");
        }
    }
}

#[test]
fn every_page_has_language_title_and_landmarks() {
    for (page, document) in every_page() {
        let tags = tags(&document.html);
        let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
        assert!(document.html.starts_with("<!doctype html>"), "{page}");
        assert_eq!((count("h1"), count("main"), count("header"), count("title")), (1, 1, 1, 1), "{page}");
        assert!(tags.iter().any(|tag| tag.name == "html" && tag.value("lang") == Some("en")), "{page}");
    }
}

#[test]
fn every_posting_form_has_its_token() {
    let mut forms = 0;
    for (page, document) in every_page() {
        for form in document.html.split("<form").skip(1) {
            let form = &form[..form.find("</form>").unwrap()];
            assert!(form.contains(r#"name="csrf" value="7Yk0v3J1mLJ0Xy8rPq2w6Q""#), "{page}: {form}");
            assert!(form.contains(r#"method="post""#), "{page}: {form}");
            forms += 1;
        }
    }
    assert!(forms > 10, "{forms} forms were seen");
}

#[test]
fn the_policy_allows_the_stylesheet_of_the_page_and_no_script() {
    for (page, document) in every_page() {
        let hash = STANDARD.encode(Sha256::digest(style(&document)));
        let policy = &document.content_security_policy;
        assert!(policy.starts_with("default-src 'none'; "), "{page}: {policy}");
        assert!(policy.contains(&format!("; style-src 'sha256-{hash}'; ")), "{page}: {policy}");
        assert!(policy.contains("; frame-ancestors 'none'"), "{page}: {policy}");
        assert!(!policy.contains("script-src") && !policy.contains("unsafe"), "{page}: {policy}");
    }
}

#[test]
fn forms_lead_where_the_page_says() {
    for (page, document) in every_page() {
        let directive = document.content_security_policy.split("; ").find(|part| part.starts_with("form-action"));
        let page = page.split_once('-').unwrap().1;
        let expected = match page.split('-').next().unwrap() {
            "login" | "consent" => None,
            "account" | "logout" | "password" => Some("form-action 'self'"),
            _ => Some("form-action 'none'"),
        };
        assert_eq!(directive, expected, "{page}");
    }
}

/// Every page in every look, by name.
fn every_page() -> Vec<(String, Document)> {
    let of = |(look, theme, texts): (&str, Theme, Texts)| {
        let pages = documents(&theme, &texts);
        pages.into_iter().map(|(name, page)| (format!("{look}-{name}"), page)).collect::<Vec<_>>()
    };
    looks().into_iter().flat_map(of).collect()
}

/// Tags and names of attributes: what a text must not change.
fn shape(html: &str) -> Vec<(String, Vec<String>)> {
    let names = |tag: Tag| (tag.name, tag.attributes.into_iter().map(|(name, _)| name).collect());
    tags(html).into_iter().map(names).collect()
}

fn style(document: &Document) -> &str {
    let (_, rest) = document.html.split_once("<style>").unwrap();
    rest.split_once("</style>").unwrap().0
}

fn largest_logo() -> String {
    let head = "data:image/png;base64,";
    format!("{head}{}", "A".repeat(8192 - head.len()))
}

impl Texts {
    /// One text in every field.
    fn all(text: &str) -> Self {
        let text = || text.to_owned();
        Self {
            client: text(),
            client_id: text(),
            service: text(),
            scope: text(),
            description: text(),
            owner: text(),
            username: text(),
            action: text(),
            csrf: text(),
            code: text(),
            message: text(),
            place: text(),
            home: "https://ledger.example.com/?a=\"&b='<>".parse().ok(),
            pairs_of_scopes: 1,
        }
    }
}
