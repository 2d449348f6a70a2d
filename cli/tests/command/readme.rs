//! What README prints of a command is what the command prints.

use std::fs;

use cli::dev::demo;

use crate::running::{Dev, tollgate_told};

/// The block of README with this command: the lines before it, and those after.
fn block(command: &str) -> (String, Vec<String>) {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).expect("there is a README");
    let blocks = readme.split("```\n").skip(1).step_by(2);
    let block = blocks.into_iter().find(|block| block.contains(command)).expect("README shows the command");
    let (before, after) = block.split_once(command).expect("it was found");
    let printed = after.lines().skip(1).map(str::to_owned).collect();
    (before.to_owned(), printed)
}

#[tokio::test]
async fn the_readme_shows_what_explain_prints_about_the_token_that_it_names() {
    let (before, shown) = block("cargo run -q -- explain --service orders --method POST --path /42");
    assert!(before.contains(&format!("$ READ={}\n$ echo \"$READ\" | ", demo::READ_ONLY_TOKEN)), "{before}");
    let dev = Dev::start(&[]).await;
    let call = ["explain", "--service", "orders", "--method", "POST", "--path", "/42"];
    let output = tollgate_told(&call, &dev.environment(), demo::READ_ONLY_TOKEN).await;
    let printed = String::from_utf8(output.stdout).unwrap();
    let mut lines = printed.lines();
    for line in shown.iter().filter(|line| !["…", ""].contains(&line.as_str())) {
        assert!(lines.any(|printed| printed == line), "README shows {line}\nand the command prints\n{printed}");
    }
}
