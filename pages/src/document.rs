//! A page as a browser gets it.

use askama::Template;

use crate::theme::Theme;

/// An HTML document, and the policy that lets browsers show it and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The body of the answer, `text/html; charset=utf-8`.
    pub html: String,
    /// The value of the header `Content-Security-Policy`. It forbids scripts, frames around the page, and every
    /// stylesheet but the page's own.
    pub content_security_policy: String,
}

impl Document {
    /// A page, rendered.
    pub fn of<P: Page>(page: &P) -> Self {
        Self { html: page.to_string(), content_security_policy: policy(page.theme(), P::FORMS) }
    }
}

/// What can become a document: the pages of this crate, and nothing else.
#[expect(private_bounds, reason = "no page is made elsewhere")]
pub trait Page: Look {}

impl<T: Look> Page for T {}

/// How a page looks, and what its forms may do.
pub(crate) trait Look: Template {
    const FORMS: Forms;

    fn theme(&self) -> &Theme;
}

/// Where the forms of a page may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forms {
    /// The page has none.
    None,
    /// Back to this server.
    Here,
    /// To this server, which then sends the browser on to a client. Chromium applies `form-action` to every redirect
    /// that follows a form, also to those that the client makes, so the directive would have to name sites that
    /// nobody here knows: it is left out.
    ThenToAClient,
}

fn policy(theme: &Theme, forms: Forms) -> String {
    let forms = match forms {
        Forms::None => "; form-action 'none'",
        Forms::Here => "; form-action 'self'",
        Forms::ThenToAClient => "",
    };
    format!(
        "default-src 'none'; style-src {}; img-src {}; base-uri 'none'; frame-ancestors 'none'{forms}",
        theme.style_source(),
        theme.picture_sources()
    )
}
