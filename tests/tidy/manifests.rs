//! Every version of a dependency stands once, in the workspace's manifest.

use std::fs;

use super::sources::root;

/// The dependency lines of a manifest: name and what is said of it.
fn dependencies(manifest: &str) -> Vec<(&str, &str)> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in manifest.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
        } else if inside && let Some((name, what)) = line.split_once('=') {
            found.push((name.trim(), what.trim()));
        }
    }
    found
}

#[test]
fn a_crate_takes_every_version_from_the_workspace() {
    let functions = fs::read_dir(root().join("functions")).unwrap().map(|entry| entry.unwrap().path());
    let others = ["shared", "pages", "gateway", "cli", "tests", "bench", "bench/handlers/empty", "bench/handlers/bare"]
        .map(|name| root().join(name));
    let mut seen = 0;
    for folder in functions.chain(others) {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        for (name, what) in dependencies(&manifest) {
            let from_workspace = name.ends_with(".workspace") || what.starts_with("{ workspace = true");
            assert!(from_workspace, "{}: {name} = {what}", folder.display());
            seen += 1;
        }
    }
    assert!(seen > 50, "{seen} dependencies were seen: are the manifests still where they were?");
}

#[test]
fn a_version_of_its_own_would_be_seen() {
    let manifest =
        "[package]\nname = \"a\"\n[dev-dependencies]\nhttp = \"1\"\n# x = 2\nurl.workspace = true\n[lints]\nb = 1";
    assert_eq!(dependencies(manifest), [("http", "\"1\""), ("url.workspace", "true")]);
}
