//! `x-amazon-apigateway-binary-media-types`: which bodies a REST API leaves as bytes.

use crate::headers::media_type;

/// Media types, `image/*` and `*/*` among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MediaTypes(Vec<String>);

impl MediaTypes {
    pub(crate) fn new(types: impl IntoIterator<Item = String>) -> Self {
        Self(types.into_iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    /// Whether the media type of a `Content-Type` value, or the first of an `Accept` value, is one of them.
    pub(crate) fn cover(&self, value: Option<&str>) -> bool {
        let first = value.and_then(|value| value.split(',').next()).map(media_type);
        let first = first.as_deref().unwrap_or("application/json");
        let covers = |name: &String| match name.split_once("/*") {
            Some(("*", "")) => true,
            Some((kind, "")) => first.split_once('/').is_some_and(|(of, _)| of == kind),
            _ => name == first,
        };
        self.0.iter().any(covers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covers_exact_types_families_and_everything() {
        let types = MediaTypes::new(["image/*".to_owned(), "application/pdf".to_owned()]);
        assert!(types.cover(Some("image/png")));
        assert!(types.cover(Some("Application/PDF; q=1, text/html")));
        assert!(!types.cover(Some("text/html, image/png")));
        assert!(!types.cover(None));
        assert!(MediaTypes::new(["*/*".to_owned()]).cover(None));
    }
}
