//! `tollgate user`, with the database of a `tollgate dev` in the place of AWS.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::{fs, path::PathBuf};

use tests::Answer;

use crate::running::{Dev, complaint, folder, tollgate, tollgate_told};

const SHOP: (&str, &str) = ("shop", "a secret of the shop");

/// A service and a client that still use the password grant, since it needs no browser.
const FILE: &str = r#"
services:
  - { spkey: bks1, name: books, base_path: /books, backend: "http://127.0.0.1:1", grant_types: [password, refresh_token] }
applications:
  - name: Shop
    clients:
      - { client_id: shop, client_secret: a secret of the shop, grant_types: [password, refresh_token], services: [books] }
users:
  - { username: carol, password: looking-glass }
"#;

/// A system with the file, and the file.
async fn start(name: &str, users: &str) -> (Dev, PathBuf) {
    let file = folder(name).join("tollgate.yaml");
    fs::write(&file, format!("{FILE}{users}")).unwrap();
    (Dev::start(&["--config", file.to_str().unwrap()]).await, file)
}

async fn told(dev: &Dev, arguments: &[&str], input: &str) -> String {
    let output = tollgate_told(arguments, &dev.environment(), input).await;
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

async fn log_in(dev: &Dev, username: &str, password: &str) -> Answer {
    let form = format!("grant_type=password&username={username}&password={password}");
    dev.call("POST", "/oauth2/token").basic(SHOP.0, SHOP.1).form(&form).send().await
}

/// An access token of a user.
async fn token(dev: &Dev, username: &str, password: &str) -> String {
    log_in(dev, username, password).await.is(200).json()["access_token"].as_str().unwrap().to_owned()
}

async fn is_active(dev: &Dev, token: &str) -> bool {
    dev.call("GET", "/oauth2/tokeninfo").bearer(token).send().await.status == 200
}

#[tokio::test]
async fn a_user_is_made_listed_switched_and_given_another_password() {
    let (dev, _) = start("users", "").await;
    let add = ["user", "add", "bob", "--password-stdin", "--name", "Bob", "--role", "admin"];
    assert_eq!(told(&dev, &add, "wrecking-ball\n").await, "bob can log in\n");
    let listed = told(&dev, &["user", "list"], "").await;
    assert_eq!(listed, "bob\tenabled\tBob\t-\tadmin\ncarol\tenabled\t-\t-\t-\n");

    let first = token(&dev, "bob", "wrecking-ball").await;
    let said = told(&dev, &["user", "disable", "bob"], "").await;
    assert_eq!(said, "bob cannot log in any more; 1 grants of theirs have ended\n");
    assert!(!is_active(&dev, &first).await);
    log_in(&dev, "bob", "wrecking-ball").await.is(400);
    assert_eq!(told(&dev, &["user", "enable", "bob"], "").await, "bob can log in\n");
    assert!(!is_active(&dev, &first).await, "what has ended stays so");

    let second = token(&dev, "bob", "wrecking-ball").await;
    let carols = token(&dev, "carol", "looking-glass").await;
    told(&dev, &["user", "passwd", "bob", "--password-stdin"], "destroyer\n").await;
    assert!(!is_active(&dev, &second).await && is_active(&dev, &carols).await);
    log_in(&dev, "bob", "wrecking-ball").await.is(400);
    token(&dev, "bob", "destroyer").await;
}

#[tokio::test]
async fn what_a_user_granted_is_taken_back_without_the_login() {
    let (dev, _) = start("revoked", "").await;
    let first = token(&dev, "carol", "looking-glass").await;
    let said = complaint(&["user", "revoke", "carol", "--client", "shop2"], &dev.environment()).await;
    assert!(said.contains("user carol: this client was never let do anything"), "{said}");
    assert!(is_active(&dev, &first).await);
    let revoke = ["user", "revoke", "carol", "--client", "shop"];
    assert_eq!(
        told(&dev, &revoke, "").await,
        "1 grants of carol have ended
"
    );
    assert!(!is_active(&dev, &first).await);
    let second = token(&dev, "carol", "looking-glass").await;
    told(&dev, &["user", "revoke", "carol"], "").await;
    assert!(!is_active(&dev, &second).await);
    token(&dev, "carol", "looking-glass").await;
    let said = complaint(&["user", "revoke", "nobody"], &dev.environment()).await;
    assert!(said.contains("user nobody: there is no such user"), "{said}");
}

#[tokio::test]
async fn t19_a_user_has_no_name_of_a_client_and_a_client_none_of_a_user() {
    let (dev, file) = start("namesakes", "").await;
    let add = |name: &'static str| ["user", "add", name, "--password-stdin"];
    let output = tollgate_told(&add("shop"), &dev.environment(), "an-unlikely-password\n").await;
    assert!(String::from_utf8(output.stderr).unwrap().contains("user shop: a client has this name"));
    let output = tollgate_told(&add("carol"), &dev.environment(), "an-unlikely-password\n").await;
    assert!(String::from_utf8(output.stderr).unwrap().contains("user carol: there is such a user already"));

    told(&dev, &add("kiosk"), "an-unlikely-password\n").await;
    fs::write(&file, FILE.replace("users:", "      - { client_id: kiosk, services: [books] }\nusers:")).unwrap();
    let said = complaint(&["diff", file.to_str().unwrap()], &dev.environment()).await;
    assert!(said.contains("the client kiosk of the file has the name of a stored user"), "{said}");
    fs::write(&file, format!("{FILE}  - {{ username: shop2 }}\n").replace("client_id: shop,", "client_id: shop3,"))
        .unwrap();
    told(&dev, &["apply", file.to_str().unwrap(), "--yes"], "").await;
    fs::write(&file, format!("{FILE}  - {{ username: shop3 }}\n")).unwrap();
    let said = complaint(&["diff", file.to_str().unwrap()], &dev.environment()).await;
    assert!(said.contains("the user shop3 of the file has the name of a stored client"), "{said}");
}

#[tokio::test]
async fn nobody_is_changed_without_a_name_or_a_password() {
    let (dev, _) = start("no-user", "").await;
    let said = complaint(&["user", "disable", "nobody"], &dev.environment()).await;
    assert!(said.contains("user nobody: there is no such user"), "{said}");
    let output = tollgate_told(&["user", "passwd", "carol"], &dev.environment(), "an-unlikely-password\n").await;
    assert!(String::from_utf8(output.stderr).unwrap().contains("--password-stdin"));
    let output = tollgate_told(&["user", "passwd", "carol", "--password-stdin"], &dev.environment(), "\n").await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("found an empty password, expected one of 8 characters or more"), "{said}");
    let output = tollgate_told(&["user", "add", "bob", "--password-stdin"], &dev.environment(), "builder\n").await;
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("found a password of 7 characters") && !said.contains("builder"), "{said}");
    token(&dev, "carol", "looking-glass").await;
}

#[tokio::test]
async fn apply_ends_what_a_user_granted_with_the_login() {
    let (dev, file) = start("apply-users", "  - { username: bob, password: wrecking-ball }\n").await;
    let apply = async |users: &str| {
        fs::write(&file, format!("{FILE}{users}")).unwrap();
        told(&dev, &["apply", file.to_str().unwrap(), "--yes", "--prune"], "").await
    };
    let mut tokens = vec![token(&dev, "bob", "wrecking-ball").await];
    apply("  - { username: bob, password: wrecking-ball, name: Bob }\n").await;
    assert!(is_active(&dev, &tokens[0]).await, "another name ends nothing");
    apply("  - { username: bob, password: destroyer, name: Bob }\n").await;
    tokens.push(token(&dev, "bob", "destroyer").await);
    assert!(!is_active(&dev, &tokens[0]).await);
    apply("  - { username: bob, enabled: false, name: Bob }\n").await;
    assert!(!is_active(&dev, &tokens[1]).await);
    apply("  - { username: bob, name: Bob }\n").await;
    tokens.push(token(&dev, "bob", "destroyer").await);
    apply("").await;
    assert!(!is_active(&dev, &tokens[2]).await, "a user who is removed");
    assert!(tollgate(&["user", "list"], &dev.environment()).await.stdout.starts_with(b"carol"));
}
