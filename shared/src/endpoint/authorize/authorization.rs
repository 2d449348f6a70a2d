//! An authorization request on its way: to the login, to the consent, and to its answer.

use pages::{About, CodePage, ConsentNotice, ConsentPage, Decision, Document};

use super::{
    AuthorizeEndpoint, CONSENT, LOGIN, Visit, cookie,
    page::{Answer, Stop, page, see_other},
};
use crate::{
    endpoint::{Done, Given, Told, contention::Contention, served::Seen},
    grant::{
        Issued,
        authorization::{self, Allowed, Allowing, Asked, Owner, Question, Refused, Step, allow},
    },
    model::{ClientTexts, ServiceDefinition, SessionKey},
    protocol::{ErrorCode, OAuthError, RedirectUri, Request, Scope, ScopeToken, Secret},
    store::{Change, CommitError},
};

/// How far the browser has come with a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage<'a> {
    /// Its client has just sent it.
    Beginning,
    /// It is between the pages.
    Underway,
    /// The resource owner has agreed to what a page has shown (see [`Asked::shown`]).
    Agreed { shown: &'a str },
}

impl AuthorizeEndpoint {
    /// The beginning: a client sends somebody's browser.
    pub(super) async fn authorize(&self, visit: &Visit, seen: &mut Seen) -> Result<Answer, Stop> {
        self.proceed(visit, Stage::Beginning, seen).await
    }

    /// Goes on after the login.
    pub(super) async fn consent_page(&self, visit: &Visit, seen: &mut Seen) -> Result<Answer, Stop> {
        self.proceed(visit, Stage::Underway, seen).await
    }

    /// The resource owner has said yes or no.
    pub(super) async fn consent(&self, visit: &Visit, request: &Request, seen: &mut Seen) -> Result<Answer, Stop> {
        let form = match self.form(visit, request) {
            Err(error) if error.code == ErrorCode::ForeignForm => {
                return Err(self.consent_anew(visit, error, seen).await);
            }
            form => form?,
        };
        match form.get("decision").and_then(Decision::parse) {
            Some(Decision::Allow) => {
                let shown = form.get("shown").unwrap_or_default();
                self.proceed(visit, Stage::Agreed { shown }, seen).await
            }
            Some(Decision::Deny) => self.deny(visit, seen).await,
            None => Err(ErrorCode::InvalidRequest.because("decision must be allow or deny").into()),
        }
    }

    /// Goes on with a request; what others changed meanwhile is read and decided once more. From when it is known where
    /// the client waits, it hears of failures too (RFC 6749 section 4.1.2.1).
    async fn proceed(&self, visit: &Visit, stage: Stage<'_>, seen: &mut Seen) -> Result<Answer, Stop> {
        let mut contention = Contention::new(&self.server.world);
        let mut asked = self.asked(visit, seen).await?;
        loop {
            let answer = self.step(visit, stage, &asked).await.map_err(|error| match error.code {
                ErrorCode::MethodNotAllowed => error.into(),
                _ => self.refusal(&asked, error),
            })?;
            if let Some(answer) = answer {
                return Ok(answer);
            }
            contention.again().await.map_err(|conflict| self.refusal(&asked, conflict.into()))?;
            asked = self.asked(visit, seen).await?;
        }
    }

    /// Takes the next step that is left. `None` = the decision has to be made anew.
    async fn step(&self, visit: &Visit, stage: Stage<'_>, asked: &Asked) -> Result<Option<Answer>, OAuthError> {
        let owner = self.owner(visit.cookie.as_ref(), asked).await?;
        let step = asked.next(owner.as_ref(), self.server.world.clock.now())?;
        let agrees = stage == Stage::Agreed { shown: &asked.shown() };
        let answer = match (step, owner) {
            (Step::LogIn, _) | (_, None) if stage.is_answer() => self.login_again(visit, Some(asked)).await,
            (Step::LogIn, _) | (_, None) => self.ask_at(LOGIN, visit)?,
            (Step::Consent, Some(_)) if stage == Stage::Beginning => self.ask_at(CONSENT, visit)?,
            (Step::Consent, Some(owner)) if !agrees => {
                let notice = stage.is_answer().then_some(ConsentNotice::Changed);
                self.ask_for_consent(visit, (asked, &owner), notice).await
            }
            (_, Some(_)) if visit.only_looks => {
                return Err(ErrorCode::MethodNotAllowed.because("what the client asks for is given to GET alone"));
            }
            (_, Some(owner)) => return self.let_in(asked, owner, agrees).await,
        };
        Ok(Some(answer))
    }

    /// Gives the client what it asks for. `None` = the decision has to be made anew.
    async fn let_in(&self, asked: &Asked, owner: Owner, agreed: bool) -> Result<Option<Answer>, OAuthError> {
        let owner = owner.to_enter(self.server.store.reader()).await?;
        let (changes, answer) = match allow(asked, &owner, agreed, &self.server.world.env()) {
            Allowing::Index(change) => (vec![*change], None),
            Allowing::Grant { changes, allowed, issued } => (changes, Some((allowed, issued))),
        };
        match (self.server.store.commit_all(changes).await, answer) {
            (Ok(()), Some((allowed, issued))) => self.answer(asked, &allowed, issued).await.map(Some),
            (Ok(()), None) | (Err(CommitError::Conflict), _) => Ok(None),
            (Err(error), _) => Err(error.into()),
        }
    }

    /// The page anew, in the place of an answer to a form that was not made for this browser as it is now. Whatever the
    /// form says, nothing is decided: also where the page could be left out, it is shown.
    async fn consent_anew(&self, visit: &Visit, error: OAuthError, seen: &mut Seen) -> Stop {
        let asked = match self.asked(visit, seen).await {
            Ok(asked) => asked,
            Err(stop) => return stop,
        };
        match self.owner(visit.cookie.as_ref(), &asked).await {
            Ok(Some(owner)) if owner.is_live(self.server.world.clock.now()) => {
                let page = self.ask_for_consent(visit, (&asked, &owner), Some(ConsentNotice::Outdated)).await;
                Stop { response: Some(Box::new(error.page(page.response))), error }
            }
            Ok(_) => self.login_anew(visit, Some(&asked), error).await,
            Err(failure) => self.refusal(&asked, failure),
        }
    }

    /// The request that the query carries, judged.
    pub(super) async fn asked(&self, visit: &Visit, seen: &mut Seen) -> Result<Asked, Stop> {
        let facts = authorization::load(&visit.parameters, self.server.store.reader()).await?;
        seen.client.id = facts.client.as_ref().map(|client| client.value.client_id.clone());
        let now = self.server.world.clock.now();
        let asked = authorization::ask(&visit.parameters, facts, now).map_err(|refused| {
            let Refused { error, destination } = *refused;
            let told = destination.and_then(|to| to.with_error(&error, &self.server.issuer));
            redirected(told, error)
        })?;
        seen.grant_type = Some(asked.request.response_type.grant_type());
        Ok(asked)
    }

    pub(super) async fn owner(&self, cookie: Option<&Secret>, asked: &Asked) -> Result<Option<Owner>, OAuthError> {
        let Some(cookie) = cookie else { return Ok(None) };
        Ok(Owner::load(&SessionKey::of(cookie), asked, self.server.store.reader()).await?)
    }

    fn ask_at(&self, path: &str, visit: &Visit) -> Result<Answer, OAuthError> {
        let response = see_other(&self.href(path, &visit.parameters))?;
        Ok(Answer { response, done: Done::Asked })
    }

    async fn ask_for_consent(
        &self,
        visit: &Visit,
        (asked, owner): (&Asked, &Owner),
        notice: Option<ConsentNotice>,
    ) -> Answer {
        let questions = owner.questions(asked);
        let user = owner.facts.user.as_ref().map(|user| &user.value);
        let csrf = visit.cookie.as_ref().map(cookie::token).unwrap_or_default();
        let document = Document::of(&ConsentPage {
            theme: &*self.theme().await,
            action: &self.href(CONSENT, &visit.parameters),
            csrf: &csrf,
            shown: &asked.shown(),
            notice,
            client: asked.client.value.shown_name(),
            about: about(&asked.client.value.texts),
            services: questions.iter().map(shown).collect(),
            account: user.and_then(|user| user.name.as_deref()).unwrap_or(owner.session.username.as_str()),
            switch_account: &self.href(LOGIN, &visit.parameters),
            returns_to: asked.destination.uri.as_ref().map(RedirectUri::place),
        });
        Answer { response: page(document), done: Done::Asked }
    }

    async fn answer(&self, asked: &Asked, allowed: &Allowed, issued: Issued) -> Result<Answer, OAuthError> {
        let response = match (asked.redirect(allowed, &self.server.issuer), allowed) {
            (Some(location), _) => see_other(&location)?,
            (None, Allowed::Code(code)) => page(Document::of(&CodePage {
                theme: &*self.theme().await,
                client: asked.client.value.shown_name(),
                code: code.expose(),
                expires_in: asked.code_ttl(),
            })),
            (None, Allowed::Token(_)) => {
                return Err(ErrorCode::ServerError.because("a token has nowhere to go"));
            }
        };
        let done = match allowed {
            Allowed::Token(answer) => Done::Issued(Given { issued, expires_in: answer.expires_in }),
            Allowed::Code(_) => Done::Authorized(Told {
                client_id: asked.client.value.client_id.clone(),
                services: issued.services,
                subject: issued.subject,
                scope: issued.scope,
            }),
        };
        Ok(Answer { response, done })
    }

    /// The resource owner says no: the client is told, and a pushed request is over. Nobody says it for somebody who is
    /// not logged in.
    async fn deny(&self, visit: &Visit, seen: &mut Seen) -> Result<Answer, Stop> {
        let asked = self.asked(visit, seen).await?;
        let owner = self.owner(visit.cookie.as_ref(), &asked).await.map_err(|error| self.refusal(&asked, error))?;
        if !owner.is_some_and(|owner| owner.is_live(self.server.world.clock.now())) {
            return Ok(self.login_again(visit, Some(&asked)).await);
        }
        if let Some(pushed) = &asked.pushed {
            let env = self.server.world.env();
            let (id, at, attempt) = (pushed.value.id.clone(), env.now, env.attempt());
            let over = self.server.store.commit(Change::Revoke { id, at, attempt }).await;
            over.map_err(|error| self.refusal(&asked, error.into()))?;
        }
        Err(self.refusal(&asked, ErrorCode::AccessDenied.because("the resource owner denied the request")))
    }

    /// A failure on the way: the client hears of it where there is one.
    pub(super) fn failed(&self, asked: Option<&Asked>, error: OAuthError) -> Stop {
        match asked {
            Some(asked) => self.refusal(asked, error),
            None => error.into(),
        }
    }

    /// An error for the client to hear, or for the person where the client has no address.
    fn refusal(&self, asked: &Asked, error: OAuthError) -> Stop {
        redirected(asked.destination.with_error(&error, &self.server.issuer), error)
    }
}

impl Stage<'_> {
    /// Whether the resource owner has said something.
    fn is_answer(self) -> bool {
        matches!(self, Self::Agreed { .. })
    }
}

fn redirected(location: Option<String>, error: OAuthError) -> Stop {
    match location.map(|location| see_other(&location)) {
        None => Stop { response: None, error },
        Some(Ok(response)) => Stop { response: Some(Box::new(response)), error },
        Some(Err(error)) => error.into(),
    }
}

fn about(texts: &ClientTexts) -> About<'_> {
    About { home: texts.home.as_ref(), terms: texts.terms.as_ref(), policy: texts.policy.as_ref() }
}

fn shown<'a>(question: &'a Question<'a>) -> pages::ServiceAccess<'a> {
    pages::ServiceAccess {
        name: question.service.name.as_str(),
        new_scopes: words(&question.new, question.service),
        given_scopes: words(&question.agreed, question.service),
    }
}

fn words<'a>(scope: &'a Scope, service: &'a ServiceDefinition) -> Vec<pages::Scope<'a>> {
    let described = |word: &'a ScopeToken| pages::Scope {
        name: word.as_str(),
        description: service.oauth.scope_descriptions.of(word.as_str()),
    };
    scope.iter().map(described).collect()
}
