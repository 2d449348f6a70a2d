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

    /// The first letter of the name, which stands for a logo.
    pub(crate) fn initial(&self) -> String {
        words::initial(&self.branding.name)
    }

    /// The icon in the tab of the browser: the brand's colour, as a picture of its own.
    pub(crate) fn icon(&self) -> String {
        let brand = self.branding.colours.brand.to_string().replace('#', "%23");
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
    /// Ground of the page, text and quiet text on it.
    page: Colour,
    on_page: Colour,
    on_page_quiet: Colour,
    /// Ground of the card.
    card: Colour,
    /// Ground of buttons, the same under the pointer, and text on both.
    brand: Colour,
    brand_hover: Colour,
    on_brand: Colour,
    /// Links, icons and the frame of what has the focus: readable on card, page and tint.
    accent: Colour,
    /// A breath of the brand's colour.
    tint: Colour,
}

impl Scheme {
    fn light(colours: Colours) -> Self {
        Self::of(colours.brand, colours.background, Colour::WHITE)
    }

    fn dark(colours: Colours) -> Self {
        let card = Colour::of(0x18_1b_20);
        let brand = colours.brand.readable(Colour::WHITE, SHAPE, &[card]);
        Self::of(brand, Colour::of(0x0e_10_13), card)
    }

    fn of(brand: Colour, page: Colour, card: Colour) -> Self {
        let tint = card.mixed(brand, 8);
        let on_brand = brand.text();
        Self {
            page,
            on_page: page.text(),
            on_page_quiet: page.mixed(page.text(), 55).readable(page.text(), TEXT, &[page]),
            card,
            brand,
            brand_hover: brand.mixed(if on_brand == Colour::WHITE { Colour::BLACK } else { Colour::WHITE }, 14),
            on_brand,
            accent: brand.readable(card.text(), TEXT, &[card, tint]),
            tint,
        }
    }
}

/// WCAG 2.2, 1.4.3: text.
const TEXT: f64 = 4.5;
/// WCAG 2.2, 1.4.11: shapes that one must see.
const SHAPE: f64 = 3.0;
