//! Colours, and which of them can be read on which: the contrast of WCAG 2.2.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::texts::InvalidText;

/// A colour of sRGB, written `#1f6feb`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// What one looks like.
    pub const EXPECTED: &str = "a colour such as \"#1f6feb\": # and 6 hexadecimal digits, in quotes";

    pub(crate) const WHITE: Self = Self::of(0xff_ff_ff);
    pub(crate) const BLACK: Self = Self::of(0);

    /// The colour of a number as it is written after `#`.
    pub(crate) const fn of(rgb: u32) -> Self {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Self { red, green, blue }
    }

    /// How well one is seen on the other: 1 (not at all) to 21 (WCAG 2.2, "contrast ratio").
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Black or white, whichever is read better on this colour: never under 4.5 to 1.
    pub(crate) fn text(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) { Self::WHITE } else { Self::BLACK }
    }

    /// This colour with `percent` of another.
    pub(crate) fn mixed(self, other: Self, percent: u32) -> Self {
        let channel = |a: u8, b: u8| {
            let sum = u32::from(a) * (100 - percent) + u32::from(b) * percent;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self {
            red: channel(self.red, other.red),
            green: channel(self.green, other.green),
            blue: channel(self.blue, other.blue),
        }
    }

    /// The nearest darker colour that has this contrast on every one of the grounds.
    pub(crate) fn darkened(self, contrast: f64, grounds: &[Self]) -> Self {
        Self::first(contrast, grounds, |percent| self.mixed(Self::BLACK, percent))
    }

    /// The nearest lighter colour that has this contrast on every one of the grounds. It stays as vivid as it can:
    /// the strongest channel goes to its end before white is mixed in.
    pub(crate) fn lightened(self, contrast: f64, grounds: &[Self]) -> Self {
        let vivid = self.vivid();
        Self::first(contrast, grounds, |percent| match percent {
            0..=50 => self.mixed(vivid, percent * 2),
            _ => vivid.mixed(Self::WHITE, (percent - 50) * 2),
        })
    }

    fn first(contrast: f64, grounds: &[Self], step: impl Fn(u32) -> Self) -> Self {
        let seen = |colour: &Self| grounds.iter().all(|ground| colour.contrast(*ground) >= contrast);
        (0..100).map(&step).find(seen).unwrap_or_else(|| step(100))
    }

    /// The brightest colour of the same hue and saturation.
    fn vivid(self) -> Self {
        let strongest = self.red.max(self.green).max(self.blue).max(1);
        let channel = |value: u8| {
            let scaled = u32::from(value) * 255 / u32::from(strongest);
            u8::try_from(scaled).unwrap_or(u8::MAX)
        };
        Self { red: channel(self.red), green: channel(self.green), blue: channel(self.blue) }
    }

    /// Relative luminance, 0 to 1.
    fn luminance(self) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(self.red) + 0.7152 * channel(self.green) + 0.0722 * channel(self.blue)
    }
}

impl FromStr for Colour {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        let is_colour = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_colour);
        number.map(Self::of).ok_or(InvalidText { expected: Self::EXPECTED })
    }
}

impl TryFrom<String> for Colour {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_digits_after_a_hash() {
        assert_eq!("#1F6feb".parse(), Ok(Colour::of(0x1f_6f_eb)));
        assert_eq!(Colour::of(0x00_0a_ff).to_string(), "#000aff");
        for wrong in ["", "1f6feb", "#", "#18e", "#12345", "#1234567", "#+12345", "#12345g", "red", "#éa", "#fff;}"] {
            assert!(wrong.parse::<Colour>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((Colour::WHITE.contrast(Colour::BLACK) - 21.0).abs() < 0.001);
        assert!((Colour::of(0x76_76_76).contrast(Colour::WHITE) - 4.54).abs() < 0.01);
        assert!((Colour::of(0xff_00_00).contrast(Colour::WHITE) - 4.0).abs() < 0.01);
    }

    #[test]
    fn text_is_readable_on_every_colour() {
        for colour in every_colour() {
            assert!(colour.contrast(colour.text()) >= 4.5, "{colour}");
        }
    }

    #[test]
    fn a_colour_that_is_readable_stays_and_another_moves() {
        let navy = Colour::of(0x00_00_80);
        assert_eq!(navy.darkened(4.5, &[Colour::WHITE]), navy);
        assert_eq!(navy.lightened(3.0, &[Colour::WHITE]), navy);
        for colour in every_colour() {
            assert!(colour.darkened(4.5, &[Colour::WHITE]).contrast(Colour::WHITE) >= 4.5, "{colour}");
            assert!(colour.lightened(4.5, &[Colour::BLACK]).contrast(Colour::BLACK) >= 4.5, "{colour}");
        }
    }

    #[test]
    fn a_lighter_colour_keeps_its_hue() {
        let teal = Colour::of(0x0f_5e_63).lightened(4.5, &[Colour::of(0x18_1b_20)]);
        assert!(teal.red < teal.green / 4, "{teal}");
    }

    fn every_colour() -> impl Iterator<Item = Colour> {
        (0..=0xff_ff_ff).step_by(0x11_0f).map(Colour::of)
    }
}
