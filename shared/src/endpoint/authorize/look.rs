//! How the pages look: the configured branding, made ready for as long as it stays the same.

use std::sync::{Arc, Mutex, PoisonError};

use pages::{Branding, Colours, Theme};

use crate::{model, store::Reader};

/// The theme of the branding that was read last.
#[derive(Default)]
pub(super) struct Look {
    made: Mutex<Made>,
}

#[derive(Clone, Default)]
struct Made {
    of: model::Branding,
    theme: Arc<Theme>,
}

impl Look {
    /// The theme. Where the store does not answer, the last one serves.
    pub(super) async fn theme(&self, reader: &Reader) -> Arc<Theme> {
        let server = reader.server().await;
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Ok(server) = server
            && server.branding != made.of
        {
            *made = Made { of: server.branding.clone(), theme: Arc::new(Theme::new(branding(&server.branding))) };
        }
        Arc::clone(&made.theme)
    }

    /// The theme that was made last, without a question to the store.
    pub(super) fn last(&self) -> Arc<Theme> {
        Arc::clone(&self.made.lock().unwrap_or_else(PoisonError::into_inner).theme)
    }
}

/// The branding as the pages want it. Both sides parse the same texts, and what only one of them takes is left out.
fn branding(configured: &model::Branding) -> Branding {
    let own = Branding::default();
    let colour = |text: &Option<model::Colour>| text.as_ref().and_then(|text| text.as_str().parse().ok());
    Branding {
        name: configured.name.as_ref().map_or(own.name, |name| name.as_str().to_owned()),
        logo: configured.logo.as_ref().and_then(|logo| logo.as_str().parse().ok()),
        colours: Colours {
            brand: colour(&configured.colours.brand).unwrap_or(own.colours.brand),
            background: colour(&configured.colours.background).unwrap_or(own.colours.background),
        },
        terms_url: configured.terms_url.as_ref().and_then(|url| url.as_str().parse().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_branding_that_is_configured_is_one_of_the_pages() {
        let picture = format!("data:image/png;base64,{}", "A".repeat(8_000));
        for logo in ["https://cdn.example.com/logo.svg?v=2", "http://127.0.0.1:4000/logo.png", &picture] {
            let configured = model::Branding {
                name: Some(model::BrandName::parse("Sunny Day").unwrap()),
                logo: Some(model::Logo::parse(logo).unwrap()),
                colours: model::Colours {
                    brand: Some(model::Colour::parse("#ffcc00").unwrap()),
                    background: Some(model::Colour::parse("#203040").unwrap()),
                },
                terms_url: Some(model::PageUrl::parse("https://example.com/terms").unwrap()),
            };
            let look = branding(&configured);
            let own = Branding::default();
            assert!(look.logo.is_some() && look.terms_url.is_some() && look.name == "Sunny Day");
            assert!(look.colours.brand != own.colours.brand && look.colours.background != own.colours.background);
        }
        assert_eq!(branding(&model::Branding::default()), Branding::default());
    }
}
