//! What a plan says before it is carried out, what it removes, and where it stops.

use std::ops::ControlFlow;

use shared::{
    endpoint::apply::{Action, MemberChange, Plan, Progress, StopCause, Wanted, plan},
    model::Alias,
};

use crate::{
    apply::{apply, keys, parsed},
    store::Store,
};

const FILE: &str = r#"
services:
  - { spkey: bks1, name: books, base_path: /books, backend: "http://127.0.0.1:1", apis: [{ id: a1b2c3d4e5 }] }
applications:
  - name: Reader
    clients:
      - { client_id: picked, client_secret: correct horse, grant_types: [client_credentials], services: [books] }
    api_keys:
      - { name: web, key: first-key-of-the-reader, services: [books] }
users:
  - { username: bob, password: builder }
"#;

async fn planned(store: &Store, text: &str, prune: bool) -> Plan {
    let configuration = parsed(text);
    let wanted = Wanted { prune, ..Wanted::of(&configuration) };
    plan(&wanted, store.writer().reader(), &keys(), &store.world()).await.unwrap()
}

async fn carried_out(store: &Store, plan: Plan) -> usize {
    plan.carry_out(&store.writer(), 4, |_| ControlFlow::Continue(())).await.unwrap()
}

/// Action and thing of each difference, with its members.
fn told(plan: &Plan) -> Vec<String> {
    let differences = plan.differences().map(|difference| {
        let members = difference.members.iter().map(|member| match &member.change {
            MemberChange::Drawn(_) => format!("{} generated", member.path),
            MemberChange::Secret(how) => format!("{} {how}", member.path),
            MemberChange::Ends => format!("{} ends", member.path),
            MemberChange::Value { before, after } => {
                let text = |value: &Option<serde_json::Value>| value.as_ref().map(ToString::to_string);
                format!("{} {} > {}", member.path, text(before).unwrap_or_default(), text(after).unwrap_or_default())
            }
        });
        let members = members.collect::<Vec<_>>().join(", ");
        format!("{:?} {}: {members}", difference.action, difference.what)
    });
    differences.collect()
}

#[tokio::test]
async fn a_plan_names_what_changes_member_by_member_and_no_secret() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    let changed = FILE
        .replace("base_path: /books,", "base_path: /library, access_token: { ttl: 60 },")
        .replace("correct horse", "battery staple")
        .replace("builder", "the builder")
        .replace("first-key-of-the-reader", "second-key-of-the-reader")
        .replace(
            "- name: Reader",
            "- { name: Writer, clients: [{ client_id: drawn, grant_types: [] }] }\n  - name: Reader",
        );
    let told = told(&planned(&store, &changed, false).await);
    assert_eq!(
        told,
        [
            "Change service books: base_path \"/books\" > \"/library\", access_token.ttl  > 60",
            "Create application Writer: name  > \"Writer\"",
            "Remove API key Reader / web: ",
            "Create client drawn: client_id  > \"drawn\", grant_types  > [], application  > \"Writer\", \
             client_secret generated",
            "Change client picked: client_secret changed",
            "Create API key Reader / web: name  > \"web\", services  > [\"books\"], application  > \"Reader\", key given",
            "Change user bob: password changed, what they let clients do ends",
        ]
    );
}

#[tokio::test]
async fn a_plan_without_differences_is_empty() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    assert_eq!(planned(&store, FILE, false).await.changes(), 0);
}

#[tokio::test]
async fn nothing_is_removed_unless_asked_for() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    assert_eq!(planned(&store, "services: []", false).await.changes(), 0);
}

#[tokio::test]
async fn pruning_removes_what_the_file_does_not_list_credentials_before_what_they_name() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    let kept = "users: [{ username: bob, password: builder }]";
    let plan = planned(&store, kept, true).await;
    let whole = told(&plan);
    let position =
        |what: &str| whole.iter().position(|line| line.contains(what)).unwrap_or_else(|| panic!("{whole:?}"));
    assert!(position("API key Reader / web") < position("application Reader"));
    assert!(position("client picked") < position("application Reader"));
    assert!(position("API a1b2c3d4e5") < position("service books"));
    let (server, removed): (Vec<_>, Vec<_>) = plan.differences().partition(|d| d.what == "server, as clients find it");
    assert!(server.len() == 1 && removed.iter().all(|difference| difference.action == Action::Remove), "{whole:?}");
    assert!(!whole.iter().any(|line| line.contains("user bob")), "{whole:?}");
    carried_out(&store, plan).await;
    let snapshot = store.reader(0).snapshot().await.unwrap();
    assert!(snapshot.services.is_empty() && snapshot.clients.is_empty() && snapshot.api_keys.is_empty());
    assert_eq!(snapshot.users.keys().collect::<Vec<_>>(), ["bob"]);
    assert_eq!(planned(&store, kept, true).await.changes(), 0);
}

#[tokio::test]
async fn pruning_and_a_switch_touch_a_credential_once() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    let off = "applications: [{ name: Reader, enabled: false }]";
    carried_out(&store, planned(&store, off, true).await).await;
    assert!(store.reader(0).snapshot().await.unwrap().clients.is_empty());
}

#[tokio::test]
async fn what_another_changed_since_the_plan_stops_it() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    let plan = planned(&store, &FILE.replace("/books,", "/library,"), false).await;
    apply(&store, &FILE.replace("/books,", "/shelf,")).await;
    let stopped = plan.carry_out(&store.writer(), 4, |_| ControlFlow::Continue(())).await.unwrap_err();
    assert_eq!(stopped.written, 0);
    assert!(stopped.to_string().contains("another change came first"), "{stopped}");
    assert_eq!(planned(&store, &FILE.replace("/books,", "/shelf,"), false).await.changes(), 0);
}

#[tokio::test]
async fn a_run_that_is_told_to_stop_says_how_far_it_came_and_the_next_goes_on() {
    let store = Store::new().await;
    let plan = planned(&store, FILE, false).await;
    let all = plan.changes();
    let stopped = plan.carry_out(&store.writer(), 1, |_| ControlFlow::Break(())).await.unwrap_err();
    assert!(matches!(stopped.cause, StopCause::Asked) && (1..all).contains(&stopped.written), "{stopped}");
    assert_eq!(planned(&store, FILE, false).await.changes(), all - stopped.written);
}

#[tokio::test]
async fn a_run_that_is_told_to_stop_by_its_last_write_is_whole() {
    let store = Store::new().await;
    let plan = planned(&store, FILE, false).await;
    let all = plan.changes();
    let last =
        |Progress { written, .. }| if written == all { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    assert_eq!(plan.carry_out(&store.writer(), 1, last).await.unwrap(), all);
}

#[tokio::test]
async fn an_api_that_its_service_lists_no_longer_loses_its_alias() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    let without = FILE.replace(", apis: [{ id: a1b2c3d4e5 }]", "");
    let plan = planned(&store, &without, false).await;
    assert!(told(&plan).contains(&"Remove API a1b2c3d4e5: ".to_owned()), "{:?}", told(&plan));
    carried_out(&store, plan).await;
    assert!(!store.reader(0).snapshot().await.unwrap().aliases.contains_key(&Alias::Api("a1b2c3d4e5".into())));
    assert_eq!(planned(&store, &without, false).await.changes(), 0);
}

/// The resources by which services are found.
async fn resources(store: &Store) -> Vec<String> {
    let aliases = store.reader(0).snapshot().await.unwrap().aliases;
    let resources = aliases.iter().filter(|(alias, _)| matches!(alias, Alias::Resource(_)));
    resources.map(|(alias, led)| format!("{alias} of {}", led.value)).collect()
}

#[tokio::test]
async fn m17_a_service_is_found_by_the_resource_that_it_has_now_and_by_no_earlier_one() {
    let store = Store::new().await;
    let before = resources(&store).await;
    let with = |resource: &str| FILE.replace("apis:", &format!("resource: '{resource}', apis:"));
    for (resource, found) in [
        ("https://api.example.com/books", Some("resource https://api.example.com/books of bks1")),
        ("https://API.example.com/books", Some("resource https://api.example.com/books of bks1")),
        ("https://api.example.com/library/", Some("resource https://api.example.com/library/ of bks1")),
        ("urn:example:books", None),
        ("https://api.example.com/", Some("resource https://api.example.com of bks1")),
    ] {
        carried_out(&store, planned(&store, &with(resource), false).await).await;
        let now: Vec<_> = resources(&store).await.into_iter().filter(|found| !before.contains(found)).collect();
        assert_eq!(now, Vec::from_iter(found), "{resource}");
        assert_eq!(planned(&store, &with(resource), false).await.changes(), 0, "{resource}");
    }
    let another =
        with("https://api.example.com").replace("bks1", "bks2").replace("books", "volumes").replace("a1b2", "z1b2");
    let wanted = parsed(&another);
    let refused = plan(&Wanted::of(&wanted), store.writer().reader(), &keys(), &store.world()).await.unwrap_err();
    assert!(refused.to_string().contains("the resource https://api.example.com, which"), "{refused}");
    carried_out(&store, planned(&store, &another, true).await).await;
    assert_eq!(resources(&store).await, ["resource https://api.example.com of bks2"]);
}

#[tokio::test]
async fn a_stored_service_that_the_file_does_not_list_keeps_its_name_its_path_and_its_apis() {
    let store = Store::new().await;
    apply(&store, FILE).await;
    let another = |name: &str, path: &str, api: &str| {
        format!(
            "services: [{{ spkey: bks2, name: {name}, base_path: {path}, backend: 'http://127.0.0.1:1', \
             apis: [{{ id: {api} }}] }}]"
        )
    };
    for (name, path, api, what) in [
        ("books", "/volumes", "f6g7h8i9j0", "the name books"),
        ("volumes", "/books", "f6g7h8i9j0", "the base_path /books"),
        ("volumes", "/volumes", "a1b2c3d4e5", "the API a1b2c3d4e5"),
    ] {
        let configuration = parsed(&another(name, path, api));
        let wanted = Wanted::of(&configuration);
        let refused = plan(&wanted, store.writer().reader(), &keys(), &store.world()).await.unwrap_err().to_string();
        assert!(refused.starts_with("nothing was written: the stored service books (spkey bks1)"), "{refused}");
        assert!(
            refused.contains(what) && refused.contains("`spkey: bks1`") && refused.contains("--prune"),
            "{refused}"
        );
    }
    let plan = planned(&store, &another("books", "/books", "a1b2c3d4e5"), true).await;
    let told = told(&plan);
    assert!(told.contains(&"Remove service books (spkey bks1): ".to_owned()), "{told:?}");
    assert!(told.iter().any(|line| line.starts_with("Create service books (spkey bks2)")), "{told:?}");
    carried_out(&store, plan).await;
    assert_eq!(store.reader(0).snapshot().await.unwrap().services.keys().collect::<Vec<_>>(), ["bks2"]);
}
