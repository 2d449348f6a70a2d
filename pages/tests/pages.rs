//! What holds for every page, whatever stands in its fields.

mod samples;

use samples::{Texts, documents, themes};

#[test]
fn hostile_texts_stay_texts() {
    let hostile = "\"'><script>alert(1)</script><b onclick=x>&lt;{{1}}";
    for (brand, theme) in themes() {
        for (name, document) in documents(&theme, &Texts::all(hostile)) {
            let html = document.html;
            assert!(
                !html.contains("<script") && !html.contains("<b onclick") && !html.contains("&lt;"),
                "{brand} {name}"
            );
            assert!(html.contains("script"), "{brand} {name} shows none of its texts");
        }
    }
}

#[test]
fn a_page_with_all_it_needs_is_under_20_kb() {
    for (brand, theme) in themes() {
        for (name, document) in documents(&theme, &Texts::plain()) {
            assert!(document.html.len() < 20_000, "{brand} {name}: {} bytes", document.html.len());
        }
    }
}

impl Texts {
    /// The same text in every field.
    fn all(text: &str) -> Self {
        let text = || text.to_owned();
        Self {
            client: text(),
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
        }
    }
}
