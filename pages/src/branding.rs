//! What makes the pages those of one organisation.

use serde::{Deserialize, Serialize};

use crate::colour::Colour;
use crate::texts::{DisplayName, Logo, PageUrl};

/// Whose pages these are, as it is kept and written. What is missing is as Tollgate's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branding {
    /// The name in the head of each page and in its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// The picture in the place of the name; without one, the name and its first letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Logo>,
    /// The colours of buttons, links and ground.
    #[serde(default, skip_serializing_if = "Colours::are_none")]
    pub colours: Colours,
    /// The terms of use, linked at the foot of each page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms_url: Option<PageUrl>,
}

/// The colours that a brand chooses. The pages compute all others of these, so that every text can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colours {
    /// Buttons, links and what has the focus.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Colour>,
    /// What lies behind the card, in the light scheme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<Colour>,
}

impl Branding {
    /// The name that people see.
    pub(crate) fn name(&self) -> &str {
        self.name.as_ref().map_or("Tollgate", DisplayName::as_str)
    }
}

impl Colours {
    /// Whether none is chosen.
    pub fn are_none(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn brand(self) -> Colour {
        self.brand.unwrap_or(Colour::of(0x0f_5e_63))
    }

    pub(crate) fn background(self) -> Colour {
        self.background.unwrap_or(Colour::of(0xf1_f4_f5))
    }
}
