//! `branding`: what makes the pages those of one organisation.

use super::decode::Field;
use crate::{
    model::{BrandName, Branding, Colour, Colours, Logo, PageUrl},
    protocol::InvalidId,
};

pub(super) fn read(field: &Field<'_>) -> Option<Branding> {
    let object = field.object()?;
    let name = object.read("name", None, |field| parsed(field, BrandName::EXPECTED, BrandName::parse));
    let logo = object.read("logo", None, |field| parsed(field, Logo::EXPECTED, Logo::parse));
    let colours = object.read("colours", Colours::default(), colours);
    let terms_url = object.read("terms_url", None, |field| parsed(field, PageUrl::EXPECTED, PageUrl::parse));
    object.close();
    Some(Branding { name, logo, colours, terms_url })
}

fn colours(field: &Field<'_>) -> Option<Colours> {
    let object = field.object()?;
    let colour = |field: &Field<'_>| parsed(field, Colour::EXPECTED, Colour::parse);
    let (brand, background) = (object.read("brand", None, colour), object.read("background", None, colour));
    object.close();
    Some(Colours { brand, background })
}

fn parsed<'a, T>(
    field: &Field<'a>,
    expected: &str,
    parse: impl FnOnce(&'a str) -> Result<T, InvalidId>,
) -> Option<Option<T>> {
    field.parsed(expected, parse).map(Some)
}
