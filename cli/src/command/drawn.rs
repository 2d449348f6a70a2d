//! The one time that a generated secret is shown.

use shared::endpoint::DrawnSecret;

/// The line that shows it.
pub(crate) fn shown(DrawnSecret { owner, secret, confirmed }: &DrawnSecret) -> String {
    let doubt = if *confirmed { "" } else { ", unless the next run generates another" };
    format!("generated for {owner}, shown once{doubt}: {}", secret.expose())
}

#[cfg(test)]
mod tests {
    use shared::protocol::Secret;

    use super::*;

    #[test]
    fn a_secret_that_may_not_be_stored_is_shown_with_that_doubt() {
        let drawn = |confirmed| DrawnSecret { owner: "client shop".into(), secret: Secret::new("s".into()), confirmed };
        assert_eq!(shown(&drawn(true)), "generated for client shop, shown once: s");
        let doubtful = "generated for client shop, shown once, unless the next run generates another: s";
        assert_eq!(shown(&drawn(false)), doubtful);
    }
}
