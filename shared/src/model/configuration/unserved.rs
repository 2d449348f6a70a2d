//! What a file may say in a later version: refused by name, so that nobody believes it works.

use super::{
    decode::{Field, Object},
    report::{Findings, Place},
};

/// Refuses a value that is known and not served.
pub(super) fn refuse<T>(field: &Field<'_>, served: &str) -> Option<T> {
    field.refuse(&format!("{}, which this version does not serve", field.shown()), served)
}

/// Refuses a member that is known and not served, whatever it holds.
pub(super) fn refuse_member(object: &Object<'_>, name: &'static str) {
    if let Some(field) = object.member(name) {
        refuse_at(&field.place, field.findings);
    }
}

/// Refuses what stands at a place.
pub(super) fn refuse_at(place: &Place, findings: &Findings<'_>) {
    findings.mistake(place, "a setting that this version does not serve", "a file without it");
}

/// Refuses a list that is known and not served, unless it is empty.
pub(super) fn refuse_items(object: &Object<'_>, name: &'static str) {
    let Some(field) = object.member(name) else { return };
    if field.list().is_some_and(|items| !items.is_empty()) {
        field.refuse::<()>("entries that this version does not serve", "[]");
    }
}
