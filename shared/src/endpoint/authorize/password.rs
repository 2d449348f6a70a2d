//! The page where somebody who has logged in chooses another password. It ends what they let clients do, and every other
//! login of theirs.

use pages::{Document, PasswordError, PasswordPage};

use super::{
    ACCOUNT, AuthorizeEndpoint, LOGIN, PASSWORD, Visit,
    account::CHANGED,
    cookie,
    page::{Answer, Stop, page, see_other},
};
use crate::{
    endpoint::{Done, chosen_password},
    model::{SecretDigest, User},
    protocol::{ErrorCode, Form, OAuthError, Parameters, Request, Response, Secret},
};

impl AuthorizeEndpoint {
    /// Asks for the current password and a new one.
    pub(super) async fn password_page(&self, visit: &Visit) -> Result<Answer, Stop> {
        let response = match self.user(visit).await? {
            Some(user) => self.password_form(&user.value, visit, None).await,
            None => see_other(&self.href(LOGIN, &Parameters::default()))?,
        };
        Ok(Answer { response, done: Done::Asked })
    }

    /// Changes the password. What was typed twice is looked at first: it costs no try of the current one.
    pub(super) async fn change_password(&self, visit: &Visit, request: &Request) -> Result<Answer, Stop> {
        let mut form = match self.form(visit, request) {
            Err(error) if error.code == ErrorCode::ForeignForm => return Err(self.password_anew(visit, error).await),
            form => form?,
        };
        let Some(before) = self.user(visit).await? else { return Ok(self.login_again(visit, None).await) };
        let user = &before.value;
        let chosen = match Chosen::take(&mut form) {
            Ok(chosen) => chosen,
            Err((told, error)) => return Err(self.password_refused(user, visit, (told, error)).await),
        };
        let proven = self.server.prove_password(user.username.as_str(), &chosen.current, &request.source).await;
        if let Err(error) = proven {
            let told = match error.code {
                ErrorCode::TooManyFailures | ErrorCode::Contended => {
                    PasswordError::TooMany { seconds: error.retry_after.unwrap_or(1) }
                }
                ErrorCode::WrongPassword => PasswordError::Wrong,
                _ => return Err(error.into()),
            };
            return Err(self.password_refused(user, visit, (told, error)).await);
        }
        let (store, world) = (&self.server.store, &self.server.world);
        let digest = SecretDigest::of_hand_picked(&chosen.new, &world.env());
        let changed = chosen_password::change(&before, digest, store, world).await;
        let after = changed.map_err(OAuthError::from)?;
        let drawn = self.session(&after, visit).await?;
        let parameters = Parameters::from_pairs(vec![(CHANGED.into(), cookie::confirmation(&drawn))]);
        let mut response = see_other(&self.href(ACCOUNT, &parameters))?;
        self.cookie.set(&mut response, &drawn);
        Ok(Answer { response, done: Done::PasswordChanged(after.username) })
    }

    /// The page anew, in the place of an answer to a form that was not made for this browser as it is now.
    async fn password_anew(&self, visit: &Visit, error: OAuthError) -> Stop {
        match self.user(visit).await {
            Ok(Some(user)) => self.password_refused(&user.value, visit, (PasswordError::Outdated, error)).await,
            Ok(None) => self.login_anew(visit, None, error).await,
            Err(failure) => failure.into(),
        }
    }

    async fn password_refused(&self, user: &User, visit: &Visit, (told, error): (PasswordError, OAuthError)) -> Stop {
        let response = error.page(self.password_form(user, visit, Some(told)).await);
        Stop { response: Some(Box::new(response)), error }
    }

    async fn password_form(&self, user: &User, visit: &Visit, error: Option<PasswordError>) -> Response {
        page(Document::of(&PasswordPage {
            theme: &*self.theme().await,
            username: user.username.as_str(),
            csrf: &visit.cookie.as_ref().map(cookie::token).unwrap_or_default(),
            action: &self.href(PASSWORD, &Parameters::default()),
            account: &self.href(ACCOUNT, &Parameters::default()),
            least: User::MIN_PASSWORD,
            error,
        }))
    }
}

/// What the form brings.
struct Chosen {
    current: Secret,
    new: Secret,
}

impl Chosen {
    /// Takes it out of the form, where the new password can be one.
    fn take(form: &mut Form) -> Result<Self, (PasswordError, OAuthError)> {
        let mut taken = |name| form.take(name).unwrap_or_else(|| Secret::new(String::new()));
        let (current, new, again) = (taken("current"), taken("new"), taken("again"));
        let refused = |told, text: String| Err((told, ErrorCode::InvalidRequest.because(text)));
        if let Err(unfit) = User::refuse_unfit(&new) {
            return refused(PasswordError::Unfit, format!("the new one is {unfit}"));
        }
        if !new.digest().matches(&again.digest()) {
            return refused(PasswordError::Different, "the new password was typed in two ways".into());
        }
        if new.digest().matches(&current.digest()) {
            return refused(PasswordError::Same, "the new password is the current one".into());
        }
        Ok(Self { current, new })
    }
}
