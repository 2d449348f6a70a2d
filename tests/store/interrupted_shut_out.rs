//! Ending what users let clients do, interrupted at each of its requests and run again.

use std::ops::ControlFlow;

use shared::{
    endpoint::{
        self, UserEdit, UserError,
        apply::{Plan, Wanted, plan},
        change_user,
    },
    model::{Grant, GrantKey, User},
    protocol::{ClientId, Secret, Subject, Timestamp},
    store::{Change, Writer},
};
use tests::{Fault, Faults, NOW};

use crate::{
    apply::{keys, parsed},
    owners::listed,
    store::{Store, grant},
};

const BEFORE: &str = "users:
  - { username: amy, password: amy }
  - { username: bob, password: bob }
  - { username: carol, password: carol }
  - { username: dora, password: dora }
";

/// One is switched off, one has another password, and one is gone.
const AFTER: &str = "users:
  - { username: amy, password: amy, enabled: false }
  - { username: bob, password: bob the builder }
  - { username: dora, password: dora }
";

/// Whose grants, to which client.
const GRANTS: [(&str, &str); 5] =
    [("amy", "app"), ("amy", "shop"), ("bob", "shop"), ("carol", "shop"), ("dora", "shop")];

/// The requests that end what somebody let clients do: with faults, each of them once.
const REQUESTS: [(&str, Fault); 7] = [
    ("PutItem", Fault::LoseRequest),
    ("PutItem", Fault::LoseAnswer),
    ("DeleteItem", Fault::LoseRequest),
    ("DeleteItem", Fault::LoseAnswer),
    ("UpdateItem", Fault::LoseRequest),
    ("UpdateItem", Fault::LoseAnswer),
    ("GetItem", Fault::LoseRequest),
];

#[tokio::test]
async fn an_apply_interrupted_anywhere_and_run_again_leaves_no_grant_of_who_is_shut_out() {
    let mut stops = 0;
    for (operation, fault) in REQUESTS {
        for before in 0.. {
            let trial = Trial::new().await;
            let faults = Faults::before(trial.store.database()).await;
            let writer = trial.store.writer_by(faults.address);
            let plan = trial.planned().await;
            (0..before).for_each(|_| faults.befall(operation, Fault::Pass));
            faults.befall_for_good(operation, fault);
            let Err(stopped) = carried_out(plan, &writer).await else { break };
            assert!(stopped.contains("running it again goes on from there"), "{stopped}");
            carried_out(trial.planned().await, &trial.store.writer()).await.unwrap();
            assert_eq!(trial.planned().await.changes(), 0, "{operation} {before} {fault:?}");
            assert_eq!(trial.active().await, [("dora", "shop")], "{operation} {before} {fault:?}");
            stops += 1;
        }
    }
    assert!(stops > 20, "{stops}");
}

#[tokio::test]
async fn a_user_command_interrupted_anywhere_is_finished_by_itself_or_by_the_next_apply() {
    for (operation, fault) in REQUESTS.into_iter().filter(|(operation, _)| *operation != "DeleteItem") {
        for before in 0.. {
            let trial = Trial::new().await;
            let faults = Faults::before(trial.store.database()).await;
            (0..before).for_each(|_| faults.befall(operation, Fault::Pass));
            faults.befall_for_good(operation, fault);
            let edit = || if before % 2 == 0 { UserEdit::Disable } else { UserEdit::Password(secret("other")) };
            let Err(error) = trial.change("amy", edit(), &trial.store.writer_by(faults.address)).await else { break };
            let is_begun = trial.user("amy").await.unwrap().revocation_due;
            let has_ended = !trial.active().await.iter().any(|(owner, _)| *owner == "amy");
            let is_told = matches!(error, UserError::Unrevoked(_));
            assert!(!is_told || is_begun || has_ended, "{operation} {before} {fault:?}: {error}");
            if is_begun && before % 3 == 0 {
                let file = parsed("users: []");
                let wanted = Wanted::of(&file);
                let plan = plan(&wanted, trial.store.writer().reader(), &keys(), &trial.store.world()).await.unwrap();
                assert_eq!(plan.changes(), 1, "the file does not list the user");
                carried_out(plan, &trial.store.writer()).await.unwrap();
            } else {
                trial.change("amy", edit(), &trial.store.writer()).await.unwrap();
            }
            assert!(!trial.user("amy").await.unwrap().revocation_due);
            assert!(!trial.active().await.iter().any(|(owner, _)| *owner == "amy"), "{operation} {before} {fault:?}");
        }
    }
}

#[tokio::test]
async fn switching_on_again_finishes_what_was_begun() {
    let trial = Trial::new().await;
    let faults = Faults::before(trial.store.database()).await;
    faults.befall_for_good("UpdateItem", Fault::LoseRequest);
    let ended = trial.change("amy", UserEdit::Disable, &trial.store.writer_by(faults.address)).await;
    assert!(matches!(ended, Err(UserError::Unrevoked(_))), "{ended:?}");
    assert_eq!(trial.change("amy", UserEdit::Enable, &trial.store.writer()).await.unwrap(), 1, "of the other client");
    assert_eq!(trial.change("amy", UserEdit::Enable, &trial.store.writer()).await.unwrap(), 0);
    let amy = trial.user("amy").await.unwrap();
    assert!(amy.enabled && !amy.revocation_due);
}

#[tokio::test]
async fn what_nobody_let_clients_do_ends_too() {
    let trial = Trial::new().await;
    let carol = trial.store.dynamodb().delete_item().table_name("tollgate-users");
    carol.key("username", aws_sdk_dynamodb::types::AttributeValue::S("carol".into())).send().await.unwrap();
    let writer = trial.store.writer();
    assert_eq!(trial.change("carol", UserEdit::Disable, &writer).await.unwrap(), 1);
    let unknown = trial.change("nobody", UserEdit::Disable, &writer).await;
    assert!(matches!(unknown, Err(UserError::Unknown)), "{unknown:?}");
    assert!(!trial.active().await.iter().any(|(owner, _)| *owner == "carol"));
}

struct Trial {
    store: Store,
}

impl Trial {
    /// Users with grants.
    async fn new() -> Self {
        let store = Store::new().await;
        endpoint::apply(&parsed(BEFORE), &store.writer(), &keys(), &store.world()).await.unwrap();
        let writer = store.writer();
        let file = parsed(BEFORE);
        let wanted = Wanted { prune: true, ..Wanted::of(&file) };
        let alone = plan(&wanted, writer.reader(), &keys(), &store.world()).await.unwrap();
        carried_out(alone, &writer).await.unwrap();
        for (number, (owner, client_id)) in (0..).zip(GRANTS) {
            let (owner, client_id) = (subject(owner), ClientId::parse(client_id).unwrap());
            writer.commit(Change::Index { owner: owner.clone(), client_id: client_id.clone() }).await.unwrap();
            writer.commit(listed(number, (&owner, &client_id))).await.unwrap();
            let grant = Grant { subject: owner, client_id, ..grant(&[number; 16], "token") };
            writer.commit(Change::Issue { grant, attempt: "issue".into() }).await.unwrap();
        }
        Self { store }
    }

    async fn planned(&self) -> Plan {
        let file = parsed(AFTER);
        let wanted = Wanted { prune: true, ..Wanted::of(&file) };
        plan(&wanted, self.store.writer().reader(), &keys(), &self.store.world()).await.unwrap()
    }

    async fn change(&self, username: &str, edit: UserEdit, writer: &Writer) -> Result<usize, UserError> {
        change_user(&subject(username), edit, writer, &self.store.world()).await
    }

    async fn user(&self, username: &str) -> Option<User> {
        self.store.reader(0).user(&subject(username)).await.unwrap().map(|stored| stored.value)
    }

    /// The grants that count.
    async fn active(&self) -> Vec<(&'static str, &'static str)> {
        let (reader, mut active) = (self.store.reader(0), Vec::new());
        for (number, named) in (0..).zip(GRANTS) {
            let seen = reader.grant_at(&GrantKey::of_id(&[number; 16])).await.unwrap().unwrap();
            active.extend(seen.value.revoked_at.is_none_or(|at| at > Timestamp::from_secs(NOW)).then_some(named));
        }
        active
    }
}

/// Carries a plan out, one request at a time: the faults are for the tries of one.
async fn carried_out(plan: Plan, writer: &Writer) -> Result<usize, String> {
    plan.carry_out(writer, 1, |_| ControlFlow::Continue(())).await.map_err(|stopped| stopped.to_string())
}

fn subject(username: &str) -> Subject {
    Subject::parse(username).unwrap()
}

fn secret(text: &str) -> Secret {
    Secret::new(text.into())
}
