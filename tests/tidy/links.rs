//! Links between documents lead somewhere.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::sources::root;

/// Every document of the repository, build results aside.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != "node_modules" && !name.starts_with('.') {
            found.extend(documents(&path));
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
    found
}

/// The targets of `[text](target)` and `[name]: target` that are no URL, without anchors; code blocks aside.
fn targets(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2);
    let inline = prose.clone().flat_map(|part| part.split("](").skip(1).filter_map(|rest| rest.split(')').next()));
    let named =
        prose.flat_map(str::lines).filter_map(|line| line.strip_prefix('[')?.split_once("]: ")).map(|(_, to)| to);
    let path = |target: &str| target.find('#').unwrap_or(target.len());
    let is_url = |target: &&str| target.contains("://") || target.starts_with("mailto:");
    let targets = inline.chain(named).filter(|target| !is_url(target));
    targets.map(|target| &target[..path(target)]).filter(|target| !target.is_empty()).collect()
}

#[test]
fn a_link_between_documents_leads_to_a_file_that_is_there() {
    let mut seen = 0;
    for document in documents(&root()) {
        let text = fs::read_to_string(&document).unwrap();
        for target in targets(&text) {
            assert!(document.parent().unwrap().join(target).exists(), "{}: {target}", document.display());
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen} links were seen: are the documents still where they were?");
}

#[test]
fn links_are_found_in_prose_and_not_in_code() {
    let text = "[a](docs/a.md#b) [c](#d) [e](https://e.example/)\n```\n[x](y)\n```\n[f]: ../g.md\n";
    assert_eq!(targets(text), ["docs/a.md", "../g.md"]);
}
