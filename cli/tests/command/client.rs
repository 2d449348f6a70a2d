//! `tollgate client`, with the database of a `tollgate dev` in the place of AWS.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::fs;

use crate::running::{Dev, complaint, folder, tollgate};

const FILE: &str = r#"
services:
  - { spkey: bks1, name: books, base_path: /books, backend: "http://127.0.0.1:1" }
applications:
  - name: Reader
    clients:
      - { client_id: reader, grant_types: [client_credentials], services: [books] }
      - { client_id: app, token_endpoint_auth_method: none, redirect_uris: ["http://127.0.0.1:4000/cb"], services: [books] }
"#;

/// The secret that a run shows once.
async fn shown(dev: &Dev, arguments: &[&str]) -> String {
    let output = tollgate(arguments, &dev.environment()).await;
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let secret = text.lines().find_map(|line| line.strip_prefix("generated for client reader, shown once: "));
    secret.unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[tokio::test]
async fn two_secrets_count_for_the_overlap_and_the_log_tells_who_uses_the_older() {
    let folder = folder("rotation");
    let (file, log) = (folder.join("tollgate.yaml"), folder.join("decisions.log"));
    fs::write(&file, FILE).unwrap();
    let dev = Dev::start(&["--log", log.to_str().unwrap()]).await;
    let apply = ["apply", file.to_str().unwrap(), "--yes"];
    let first = shown(&dev, &apply).await;
    let rotate = ["client", "secret", "rotate", "reader"];
    let second = shown(&dev, &rotate).await;
    assert!(second.starts_with("tgs_") && second != first);
    for secret in [&first, &second] {
        dev.token(("reader", secret)).await.is(200);
    }
    let lines = fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = lines.lines().filter(|line| line.contains(r#""decision":"issued""#)).collect();
    let uses_the_older =
        |line: &&str| line.contains(r#""secret_ends":"20"#) && line.contains(r#""older_secret_used":1"#);
    assert_eq!(lines.iter().map(uses_the_older).collect::<Vec<_>>(), [true, false], "{lines:?}");

    let said = complaint(&rotate, &dev.environment()).await;
    assert!(said.contains("client reader: two of its secrets count already: wait until 20"), "{said}");
    let again = tollgate(&apply, &dev.environment()).await;
    assert!(String::from_utf8(again.stdout).unwrap().contains("nothing to write"), "the file keeps both");

    let third = shown(&dev, &[&rotate[..], &["--overlap", "0s"]].concat()).await;
    for (secret, status) in [(&first, 401), (&second, 401), (&third, 200)] {
        dev.token(("reader", secret)).await.is(status);
    }
}

#[tokio::test]
async fn who_has_no_secret_gets_none() {
    let file = folder("no-rotation").join("tollgate.yaml");
    fs::write(&file, FILE).unwrap();
    let dev = Dev::start(&[]).await;
    shown(&dev, &["apply", file.to_str().unwrap(), "--yes"]).await;
    let said = complaint(&["client", "secret", "rotate", "app"], &dev.environment()).await;
    assert!(said.contains("client app: it has no secrets, because of its token_endpoint_auth_method"), "{said}");
    let said = complaint(&["client", "secret", "rotate", "nobody"], &dev.environment()).await;
    assert!(said.contains("client nobody: there is no such client"), "{said}");
    let said = tollgate(&["client", "secret", "rotate", "app", "--overlap", "soon"], &[]).await;
    assert!(String::from_utf8(said.stderr).unwrap().contains("such as 90m"));
}

#[tokio::test]
async fn a_rotation_that_the_next_apply_would_undo_is_warned_of() {
    let file = folder("rotation-of-a-file").join("tollgate.yaml");
    let given = |members: &str| FILE.replace("client_id: reader,", &format!("client_id: reader, {members}"));
    fs::write(&file, given("client_secret: first-of-a-generator, client_secret_generated: true,")).unwrap();
    let dev = Dev::start(&[]).await;
    let apply = ["apply", file.to_str().unwrap(), "--yes"];
    let run = async |arguments: &[&str]| {
        let output = tollgate(arguments, &dev.environment()).await;
        assert!(output.status.success(), "{output:?}");
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap())
    };
    let rotate = ["client", "secret", "rotate", "reader"];
    let warning = "warning: a file gave the older secret";
    run(&apply).await;
    for overlap in [&["--overlap", "0s"][..], &[]] {
        run(&apply).await;
        dev.token(("reader", "first-of-a-generator")).await.is(200);
        let [_, told] = run(&[&rotate[..], overlap].concat()).await;
        assert!(told.contains(warning), "{overlap:?}: {told}");
    }
    fs::write(&file, FILE).unwrap();
    assert!(run(&apply).await[0].contains("nothing to write"), "omitted secrets are kept");
    for is_warned in [true, false] {
        let [_, told] = run(&[&rotate[..], &["--overlap", "0s"]].concat()).await;
        assert_eq!(told.contains(warning), is_warned, "the first ends the file's secret: {told}");
    }
}
