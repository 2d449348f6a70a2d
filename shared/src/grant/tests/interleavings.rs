//! The law of a family of refresh tokens, tried with random interleavings of those who use it.

use std::sync::Arc;

use proptest::prelude::*;

use crate::{
    env::{Env, testing::env},
    grant::{
        GrantFlow, Refresh, Verdict,
        listing::Place,
        refresh_token::RefreshFacts,
        testing::{advanced, at, form, granted, orders, proven},
    },
    model::{Generations, Grant, PresentedRefreshToken, RefreshTokens, SelfLocating, ServiceDefinition},
    protocol::{OAuthError, Secret},
    store::{Change, Seen},
};

const WINDOW: u64 = 60;

/// What somebody does with the family.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A client uses the token of a generation, counted back from the newest; its answer may be lost.
    Use { back: usize },
    /// Two use one token at once: both decide on one state, one writes first.
    Race { back: usize },
    /// Time passes.
    Wait { seconds: u64 },
    /// Somebody revokes the grant.
    Revoke,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0_usize..3).prop_map(|back| Step::Use { back }),
        4 => (0_usize..3).prop_map(|back| Step::Race { back }),
        4 => (0_u64..90).prop_map(|seconds| Step::Wait { seconds }),
        1 => Just(Step::Revoke),
    ]
}

/// The store, the time, and every refresh token that was ever answered, the oldest first.
struct World {
    grant: Seen<Grant>,
    service: Arc<ServiceDefinition>,
    now: u64,
    answered: Vec<(String, u64)>,
}

impl World {
    fn new() -> Self {
        let (mut grant, _) = granted();
        let token = SelfLocating::RefreshToken.mint(&[7; 16], &env());
        grant.value.refresh_tokens = Some(RefreshTokens {
            current: token.digest(),
            previous: None,
            older: Generations::default(),
            expires_at: at(100_000),
            ends_at: None,
        });
        let mut service = orders();
        service.oauth.refresh_token.retry_window = WINDOW;
        let answered = vec![(token.expose().to_owned(), 0)];
        Self { grant, service: Arc::new(service), now: 0, answered }
    }

    fn decide(&self, token: &str, state: &Seen<Grant>) -> Result<Verdict, OAuthError> {
        let services = vec![Arc::clone(&self.service)];
        let facts = RefreshFacts { grant: state.clone(), services, place: Place::Kept };
        let refresh = Refresh::parse(&mut form(&[("refresh_token", token)]))?;
        refresh.decide(&proven(), &Some(facts), &Env { now: at(self.now), ..env() })
    }

    /// Makes the changes of a verdict over the state it was decided on; `None` = the answer. A conflict decides anew.
    fn settle(&mut self, token: &str, verdict: Result<Verdict, OAuthError>, over: &str) -> Option<String> {
        match verdict {
            Ok(Verdict::Issue(issuance)) => {
                if !issuance.changes.is_empty() {
                    if self.grant.attempt != over {
                        let (again, state) = (self.decide(token, &self.grant), self.grant.attempt.clone());
                        return self.settle(token, again, &state);
                    }
                    self.grant = advanced(&issuance.changes);
                }
                let next = issuance.answer.refresh_token.unwrap().expose().to_owned();
                if self.answered.iter().all(|(text, _)| *text != next) {
                    self.answered.push((next.clone(), self.now));
                }
                Some(next)
            }
            Ok(Verdict::Revoke { change: Change::Revoke { at, attempt, .. }, .. }) => {
                self.grant.value.revoked_at = self.grant.value.revoked_at.or(Some(at));
                self.grant.attempt = attempt;
                None
            }
            Ok(other) => panic!("{other:?}"),
            Err(_) => None,
        }
    }

    fn one(&mut self, token: &str) -> Option<String> {
        let (verdict, state) = (self.decide(token, &self.grant), self.grant.attempt.clone());
        self.settle(token, verdict, &state)
    }

    fn two(&mut self, token: &str) -> [Option<String>; 2] {
        let state = self.grant.clone();
        let verdicts = [self.decide(token, &state), self.decide(token, &state)];
        verdicts.map(|verdict| self.settle(token, verdict, &state.attempt))
    }

    fn is_live(&self) -> bool {
        self.grant.value.revoked_at.is_none()
    }

    /// What an answered token is now.
    fn counts(&self, token: &str) -> bool {
        let tokens = self.grant.value.refresh_tokens.as_ref().unwrap();
        let presented = tokens.presented(&Secret::new(token.to_owned()).digest());
        self.is_live() && presented == PresentedRefreshToken::Current
    }

    /// The laws that hold in every state.
    fn obeys(&mut self) {
        let live = self.answered.iter().filter(|(text, _)| self.counts(text)).count();
        assert_eq!(live, usize::from(self.is_live()), "one branch lives, or none");
        let generations = self.answered.len();
        if let [.., (used, _), (newest, since)] = &self.answered[..]
            && self.is_live()
            && generations > 1
            && self.now < since + WINDOW
        {
            let (used, newest) = (used.clone(), newest.clone());
            assert_eq!(self.one(&used), Some(newest), "an answer that was lost inside the window is given again");
        }
    }
}

proptest! {
    #[test]
    fn r5_r6_one_branch_lives_and_no_answer_is_lost_inside_the_window(
        steps in prop::collection::vec(step(), 1..40)
    ) {
        let mut world = World::new();
        for step in steps {
            let newest = world.answered.len() - 1;
            let token = |back: usize| world.answered[newest.saturating_sub(back)].0.clone();
            match step {
                Step::Use { back } => {
                    let (token, was_live) = (token(back), world.is_live());
                    let answer = world.one(&token);
                    prop_assert!(answer.is_none() || was_live, "nothing comes of a grant that is over");
                    prop_assert!(answer.is_some() || back > 0 || !was_live, "the newest token gives the next one");
                }
                Step::Race { back } => {
                    let token = token(back);
                    let [one, other] = world.two(&token);
                    prop_assert_eq!(one, other, "both get the same next token, or none");
                }
                Step::Wait { seconds } => world.now += seconds,
                Step::Revoke => {
                    world.grant.value.revoked_at = Some(at(world.now));
                    world.grant.attempt = env().attempt();
                }
            }
            world.obeys();
        }
    }
}
