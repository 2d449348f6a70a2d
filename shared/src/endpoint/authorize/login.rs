//! Login and logout of resource owners.

use pages::{Document, LoggedOutPage, LoginError, LoginPage, LogoutPage};

use super::{
    ACCOUNT, AuthorizeEndpoint, CONSENT, LOGIN, LOGOUT, Visit, cookie,
    page::{Answer, Stop, page, see_other},
};
use crate::{
    endpoint::{Done, chosen_password, served::Seen},
    grant::authorization::Asked,
    model::{Session, SessionKey, User, session_cookie},
    protocol::{ErrorCode, OAuthError, Parameters, Request, Response, Secret, Subject},
    store::Change,
};

impl AuthorizeEndpoint {
    /// Asks for name and password, whoever may have logged in before.
    pub(super) async fn login_page(&self, visit: &Visit, seen: &mut Seen) -> Result<Answer, Stop> {
        let asked = self.asked_if_any(visit, seen).await?;
        let drawn = visit.cookie.is_none().then(|| session_cookie(&self.server.world.env()));
        let form = LoginForm { visit, asked: asked.as_ref(), username: "", error: None };
        let mut response = self.login_form(&form, drawn.as_ref()).await;
        if let Some(cookie) = &drawn {
            self.cookie.set(&mut response, cookie);
        }
        Ok(Answer { response, done: Done::Asked })
    }

    /// Name and password have come.
    pub(super) async fn log_in(&self, visit: &Visit, request: &Request, seen: &mut Seen) -> Result<Answer, Stop> {
        let mut form = match self.form(visit, request) {
            Err(error) if error.code == ErrorCode::ForeignForm => return self.lead_on(visit, error, seen).await,
            form => form?,
        };
        let asked = self.asked_if_any(visit, seen).await?;
        let password = form.take("password").unwrap_or_else(|| Secret::new(String::new()));
        let username = form.get("username").unwrap_or_default();
        let user = match self.server.prove_password(username, &password, &request.source).await {
            Ok(user) => user,
            Err(error) => {
                let told = match error.code {
                    ErrorCode::TooManyFailures | ErrorCode::Contended => {
                        LoginError::TooMany { seconds: error.retry_after.unwrap_or(1) }
                    }
                    ErrorCode::WrongPassword => LoginError::Wrong,
                    _ => return Err(self.failed(asked.as_ref(), error)),
                };
                let username = Subject::parse(username).map_or("", |_| username);
                let form = LoginForm { visit, asked: asked.as_ref(), username, error: Some(told) };
                let response = error.page(self.login_form(&form, None).await);
                return Err(Stop { response: Some(Box::new(response)), error });
            }
        };
        let cookie = self.entered(&user, visit).await.map_err(|error| self.failed(asked.as_ref(), error))?;
        let next = match asked {
            Some(_) => self.href(CONSENT, &visit.parameters.clone().without_login_prompt()),
            None => self.href(ACCOUNT, &Parameters::default()),
        };
        let mut response = see_other(&next)?;
        self.cookie.set(&mut response, &cookie);
        Ok(Answer { response, done: Done::LoggedIn(user.username) })
    }

    /// A form of a page that was made before this browser had its cookie: in another tab somebody has logged in since, or
    /// out. What it brought is not looked at. Another site's form gets here as well, and all it does is to show a page
    /// that any link could show.
    async fn lead_on(&self, visit: &Visit, error: OAuthError, seen: &mut Seen) -> Result<Answer, Stop> {
        let asked = self.asked_if_any(visit, seen).await?;
        if self.user(visit).await?.is_some() {
            let next = match asked {
                Some(_) => self.href(CONSENT, &visit.parameters),
                None => self.href(ACCOUNT, &Parameters::default()),
            };
            return Ok(Answer { response: see_other(&next)?, done: Done::Asked });
        }
        Err(self.login_anew(visit, asked.as_ref(), error).await)
    }

    /// The login page anew, in the place of an answer to a form that was not made for this browser as it is now. A browser
    /// without a cookie gets one where it says that the form came from a page of ours: a form of another site comes
    /// without the cookie of a session (`SameSite=Lax`), and must not take it away by giving another.
    pub(super) async fn login_anew(&self, visit: &Visit, asked: Option<&Asked>, error: OAuthError) -> Stop {
        let (drawn, told) = match &visit.cookie {
            Some(_) => (None, LoginError::Outdated),
            None if visit.is_of_own_page => (Some(session_cookie(&self.server.world.env())), LoginError::WithoutCookie),
            None => return error.into(),
        };
        let form = LoginForm { visit, asked, username: "", error: Some(told) };
        let mut response = error.page(self.login_form(&form, drawn.as_ref()).await);
        if let Some(cookie) = &drawn {
            self.cookie.set(&mut response, cookie);
        }
        Stop { response: Some(Box::new(response)), error }
    }

    /// Ends the session of this browser.
    pub(super) async fn log_out(&self, visit: &Visit, request: &Request) -> Result<Answer, Stop> {
        match self.form(visit, request) {
            Err(error) if error.code == ErrorCode::ForeignForm => return Err(self.logout_anew(visit, error).await),
            form => form?,
        };
        self.forget(visit).await?;
        let mut response = see_other(&self.href(LOGOUT, &Parameters::default()))?;
        self.cookie.clear(&mut response);
        Ok(Answer { response, done: Done::LoggedOut })
    }

    /// The page anew, in the place of an answer to a form that was not made for this browser as it is now. To a form that
    /// another site may have sent it does not say that nobody is logged in: such a form comes without the cookie.
    async fn logout_anew(&self, visit: &Visit, error: OAuthError) -> Stop {
        if visit.cookie.is_none() && !visit.is_of_own_page {
            return error.into();
        }
        match self.logout_page(visit).await {
            Ok(page) => Stop { response: Some(Box::new(error.page(page.response))), error },
            Err(stop) => stop,
        }
    }

    /// Offers to end the session, or says that there is none.
    pub(super) async fn logout_page(&self, visit: &Visit) -> Result<Answer, Stop> {
        let theme = self.theme().await;
        let href = |path: &str| self.href(path, &Parameters::default());
        let document = match self.user(visit).await? {
            None => Document::of(&LoggedOutPage { theme: &theme, login: &href(LOGIN) }),
            Some(user) => Document::of(&LogoutPage {
                theme: &theme,
                owner: user.value.name.as_deref().unwrap_or(user.value.username.as_str()),
                csrf: &visit.cookie.as_ref().map(cookie::token).unwrap_or_default(),
                action: &href(LOGOUT),
                account: &href(ACCOUNT),
            }),
        };
        Ok(Answer { response: page(document), done: Done::Shown })
    }

    /// Asks again, in the place of an answer to a form whose session has ended meanwhile.
    pub(super) async fn login_again(&self, visit: &Visit, asked: Option<&Asked>) -> Answer {
        let form = LoginForm { visit, asked, username: "", error: Some(LoginError::SessionEnded) };
        Answer { response: self.login_form(&form, None).await, done: Done::Asked }
    }

    /// The authorization request that the login is for; none where somebody wants to see the account.
    async fn asked_if_any(&self, visit: &Visit, seen: &mut Seen) -> Result<Option<Asked>, Stop> {
        if !visit.carries_request() {
            return Ok(None);
        }
        self.asked(visit, seen).await.map(Some)
    }

    /// The session of somebody who has logged in. What another password has not ended yet, because that was interrupted,
    /// ends first.
    async fn entered(&self, user: &User, visit: &Visit) -> Result<Secret, OAuthError> {
        if user.revocation_due {
            chosen_password::finish(&user.username, &self.server.store, &self.server.world).await?;
        }
        self.session(user, visit).await
    }

    /// A session with a cookie of its own, so that nobody who knew the one before is logged in too.
    pub(super) async fn session(&self, user: &User, visit: &Visit) -> Result<Secret, OAuthError> {
        let env = self.server.world.env();
        let cookie = session_cookie(&env);
        let (key, session) = (SessionKey::of(&cookie), Session::of(user, env.now));
        self.server.store.commit(Change::LogIn { key, session, attempt: env.attempt() }).await?;
        self.forget(visit).await?;
        Ok(cookie)
    }

    /// Ends what the cookie stood for until now.
    async fn forget(&self, visit: &Visit) -> Result<(), OAuthError> {
        if let Some(cookie) = &visit.cookie {
            let (key, at) = (SessionKey::of(cookie), self.server.world.clock.now());
            self.server.store.commit(Change::LogOut { key, at }).await?;
        }
        Ok(())
    }

    async fn login_form(&self, form: &LoginForm<'_>, drawn: Option<&Secret>) -> Response {
        let cookie = form.visit.cookie.as_ref().or(drawn);
        page(Document::of(&LoginPage {
            theme: &*self.theme().await,
            action: &self.href(LOGIN, form.asked.map_or(&Parameters::default(), |_| &form.visit.parameters)),
            csrf: &cookie.map(cookie::token).unwrap_or_default(),
            client: form.asked.map(|asked| asked.client.value.shown_name()),
            username: form.username,
            error: form.error,
        }))
    }
}

/// What the login page shows.
struct LoginForm<'a> {
    visit: &'a Visit,
    asked: Option<&'a Asked>,
    username: &'a str,
    error: Option<LoginError>,
}
