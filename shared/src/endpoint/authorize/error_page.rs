//! The page that says what happened and what to do next, and to those who made the application what is wrong with its
//! request. It repeats nothing of the request.

use http::header;
use pages::{Document, ErrorPage};

use super::{AuthorizeEndpoint, allow_header, page::page};
use crate::protocol::{ErrorCode, OAuthError, Request, Response};

impl AuthorizeEndpoint {
    pub(super) async fn error_page(&self, error: &OAuthError, request: &Request) -> Response {
        let Words { title, happened, next } = words(error.code);
        let theme = match error.code {
            // A store that does not answer would not tell the look either.
            ErrorCode::TemporarilyUnavailable => self.look.last(),
            _ => self.theme().await,
        };
        let request_id = &request.request_id;
        let document =
            Document::of(&ErrorPage { theme: &theme, title, happened, next, fault: fault(error), request_id });
        let mut response = error.page(page(document));
        if let (ErrorCode::MethodNotAllowed, Some(methods)) = (error.code, allow_header(request)) {
            response.headers.insert(header::ALLOW, methods);
        }
        response
    }
}

/// What is wrong with a request, where that is for the makers of the application to mend.
fn fault(error: &OAuthError) -> Option<&str> {
    let is_theirs = matches!(
        error.code,
        ErrorCode::UnknownClient
            | ErrorCode::InvalidRedirectUri
            | ErrorCode::InvalidRequestUri
            | ErrorCode::InvalidRequest
            | ErrorCode::ContentTooLarge
    );
    is_theirs.then_some(&*error.description)
}

struct Words {
    title: &'static str,
    happened: &'static str,
    next: &'static str,
}

fn words(code: ErrorCode) -> Words {
    let (title, happened, next) = match code {
        ErrorCode::UnknownClient => (
            "This application is not known here",
            "The link that brought you here names no application, or one that does not exist or is switched off.",
            "Go back to the application and start again. If it persists, tell its makers what you see here.",
        ),
        ErrorCode::InvalidRedirectUri => (
            "The way back is not registered",
            "The application does not say where the answer goes, or names an address that it has not registered. So that \
             nobody else gets the answer, you were not sent there.",
            "Tell the makers of the application: the redirect URI of the request has to be registered, character for \
             character.",
        ),
        ErrorCode::InvalidRequestUri => (
            "This request is over",
            "The application's request was answered already, took too long, or is none of its own. If you clicked twice \
             or went back to an earlier page, your first answer counts.",
            "Go back to the application. If it has not let you in, start again there.",
        ),
        ErrorCode::ForeignForm => (
            "This form cannot be accepted",
            "You have signed in or out since this page was opened, perhaps in another tab. It may also come from another \
             site, or your browser keeps no cookies.",
            "Nothing was done. Go back to the application and start again. If it happens again, allow cookies for this \
             site.",
        ),
        ErrorCode::AccessDenied => {
            ("Access denied", "You have not let the application in. It gets nothing.", "You can close this window.")
        }
        ErrorCode::LoginRequired | ErrorCode::ConsentRequired => (
            "The application needs you first",
            "The application wants to go on without asking you, which is not possible now.",
            "Go back to the application and sign in from there.",
        ),
        ErrorCode::NotFound => (
            "There is nothing here",
            "The address leads to no page.",
            "Go back to the application, or open the link that you were given once more.",
        ),
        ErrorCode::TemporarilyUnavailable | ErrorCode::Contended => (
            "Please try again",
            "Something that these pages depend on does not answer at the moment.",
            "Wait a few seconds and load the page again.",
        ),
        ErrorCode::ServerError => (
            "Something is set up wrong here",
            "The request cannot be answered, and it is not your fault.",
            "Tell the people who run this service, and give them the number below.",
        ),
        _ => (
            "The request is not right",
            "The application has sent you here with a request that cannot be answered.",
            "Go back to the application and start again. If it persists, tell its makers what you see here.",
        ),
    };
    Words { title, happened, next }
}
