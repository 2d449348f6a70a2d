//! `branding`: what makes the pages those of one organisation.

use std::str::FromStr;

use pages::{Branding, Colour, Colours, DisplayName, Logo, PageUrl};

use super::decode::Field;

pub(super) fn read(field: &Field<'_>) -> Option<Branding> {
    let object = field.object()?;
    let name = object.read("name", None, |field| parsed(field, DisplayName::EXPECTED));
    let logo = object.read("logo", None, |field| parsed(field, Logo::EXPECTED));
    let colours = object.read("colours", Colours::default(), colours);
    let terms_url = object.read("terms_url", None, |field| parsed(field, PageUrl::EXPECTED));
    object.close();
    Some(Branding { name, logo, colours, terms_url })
}

fn colours(field: &Field<'_>) -> Option<Colours> {
    let object = field.object()?;
    let colour = |field: &Field<'_>| parsed(field, Colour::EXPECTED);
    let (brand, background) = (object.read("brand", None, colour), object.read("background", None, colour));
    object.close();
    Some(Colours { brand, background })
}

fn parsed<T: FromStr>(field: &Field<'_>, expected: &str) -> Option<Option<T>> {
    field.parsed(expected, str::parse).map(Some)
}
