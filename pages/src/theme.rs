//! A branding made ready for pages: one stylesheet, and its hash for the content security policy.

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::branding::{Branding, Colours};
use crate::colour::Colour;
use crate::words;

/// How every page of one branding looks. Made once, used for many pages.
#[derive(Clone, Debug)]
pub struct Theme {
    pub(crate) branding: Branding,
    pub(crate) style: String,
    style_hash: String,
}

impl Theme {
    /// Computes the stylesheet of a branding.
    pub fn new(branding: Branding) -> Self {
        let sheet = Sheet { light: Scheme::light(branding.colours), dark: Scheme::dark(branding.colours) };
        let style = sheet.to_string();
        let style_hash = STANDARD.encode(Sha256::digest(&style));
        Self { branding, style, style_hash }
    }

    /// The `style-src` that allows the stylesheet and no other.
    pub(crate) fn style_source(&self) -> String {
        format!("'sha256-{}'", self.style_hash)
    }

    /// What `img-src` must allow: the icon, which is a `data:` URL, and the logo.
    pub(crate) fn picture_sources(&self) -> String {
        match &self.branding.logo {
            Some(logo) if logo.source() != "data:" => format!("data: {}", logo.source()),
            _ => "data:".to_owned(),
        }
    }

    /// The name that people see.
    pub(crate) fn name(&self) -> &str {
        self.branding.name()
    }

    /// The first letter of the name, which stands for a logo.
    pub(crate) fn initial(&self) -> String {
        words::initial(self.name())
    }

    /// The icon in the tab of the browser: the brand's colour, as a picture of its own.
    pub(crate) fn icon(&self) -> String {
        let brand = self.branding.colours.brand().to_string().replace('#', "%23");
        format!(
            "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E\
             %3Crect width='16' height='16' rx='4' fill='{brand}'/%3E%3C/svg%3E"
        )
    }
}

impl Default for Theme {
    fn default() -> Self {
        Self::new(Branding::default())
    }
}

#[derive(Template)]
#[template(path = "style.css", escape = "none", whitespace = "minimize")]
struct Sheet {
    light: Scheme,
    dark: Scheme,
}

/// The colours of one scheme that depend on the branding.
struct Scheme {
    /// What lies behind the card, and text on it.
    page: Colour,
    on_page: Colour,
    card: Colour,
    /// Buttons, the same under the pointer, and text on both.
    brand: Colour,
    brand_hover: Colour,
    on_brand: Colour,
    /// Links, signs and the ring around what has the focus: readable on the card and on the tint.
    accent: Colour,
    /// A breath of the brand's colour.
    tint: Colour,
}

impl Scheme {
    fn light(colours: Colours) -> Self {
        let (brand, background, card) = (colours.brand(), colours.background(), Colour::WHITE);
        let tint = card.mixed(brand.darkened(TEXT, &[card]), 8);
        Self {
            page: background,
            on_page: background.text(),
            card,
            brand,
            brand_hover: hovered(brand),
            on_brand: brand.text(),
            accent: brand.darkened(TEXT, &[card, tint]),
            tint,
        }
    }

    fn dark(colours: Colours) -> Self {
        let (page, card) = (Colour::of(0x0e_10_13), Colour::of(0x18_1b_20));
        let brand = colours.brand().lightened(SHAPE, &[card]);
        let tint = card.mixed(brand, 20);
        Self {
            page,
            on_page: page.text(),
            card,
            brand,
            brand_hover: hovered(brand),
            on_brand: brand.text(),
            accent: brand.lightened(TEXT, &[card, tint]),
            tint,
        }
    }
}

/// A step away from the colour of the text, which is then read even better.
fn hovered(brand: Colour) -> Colour {
    brand.mixed(if brand.text() == Colour::WHITE { Colour::BLACK } else { Colour::WHITE }, 14)
}

/// WCAG 2.2, 1.4.3: text.
const TEXT: f64 = 4.5;
/// WCAG 2.2, 1.4.11: shapes that one must see.
const SHAPE: f64 = 3.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_can_be_read_whatever_the_brand() {
        for brand in (0..=0xff_ff_ff).step_by(0x11_0f).map(Colour::of) {
            let colours = Colours { brand: Some(brand), background: Some(brand) };
            for scheme in [Scheme::light(colours), Scheme::dark(colours)] {
                for (text, ground) in [
                    (scheme.on_page, scheme.page),
                    (scheme.on_brand, scheme.brand),
                    (scheme.on_brand, scheme.brand_hover),
                    (scheme.accent, scheme.card),
                    (scheme.accent, scheme.tint),
                ] {
                    assert!(text.contrast(ground) >= TEXT, "{brand}: {text} on {ground}");
                }
            }
        }
    }

    #[test]
    fn the_policy_allows_the_stylesheet_and_the_logo() {
        let logo = "https://cdn.example.com/logo.svg".parse().unwrap();
        let theme = Theme::new(Branding { logo: Some(logo), ..Branding::default() });
        assert_eq!(theme.picture_sources(), "data: https://cdn.example.com");
        assert_eq!(Theme::default().picture_sources(), "data:");
        assert_eq!(theme.style_source(), Theme::default().style_source());
    }
}
