//! A whole Tollgate on a free port, a service behind it, and a person who allows what applications ask for.

use std::{
    env,
    error::Error,
    fs,
    io::{BufRead, BufReader, Read, Write, copy, sink},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use reqwest::{Url, blocking::Client, redirect::Policy};
use serde_json::Value;
use tempfile::TempDir;

/// A result of a test, which fails with what went wrong.
pub type Tested<T = ()> = Result<T, Box<dyn Error>>;

/// A running `tollgate dev`, ended when it is dropped.
pub struct Tollgate {
    program: Child,
    /// What it tells of itself (RFC 8414).
    pub metadata: Value,
    _configuration: TempDir,
}

impl Tollgate {
    /// Starts one and reads its metadata.
    pub fn start() -> Tested<Self> {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a package stands in a folder");
        let text = fs::read_to_string(tests.join("configuration.yaml"))?;
        let text = text.replace("PUBLIC_KEY", PUBLIC_KEY).replace("BACKEND", &backend()?);
        let configuration = tempfile::tempdir()?;
        let file = configuration.path().join("configuration.yaml");
        fs::write(&file, text)?;

        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| tests.join("../../target"), PathBuf::from);
        let mut command = Command::new(target.join("debug/tollgate"));
        command.args(["dev", "--port", "0", "--config"]).arg(&file).stdout(Stdio::piped());
        let mut program = command.env("ALICE_PASSWORD", PASSWORD).env("CLIENT_SECRET", SECRET).spawn()?;
        let mut lines = BufReader::new(program.stdout.take().expect("standard output is a pipe"));
        let mut line = String::new();
        let issuer = loop {
            line.clear();
            if lines.read_line(&mut line)? == 0 {
                return Err("tollgate ended before it was ready".into());
            }
            if let Some(url) = line.trim_end().strip_prefix("tollgate ready on ") {
                break url.to_owned();
            }
        };
        thread::spawn(move || copy(&mut lines, &mut sink()));
        let metadata = format!("{issuer}/.well-known/oauth-authorization-server");
        let metadata: Value = reqwest::blocking::get(metadata)?.json()?;
        assert_eq!(metadata["issuer"], issuer);
        Ok(Self { program, metadata, _configuration: configuration })
    }

    /// An endpoint of the metadata, or another member that is a text.
    pub fn told(&self, member: &str) -> String {
        self.metadata[member].as_str().unwrap_or_else(|| panic!("the metadata has no {member}")).to_owned()
    }

    /// The status of a call of the service with a token.
    pub fn call(&self, token: &str) -> Tested<u16> {
        let url = format!("{}/orders/1", self.told("issuer"));
        Ok(Client::new().get(url).bearer_auth(token).send()?.status().as_u16())
    }
}

impl Drop for Tollgate {
    fn drop(&mut self) {
        drop(self.program.kill());
        drop(self.program.wait());
    }
}

/// The address of a service that answers every call.
fn backend() -> Tested<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let asked = stream.read(&mut [0; 4_096]);
            drop(asked.and_then(|_| stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")));
        }
    });
    Ok(address)
}

/// Goes where an application sends a person, signs in, allows it; gives the URL at the application where that ends.
pub fn allow(request: Url) -> Tested<Url> {
    let browser = Client::builder().cookie_store(true).redirect(Policy::none()).build()?;
    let (mut url, mut page) = visit(&browser, request, None)?;
    for fields in [&[("username", "alice"), ("password", PASSWORD)][..], &[("decision", "allow")]] {
        if let Some(text) = page {
            let form = text.rsplit("<form ").next().expect("a text has a last part");
            let inputs = form.split("<input type=\"hidden\"").skip(1);
            let mut named: Vec<_> = inputs.map(|input| (attribute(input, "name"), attribute(input, "value"))).collect();
            named.extend(fields.iter().map(|(name, value)| (name.to_string(), value.to_string())));
            (url, page) = visit(&browser, url.join(&attribute(form, "action"))?, Some(&named))?;
        }
    }
    assert!(page.is_none(), "the pages end at the application, not at {page:?}");
    Ok(url)
}

/// Follows redirects on the server, to a page or to where they leave it.
fn visit(browser: &Client, mut url: Url, form: Option<&[(String, String)]>) -> Tested<(Url, Option<String>)> {
    let server = url.origin();
    let mut answer = match form {
        Some(form) => browser.post(url.clone()).form(form),
        None => browser.get(url.clone()),
    }
    .send()?;
    while answer.status() == 303 {
        url = url.join(answer.headers()["location"].to_str()?)?;
        if url.origin() != server {
            return Ok((url, None));
        }
        answer = browser.get(url.clone()).send()?;
    }
    Ok((url, Some(answer.error_for_status()?.text()?)))
}

fn attribute(text: &str, name: &str) -> String {
    let (_, rest) = text.split_once(&format!("{name}=\"")).unwrap_or_else(|| panic!("{text} has no {name}"));
    rest.split('"').next().expect("a text has a first part").replace("&#38;", "&").replace("&amp;", "&")
}

pub const PASSWORD: &str = "correct horse battery staple";
pub const SECRET: &str = "tgs_secret+of/the:client~of the%tests";

/// That of RFC 7515 appendix A.3: this crate signs nothing.
const PUBLIC_KEY: &str = "{kty: EC, crv: P-256, x: f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU, \
    y: x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0}";
