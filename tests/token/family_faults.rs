//! When DynamoDB loses, delays or refuses what a redemption or a refresh writes: nothing is issued twice, no retry of the
//! SDK looks like a replay, and nothing that was replaced comes back.

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use shared::{
    endpoint::TokenEndpoint,
    model::{Grant, SelfLocating},
    protocol::Secret,
    store::{Reader, Tables},
};
use tests::{Consent, Fault, Faults, ManualClock, Tollgate, dynamodb, redemption, refresh};

use crate::{
    endpoint::{ask_with, endpoint_at},
    refresh_family::{SHOP, status, text, with},
};

/// A system, and an endpoint of its own that reaches the same store by a road with faults.
struct Road {
    tollgate: Tollgate,
    faults: Faults,
    endpoint: TokenEndpoint,
}

impl Road {
    async fn new(members: &str) -> Self {
        let tollgate = with(members).await;
        let faults = Faults::before(tollgate.system.dynamodb).await;
        let endpoint = endpoint_at(faults.address, 0, &tollgate.clock);
        Self { tollgate, faults, endpoint }
    }

    async fn ask(&self, form: &str) -> (u16, Value) {
        ask_with(&self.endpoint, SHOP, form).await
    }

    #[track_caller]
    fn befallen(&self) {
        assert_eq!(self.faults.left(), 0, "every fault has befallen something");
    }

    async fn redeemed(&self) -> Value {
        let form = redemption(&Consent::default().code(&self.tollgate).await);
        let (status, tokens) = self.ask(&form).await;
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    async fn grant(&self, tokens: &Value) -> Grant {
        let world = self.tollgate.clock.world();
        let reader = Reader::new(dynamodb(self.tollgate.system.dynamodb), Tables::default(), world, 0);
        let token = Secret::new(text(&tokens["refresh_token"]).to_owned());
        let key = SelfLocating::RefreshToken.key_of(&token).expect("a refresh token leads to its grant");
        let seen = reader.grant_at(&key).await.expect("the store answers");
        seen.expect("the grant is there").value
    }
}

/// What can befall one write that is sent again.
const ONCE: [Fault; 4] = [Fault::LoseAnswer, Fault::LoseRequest, Fault::Throttle, Fault::ArriveLate];

/// More than the SDK tries.
const OUTAGE: usize = 10;

#[tokio::test]
async fn a16_a_redemption_whose_write_is_sent_again_is_no_replay_and_gives_one_token() {
    for format in ["opaque", "hex32"] {
        for fault in ONCE {
            let road = Road::new(&format!("    access_token: {{ format: {format} }}\n")).await;
            // A token without room for an id has a write of its own before: each of the two is befallen once.
            for passed in 0..if format == "hex32" { 2 } else { 1 } {
                (0..passed).for_each(|_| road.faults.befall("PutItem", Fault::Pass));
                road.faults.befall("PutItem", fault);
                let tokens = road.redeemed().await;
                road.befallen();
                assert_eq!(road.grant(&tokens).await.access_tokens.len(), 1, "{format} {fault:?}");
                road.faults.arrive().await;
                assert_eq!(status(&road.tollgate, &tokens["access_token"]).await, 200, "{format} {fault:?}");
            }
        }
    }
}

#[tokio::test]
async fn r6_a_refresh_whose_write_is_sent_again_gives_one_pair() {
    for fault in ONCE {
        let road = Road::new("").await;
        let first = road.redeemed().await;
        road.faults.befall("PutItem", fault);
        let (answered, second) = road.ask(&refresh(text(&first["refresh_token"]))).await;
        road.befallen();
        assert_eq!((answered, road.grant(&second).await.access_tokens.len()), (200, 2), "{fault:?}: {second}");
        let (answered, third) = road.ask(&refresh(text(&second["refresh_token"]))).await;
        assert_eq!(answered, 200, "{fault:?}: {third}");
        road.faults.arrive().await;
        let (answered, fourth) = road.ask(&refresh(text(&third["refresh_token"]))).await;
        assert_eq!(answered, 200, "{fault:?}: a late write brought back what was replaced: {fourth}");
    }
}

#[tokio::test]
async fn r6_a_refresh_that_was_written_and_never_answered_gives_its_pair_to_the_retry() {
    for fault in [Fault::LoseAnswer, Fault::LoseRequest] {
        let road = Road::new("").await;
        let first = road.redeemed().await;
        let form = refresh(text(&first["refresh_token"]));
        (0..OUTAGE).for_each(|_| road.faults.befall("PutItem", fault));
        assert_eq!(road.ask(&form).await.0, 503, "{fault:?}");
        road.faults.forget();
        let (answered, second) = road.ask(&form).await;
        assert_eq!((answered, road.grant(&second).await.access_tokens.len()), (200, 2), "{fault:?}: {second}");
        assert_eq!(status(&road.tollgate, &second["access_token"]).await, 200);
    }
}

#[tokio::test]
async fn a16_a_redemption_that_was_written_and_never_answered_counts_as_redeemed() {
    let road = Road::new("").await;
    let form = redemption(&Consent::default().code(&road.tollgate).await);
    (0..OUTAGE).for_each(|_| road.faults.befall("PutItem", Fault::LoseAnswer));
    assert_eq!(road.ask(&form).await.0, 503);
    road.faults.forget();
    assert_eq!(road.ask(&form).await.1["error"], "invalid_grant");
}

/// The answer to the winner's write is lost, and before it is sent again a copy of the code ends what it gave. The winner
/// is told so, and not given what is over already; it has not taken itself for a copy.
#[tokio::test]
async fn a16_a_redemption_whose_write_was_not_answered_before_a_replay_gives_nothing() {
    let road = Road::new("").await;
    let form = redemption(&Consent::default().code(&road.tollgate).await);
    road.faults.befall("PutItem", Fault::KeepSilent);
    let copy = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        road.tollgate.token(SHOP, &form).await
    };
    let ((status, told), copy) = tokio::join!(road.ask(&form), copy);
    road.befallen();
    assert_eq!((status, &told["error"]), (400, &"invalid_grant".into()), "{told}");
    copy.is(400).says("error", "invalid_grant");
}

/// The answer to a refresh's write is lost; meanwhile the client asks again elsewhere, gets the pair, and uses it. When the
/// write is sent again, the token is two generations old, and yet no copy.
#[tokio::test]
async fn r6_a_refresh_that_others_overtook_twice_while_its_write_was_not_answered_ends_nothing() {
    let road = Road::new("").await;
    let form = refresh(text(&road.redeemed().await["refresh_token"]));
    road.faults.befall("PutItem", Fault::KeepSilent);
    let overtaking = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let second = road.tollgate.token(SHOP, &form).await.is(200).json();
        road.tollgate.token(SHOP, &refresh(text(&second["refresh_token"]))).await.is(200).json()
    };
    let ((answered, told), third) = tokio::join!(road.ask(&form), overtaking);
    road.befallen();
    assert_eq!((answered, &told["error"]), (400, &"invalid_grant".into()), "{told}");
    assert_eq!(status(&road.tollgate, &third["access_token"]).await, 200);
    road.tollgate.token(SHOP, &refresh(text(&third["refresh_token"]))).await.is(200);
    assert_eq!(road.ask(&form).await.1["error"], "invalid_grant");
    assert_eq!(status(&road.tollgate, &third["access_token"]).await, 401, "the same token from the start is a copy");
}

#[tokio::test]
async fn a14_a_redemption_that_was_never_written_can_be_sent_again() {
    let road = Road::new("").await;
    let form = redemption(&Consent::default().code(&road.tollgate).await);
    (0..OUTAGE).for_each(|_| road.faults.befall("PutItem", Fault::LoseRequest));
    assert_eq!(road.ask(&form).await.0, 503);
    road.faults.forget();
    assert_eq!(road.ask(&form).await.0, 200);
}

#[tokio::test]
async fn r4_a_replay_whose_revocation_is_lost_is_unavailable_and_the_next_one_revokes() {
    for fault in [Fault::LoseRequest, Fault::Throttle, Fault::LoseAnswer] {
        let road = Road::new("").await;
        let first = road.redeemed().await;
        let form = refresh(text(&first["refresh_token"]));
        let (_, second) = road.ask(&form).await;
        road.tollgate.clock.advance(60);
        (0..OUTAGE).for_each(|_| road.faults.befall("UpdateItem", fault));
        assert_eq!(road.ask(&form).await.0, 503, "{fault:?}");
        road.faults.forget();
        assert_eq!(road.ask(&form).await.1["error"], "invalid_grant", "{fault:?}");
        assert_eq!(status(&road.tollgate, &second["access_token"]).await, 401, "{fault:?}");
    }
}

#[tokio::test]
async fn without_the_grants_the_answer_is_503_and_nothing_is_lost() {
    let road = Road::new("").await;
    let first = road.redeemed().await;
    let form = refresh(text(&first["refresh_token"]));
    for fault in [Fault::LoseRequest, Fault::LoseAnswer, Fault::Throttle] {
        (0..OUTAGE).for_each(|_| road.faults.befall("GetItem", fault));
        assert_eq!(road.ask(&form).await.0, 503, "{fault:?}");
        road.faults.forget();
    }
    assert_eq!(road.ask(&form).await.0, 200);
}

/// A process that is killed between the pointer of a token and its grant leaves a code that can be redeemed.
#[tokio::test]
async fn a_restart_between_two_writes_leaves_a_code_that_can_be_redeemed() {
    let road = Road::new("    access_token: { format: alnum54 }\n").await;
    let form = redemption(&Consent::default().code(&road.tollgate).await);
    road.faults.befall("PutItem", Fault::Pass);
    (0..OUTAGE).for_each(|_| road.faults.befall("PutItem", Fault::LoseRequest));
    assert_eq!(road.ask(&form).await.0, 503);
    let restarted = endpoint_at(road.tollgate.system.dynamodb, 0, &Arc::<ManualClock>::clone(&road.tollgate.clock));
    let (answered, tokens) = ask_with(&restarted, SHOP, &form).await;
    assert_eq!((answered, road.grant(&tokens).await.access_tokens.len()), (200, 1));
}
