//! Many applications in one file, each with a client and an API key whose secrets are generated.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::{
    fmt::Write,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use crate::running::{Dev, command, folder};

#[tokio::test]
async fn five_hundred_applications_are_written_once() {
    let [first, second] = applied(500).await;
    assert!(first.printed.ends_with("\n1501 written\n"));
    assert_eq!(first.printed.lines().filter(|line| line.starts_with("generated for ")).count(), 1_000);
    assert!(second.printed.ends_with("0 to remove\nnothing to write\n"), "{}", second.printed);
}

/// The numbers of docs/apply.md.
#[tokio::test]
#[ignore = "takes minutes: cargo test -p cli --test command ten_thousand_applications -- --ignored --nocapture"]
async fn ten_thousand_applications_are_applied_again_within_a_minute() {
    let [first, second] = applied(10_000).await;
    for (name, run) in [("first", &first), ("second", &second)] {
        println!("{name} run: {:.1} s, {} MB at most", run.time.as_secs_f64(), run.peak_kb / 1_024);
    }
    assert!(second.printed.ends_with("nothing to write\n"));
    assert!(second.time < Duration::from_secs(60));
    assert!(first.peak_kb < 256 * 1_024 && second.peak_kb < 256 * 1_024);
}

/// One run of `tollgate apply`.
struct Run {
    printed: String,
    time: Duration,
    peak_kb: usize,
}

/// Applies a file of so many applications twice.
async fn applied(applications: usize) -> [Run; 2] {
    let dev = Dev::start(&[]).await;
    let folder = folder(&format!("many-{applications}"));
    let file = folder.join("tollgate.yaml");
    fs::write(&file, configuration(applications)).unwrap();
    [run(&dev, &file).await, run(&dev, &file).await]
}

fn configuration(applications: usize) -> String {
    let mut text =
        "services: [{ name: books, base_path: /books, backend: 'http://127.0.0.1:1' }]\napplications:\n".to_owned();
    for number in 0..applications {
        writeln!(
            text,
            "  - name: Application {number}\n    clients:\n      - client_id: client-{number}\n        \
             grant_types: [client_credentials]\n        services: [books]\n    api_keys:\n      \
             - {{ name: web }}"
        )
        .unwrap();
    }
    text
}

async fn run(dev: &Dev, file: &Path) -> Run {
    let started = Instant::now();
    let output = file.with_extension("out");
    let mut command = command(&["apply", "--yes", file.to_str().unwrap()]);
    let stdout = fs::File::create(&output).unwrap();
    let mut process = command.envs(dev.environment()).stdout(stdout).spawn().unwrap();
    let status = format!("/proc/{}/status", process.id().unwrap());
    let mut peak_kb = 0;
    let ended = loop {
        if let Ok(ended) = tokio::time::timeout(Duration::from_millis(20), process.wait()).await {
            break ended.unwrap();
        }
        peak_kb = peak(&status).unwrap_or(peak_kb);
    };
    assert!(ended.success());
    Run { printed: fs::read_to_string(output).unwrap(), time: started.elapsed(), peak_kb }
}

/// The most memory that a process has had, in kB, as Linux tells it.
fn peak(status: &str) -> Option<usize> {
    let status = fs::read_to_string(status).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
