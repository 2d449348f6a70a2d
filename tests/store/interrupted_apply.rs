//! Applying a configuration, interrupted at each of its writes and run again.

use std::{collections::BTreeMap, ops::ControlFlow};

use shared::{
    endpoint::{
        self, ApplyError, DrawnSecret,
        apply::{IN_FLIGHT, Plan, Progress, Wanted, plan},
    },
    model::{Authorizer, ValidationMethod},
    protocol::{Secret, Spkey},
    store::{Snapshot, Writer},
};
use tests::{Fault, Faults};

use crate::{
    apply::{key, keys, parsed},
    store::Store,
};

const BEFORE: &str = r#"
services:
  - name: books
    base_path: /books
    backend: http://127.0.0.1:1
    resource: https://api.example.com/books
    apis: [{ id: a1b2c3d4e5 }, { id: z1y2x3w4v5 }]
  - name: asked
    base_path: /asked
    backend: http://127.0.0.1:1
    authorizer: introspection
    validation: { method: introspection, client_id: us, client_secret: at-the-provider }
    token_validation_uri: { defaultURI: "http://127.0.0.1:1/introspect" }
applications:
  - name: Reader
    clients:
      - { client_id: picked, client_secret: tgs_correct-horse, grant_types: [client_credentials], services: [books] }
    api_keys:
      - { name: web, key: first-key-of-the-reader, services: [asked] }
      - { name: phone, key: third-key-of-the-reader, services: [asked] }
users:
  - { username: bob, password: bob }
"#;

/// A service, a client, an API key, an application and a user more; an alias and an API key elsewhere, an alias less; the
/// rest changed.
const AFTER: &str = r#"
services:
  - name: books
    base_path: /volumes
    backend: http://127.0.0.1:1
    resource: https://api.example.com/volumes
    apis: [{ id: f6g7h8i9j0 }]
  - { name: library, base_path: /library, backend: "http://127.0.0.1:1", apis: [{ id: a1b2c3d4e5 }] }
  - name: asked
    base_path: /asked
    backend: http://127.0.0.1:1
    authorizer: introspection
    validation: { method: introspection, client_id: us, client_secret: another-at-the-provider }
    token_validation_uri: { defaultURI: "http://127.0.0.1:1/introspect" }
applications:
  - name: Reader
    clients:
      - { client_id: picked, client_secret: tgs_battery-staple, grant_types: [client_credentials], services: [library] }
      - { client_id: drawn, grant_types: [client_credentials], services: [books, library] }
    api_keys:
      - { name: web, key: second-key-of-the-reader, services: [asked] }
      - { name: new, services: [asked] }
  - name: Writer
    api_keys:
      - { name: phone, key: third-key-of-the-reader, services: [asked] }
users:
  - { username: bob, password: bob the builder }
  - { username: eve }
"#;

/// Every secret of the two files.
const WRITTEN: [&str; 9] = [
    "at-the-provider",
    "another-at-the-provider",
    "tgs_correct-horse",
    "tgs_battery-staple",
    "first-key-of-the-reader",
    "second-key-of-the-reader",
    "third-key-of-the-reader",
    "bob",
    "bob the builder",
];

#[tokio::test]
async fn interrupted_at_any_write_and_run_again_it_ends_where_one_run_ends() {
    let whole = Trial::new(BEFORE, AFTER).await;
    let (shown, writes) = whole.finish().await;
    let expected = whole.state(shown).await;
    let expects = |part: &str| expected.iter().any(|line| line.contains(part));
    assert!(
        expects("client drawn of Reader")
            && expects("API a1b2c3d4e5 of library")
            && !expects("z1y2x3w4v5")
            && expects("resource https://api.example.com/volumes of books")
            && !expects("example.com/books"),
        "{expected:#?}"
    );
    let mut stops = 0;
    for operation in ["PutItem", "DeleteItem"] {
        for fault in [Fault::LoseRequest, Fault::LoseAnswer] {
            for before in 0.. {
                let trial = Trial::new(BEFORE, AFTER).await;
                let Some(mut shown) = trial.interrupt(operation, before, fault).await else { break };
                trial.names_only_what_is_there().await;
                shown.extend(trial.finish().await.0);
                assert_eq!(trial.state(shown).await, expected, "{operation} {before} {fault:?}");
                stops += 1;
            }
        }
    }
    assert_eq!(stops, 2 * (writes + 1), "every write was lost once, and once its answer; two are of bob's password");
}

const ONE_CLIENT: &str = "applications:
  - { name: one, clients: [{ client_id: a, grant_types: [client_credentials] }] }
";

#[tokio::test]
async fn a_secret_whose_write_has_no_answer_is_shown_with_doubt() {
    for (fault, is_drawn_again) in [(Fault::LoseAnswer, false), (Fault::LoseRequest, true)] {
        let trial = Trial { store: Store::new().await, file: ONE_CLIENT, prune: false };
        let shown = trial.interrupt("PutItem", 1, fault).await.unwrap();
        assert!(matches!(shown.as_slice(), [DrawnSecret { confirmed: false, .. }]), "{fault:?} {shown:?}");
        let (again, _) = trial.finish().await;
        assert_eq!(again.iter().any(|secret| secret.confirmed), is_drawn_again, "{fault:?} {again:?}");
    }
}

#[tokio::test]
async fn of_two_runs_at_the_same_time_only_the_one_whose_secret_counts_shows_it() {
    let trial = Trial { store: Store::new().await, file: "applications: [{ name: one }]", prune: false };
    trial.finish().await;
    let file = parsed(ONE_CLIENT);
    let (writer, key, world) = (trial.store.writer(), keys(), trial.store.world());
    let run = || endpoint::apply(&file, &writer, &key, &world);
    let (one, other) = tokio::join!(run(), run());
    let shown = [one, other].map(|run| match run {
        Ok(done) | Err(ApplyError::Write { done, .. }) => done.drawn,
        Err(error) => panic!("{error}"),
    });
    let [shown]: [DrawnSecret; 1] =
        Vec::from_iter(shown.into_iter().flatten()).try_into().unwrap_or_else(|shown| panic!("{shown:?}"));
    let stored = trial.snapshot().await.clients["a"].value.secrets[0].digest.clone();
    assert!(shown.confirmed && stored.matches(&shown.secret));
}

/// A store that is to be made so.
struct Trial {
    store: Store,
    file: &'static str,
    prune: bool,
}

impl Trial {
    /// A store with what one file says, that is to become what another says.
    async fn new(before: &str, file: &'static str) -> Self {
        let store = Store::new().await;
        endpoint::apply(&parsed(before), &store.writer(), &keys(), &store.world()).await.unwrap();
        Self { store, file, prune: false }
    }

    async fn planned(&self, writer: &Writer) -> Plan {
        let file = parsed(self.file);
        let wanted = Wanted { prune: self.prune, ..Wanted::of(&file) };
        plan(&wanted, writer.reader(), &keys(), &self.store.world()).await.unwrap()
    }

    /// Applies the file with a fault that outlasts the SDK's tries, after so many writes; gives what was shown. `None`
    /// = there are no more writes.
    async fn interrupt(&self, operation: &'static str, after: usize, fault: Fault) -> Option<Vec<DrawnSecret>> {
        let faults = Faults::before(self.store.database()).await;
        let writer = self.store.writer_by(faults.address);
        let plan = self.planned(&writer).await;
        (0..after).for_each(|_| faults.befall(operation, Fault::Pass));
        faults.befall_for_good(operation, fault);
        let mut drawn = Vec::new();
        let told = |progress: Progress| {
            drawn.extend(progress.drawn);
            ControlFlow::Continue(())
        };
        // One write at a time: the faults are for the tries of one.
        plan.carry_out(&writer, 1, told).await.err().map(|_| drawn)
    }

    /// Runs to the end, and once more for nothing; gives what was shown and how much was written.
    async fn finish(&self) -> (Vec<DrawnSecret>, usize) {
        let mut drawn = Vec::new();
        let told = |progress: Progress| {
            drawn.extend(progress.drawn);
            ControlFlow::Continue(())
        };
        let writer = self.store.writer();
        let written = self.planned(&writer).await.carry_out(&writer, IN_FLIGHT, told).await.unwrap();
        assert_eq!(self.planned(&writer).await.changes(), 0);
        (drawn, written)
    }

    async fn snapshot(&self) -> Snapshot {
        self.store.reader(0).snapshot().await.unwrap()
    }

    async fn names_only_what_is_there(&self) {
        let snapshot = self.snapshot().await;
        let clients = snapshot.clients.values().flat_map(|client| &client.value.services);
        let keys = snapshot.api_keys.values().flat_map(|key| &key.value.services);
        let aliases = snapshot.aliases.values().map(|alias| &alias.value);
        for spkey in clients.chain(keys).chain(aliases) {
            assert!(snapshot.services.contains_key(spkey.as_str()), "{spkey} is no service");
        }
    }

    /// What is stored, in words that do not depend on what was drawn: a secret is one of the files, or one shown.
    async fn state(&self, shown: Vec<DrawnSecret>) -> Vec<String> {
        let snapshot = self.snapshot().await;
        let shown = shown.into_iter().map(|drawn| (format!("shown for {}", drawn.owner), drawn.secret));
        let written = WRITTEN.map(|text| (text.to_owned(), Secret::new(text.into())));
        let known = Known {
            secrets: shown.chain(written).collect(),
            services: snapshot.services.iter().map(|(spkey, s)| (spkey.as_str(), s.value.name.as_str())).collect(),
        };
        let mut lines = known.services(&snapshot);
        lines.extend(known.clients(&snapshot));
        lines.extend(known.api_keys(&snapshot));
        lines.extend(known.users(&snapshot));
        lines.sort();
        lines
    }
}

/// What a stored digest or spkey stands for.
struct Known<'a> {
    secrets: Vec<(String, Secret)>,
    services: BTreeMap<&'a str, &'a str>,
}

impl Known<'_> {
    fn name(&self, matches: impl Fn(&str, &Secret) -> bool) -> &str {
        self.secrets
            .iter()
            .find(|(name, secret)| matches(name, secret))
            .map_or("a secret that nobody knows", |(name, _)| name)
    }

    fn names(&self, spkeys: &[Spkey]) -> Vec<&str> {
        spkeys.iter().map(|spkey| self.services[spkey.as_str()]).collect()
    }

    fn services(&self, snapshot: &Snapshot) -> Vec<String> {
        let services = snapshot.services.values().map(|stored| {
            let (service, revision) = (&stored.value, stored.revision);
            let sealed = match &service.authorizer {
                Authorizer::Introspection(policy) => match &policy.method {
                    ValidationMethod::Introspection { client_secret, .. } => {
                        let place = format!("spkey#{}", service.spkey);
                        key().open(client_secret, &place).map(|secret| secret.expose().to_owned()).ok()
                    }
                    ValidationMethod::Bearer { .. } => None,
                },
                _ => None,
            };
            format!("service {} at {} with {sealed:?}, revision {revision}", service.name, service.base_path.prefix())
        });
        // The demo's own resources are at another port each time.
        let aliases = snapshot.aliases.iter().map(|(alias, led)| (alias.to_string(), led));
        let aliases = aliases.filter(|(alias, _)| !alias.contains("//127.0.0.1:"));
        let aliases = aliases
            .map(|(alias, led)| format!("{alias} of {}, revision {}", self.services[led.value.as_str()], led.revision));
        services.chain(aliases).collect()
    }

    fn clients(&self, snapshot: &Snapshot) -> Vec<String> {
        let applications = snapshot
            .applications
            .iter()
            .map(|(name, stored)| format!("application {name}, revision {}", stored.revision));
        let clients = snapshot.clients.values().filter(|stored| stored.value.application.as_str() != "Shop");
        let clients = clients.map(|stored| {
            let (client, revision) = (&stored.value, stored.revision);
            let secrets: Vec<&str> =
                client.secrets.iter().map(|kept| self.name(|_, secret| kept.digest.matches(secret))).collect();
            let services = self.names(&client.services);
            let (id, application) = (&client.client_id, &client.application);
            format!("client {id} of {application} for {services:?} with {secrets:?}, revision {revision}")
        });
        applications.chain(clients).collect()
    }

    fn api_keys(&self, snapshot: &Snapshot) -> Vec<String> {
        let keys = snapshot.api_keys.values().filter(|stored| stored.value.application.as_str() != "Shop");
        let keys = keys.map(|stored| {
            let (key, revision) = (&stored.value, stored.revision);
            let (services, secret) = (self.names(&key.services), self.name(|_, secret| secret.digest() == key.digest));
            format!("API key {} / {} for {services:?}: {secret}, revision {revision}", key.application, key.name)
        });
        keys.collect()
    }

    fn users(&self, snapshot: &Snapshot) -> Vec<String> {
        let users = snapshot.users.values().filter(|stored| stored.value.username.as_str() != "alice");
        let users = users.map(|stored| {
            let (username, password) = (stored.value.username.as_str(), &stored.value.password);
            let secret = self.name(|name, secret| name.contains(username) && password.matches(secret));
            format!("user {username} with {secret}, revision {}", stored.revision)
        });
        users.collect()
    }
}
