//! The line of a request to an endpoint: a token given or looked at, an authorization taken back, a refusal.

use std::borrow::Cow;

use super::{Effort, Line, Verdict, text, trace_id};
use crate::{
    endpoint::{Done, Given, Served, Told, Unshown},
    lambda::metrics::{
        ACTIVE, AUTHORIZED, IGNORED, INACTIVE, ISSUED, LOGGED_IN, Metric, OLDER_SECRET_USED, REFUSED, REVOKED,
    },
    protocol::{ClientId, GrantType, OAuthError, Request, Scope, Spkey, Timestamp},
};

impl<'a> Line<'a> {
    /// The answer of an endpoint. `xray`: the header `X-Amzn-Trace-Id`.
    pub(in crate::lambda) fn of_request(
        request: &'a Request,
        served: &'a Served,
        xray: Option<&'a str>,
        effort: Effort,
    ) -> Self {
        let line = Self {
            request_id: text(&request.request_id),
            xray_trace_id: xray.and_then(trace_id),
            method: Some(request.method.as_str()),
            path: Some(&request.path),
            source: text(&request.source),
            status: Some(served.response.status.as_u16()),
            grant_type: served.grant_type.map(GrantType::as_str),
            client_id: served.client.id.as_ref().map(ClientId::as_str),
            secret_ends: served.client.secret_ends.map(Timestamp::rfc3339),
            ..Self::new(verdict(&served.result))
        };
        let mut line = match &served.result {
            Ok(Done::Issued(given)) => line.issued(given),
            Ok(Done::Active(told)) => line.told(told).counted(&ACTIVE),
            Ok(Done::Inactive(reason)) => line.because(reason).counted(&INACTIVE),
            Ok(Done::Revoked(told)) => line.told(told).counted(&REVOKED),
            Ok(Done::Ignored(reason)) => line.because(reason).counted(&IGNORED),
            Ok(Done::Authorized(told)) => line.told(told).counted(&AUTHORIZED),
            Ok(Done::LoggedIn(user)) => Self { sub: Some(user.as_str()), ..line.counted(&LOGGED_IN) },
            Ok(Done::PasswordChanged(user)) => Self { sub: Some(user.as_str()), ..line },
            Ok(Done::Asked | Done::LoggedOut | Done::Pushed | Done::Shown) => line,
            Err(error) => line.refused(error),
        };
        if served.client.secret_ends.is_some() {
            line.measured.once(&OLDER_SECRET_USED);
        }
        line.measured.effort(effort);
        line
    }

    fn issued(self, given: &'a Given) -> Self {
        Self {
            spkey: joined(&given.issued.services),
            sub: Some(given.issued.subject.as_str()),
            scope: words(&given.issued.scope),
            expires_in: Some(given.expires_in),
            ..self.counted(&ISSUED)
        }
    }

    fn told(self, told: &'a Told) -> Self {
        Self {
            spkey: joined(&told.services),
            token_client_id: Some(told.client_id.as_str()),
            sub: Some(told.subject.as_str()),
            scope: words(&told.scope),
            ..self
        }
    }

    fn because(self, reason: &Unshown) -> Self {
        Self { reason: Some(reason.code()), message: Some(reason.to_string().into()), ..self }
    }

    fn counted(mut self, metric: &'static Metric) -> Self {
        self.measured.once(metric);
        self
    }

    fn refused(mut self, error: &'a OAuthError) -> Self {
        let reason = error.code.reason();
        if self.decision == Verdict::Refused {
            self.measured.once(&REFUSED);
        }
        self.measured.failure(reason);
        Self {
            reason: Some(reason),
            message: Some(error.reason.as_deref().unwrap_or(&error.description).into()),
            error: Some(error.code.parts().1),
            ..self
        }
    }
}

fn verdict(result: &Result<Done, OAuthError>) -> Verdict {
    match result {
        Ok(Done::Issued(_)) => Verdict::Issued,
        Ok(Done::Active(_)) => Verdict::Active,
        Ok(Done::Inactive(_)) => Verdict::Inactive,
        Ok(Done::Revoked(_)) => Verdict::Revoked,
        Ok(Done::Ignored(_)) => Verdict::Ignored,
        Ok(Done::Authorized(_)) => Verdict::Authorized,
        Ok(Done::Asked) => Verdict::Asked,
        Ok(Done::LoggedIn(_)) => Verdict::LoggedIn,
        Ok(Done::PasswordChanged(_)) => Verdict::PasswordChanged,
        Ok(Done::LoggedOut) => Verdict::LoggedOut,
        Ok(Done::Pushed) => Verdict::Pushed,
        Ok(Done::Shown) => Verdict::Shown,
        Err(error) if error.code.reason().is_failure() => Verdict::Failed,
        Err(_) => Verdict::Refused,
    }
}

fn joined(services: &[Spkey]) -> Option<Cow<'_, str>> {
    (!services.is_empty()).then(|| services.iter().map(Spkey::as_str).collect::<Vec<_>>().join(" ").into())
}

fn words(scope: &Scope) -> Option<String> {
    (!scope.is_empty()).then(|| scope.to_string())
}
