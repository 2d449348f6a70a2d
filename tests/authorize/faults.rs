//! When DynamoDB loses, delays, halves or refuses what the pages write, or the function is killed between two writes.

use tests::{Answer, Deed, Road};

use crate::{
    browser::{Browser, Form, PASSWORD, members},
    shop::{CALLBACK, CHALLENGE, FILE, VERIFIER, request},
};

type Fields = &'static [(&'static str, &'static str)];

/// The form of a page in a browser, about to be sent with some fields.
#[derive(Clone)]
struct Sending {
    cookie: String,
    form: Form,
    fields: Fields,
}

impl Sending {
    fn of(browser: &Browser<'_>, form: Form, fields: Fields) -> Self {
        Self { cookie: browser.cookie().unwrap().to_owned(), form, fields }
    }

    /// Opens a page and takes its last form.
    async fn at(browser: &mut Browser<'_>, target: &str, fields: Fields) -> Self {
        let page = browser.visit(target).await.is(200);
        Self::of(browser, Form::of(&page), fields)
    }

    async fn by(&self, road: &Road) -> Answer {
        Browser::by(road, &self.cookie).submit(&self.form, self.fields).await
    }
}

const LOGIN: Fields = &[("username", "alice"), ("password", PASSWORD)];
const ALLOW: Fields = &[("decision", "allow")];
const DENY: Fields = &[("decision", "deny")];

const IMPLICIT: &str = "/oauth2/authorize?response_type=token&client_id=browser";

/// Services that allow one token at a time.
async fn road() -> Road {
    let alone = "    forwarded_headers: [user-context]\n    allow_multiple_tokens: false\n";
    Road::with(&FILE.replace("    forwarded_headers: [user-context]\n", alone)).await
}

/// The browser of somebody who never let any client in.
async fn newcomer(road: &Road, trial: usize) -> Browser<'_> {
    let username = road.friend("alice", trial).await;
    let mut browser = Browser::new(&road.tollgate);
    let login = Sending::at(&mut browser, "/oauth2/login", &[]).await;
    browser.submit(&login.form, &[("username", &username), ("password", PASSWORD)]).await.is(303);
    browser
}

/// Whether a cookie shows the account of somebody.
async fn is_logged_in(road: &Road, cookie: &str) -> bool {
    let answer = Browser::with_cookie(&road.tollgate, cookie).get("/oauth2/account").await;
    match answer.status {
        200 => true,
        303 => false,
        other => panic!("{other}: {answer:#?}"),
    }
}

async fn redeemed(road: &Road, code: &str) -> Answer {
    let form = format!("grant_type=authorization_code&code={code}&code_verifier={VERIFIER}");
    road.tollgate.token(("shop", "gX1fBat3bV-generated"), &form).await
}

async fn status(road: &Road, token: &str) -> u16 {
    road.tollgate.call("GET", "/orders/1").bearer(token).send().await.status
}

fn cookie_of(answer: &Answer) -> String {
    let set = answer.header("set-cookie").unwrap_or_else(|| panic!("{answer:#?}"));
    set.strip_prefix("tollgate_session=").and_then(|rest| rest.split(';').next()).unwrap().to_owned()
}

/// Alice logs in.
struct LogIn(Sending);

impl Deed for LogIn {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, _trial: usize) -> Self {
        Self(Sending::at(&mut Browser::new(&road.tollgate), "/oauth2/login", LOGIN).await)
    }

    async fn done(&self, road: &Road) -> Answer {
        self.0.by(road).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        let cookie = cookie_of(&answer.is(303));
        assert!(is_logged_in(road, &cookie).await, "{trial}");
        assert!(!is_logged_in(road, &self.0.cookie).await, "{trial}: the cookie of before");
    }
}

/// She logs out.
struct LogOut(Sending);

impl Deed for LogOut {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, _trial: usize) -> Self {
        let mut browser = Browser::of_alice(&road.tollgate).await;
        let page = browser.get("/oauth2/account").await.is(200);
        let form = Form::all(&page).into_iter().find(|form| form.action == "/oauth2/logout").unwrap();
        Self(Sending::of(&browser, form, &[]))
    }

    async fn done(&self, road: &Road) -> Answer {
        self.0.by(road).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        answer.is(303).has("location", "/oauth2/logout");
        assert!(!is_logged_in(road, &self.0.cookie).await, "{trial}");
    }
}

/// She lets a client in for the first time, which gets a code.
struct GetCode(Sending);

impl Deed for GetCode {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        let mut browser = newcomer(road, trial).await;
        Self(Sending::at(&mut browser, &request("shop", ""), ALLOW).await)
    }

    async fn done(&self, road: &Road) -> Answer {
        self.0.by(road).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        let code = &members(&answer.is(303), '?')["code"];
        let tokens = redeemed(road, code).await;
        assert_eq!(tokens.status, 200, "{trial}: {tokens:#?}");
        assert_eq!(status(road, tokens.json()["access_token"].as_str().unwrap()).await, 200, "{trial}");
        assert_eq!(redeemed(road, code).await.status, 400, "{trial}: a code counts once");
    }
}

/// She lets a client in that pushed its request before.
struct GetCodeOfPushed {
    request: String,
    sending: Sending,
}

/// The target that a pushed request is begun at.
fn begin(pushed: &Answer) -> String {
    let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    let uri: String = form_urlencoded::byte_serialize(uri.as_bytes()).collect();
    format!("/oauth2/authorize?client_id=shop&request_uri={uri}")
}

const PUSHED: &str = "response_type=code&client_id=shop&client_secret=gX1fBat3bV-generated";

async fn pushed(road: &Road, trial: usize, fields: Fields) -> GetCodeOfPushed {
    let push = road.tollgate.call("POST", "/oauth2/par").form(&format!("{PUSHED}&{CHALLENGE}")).send().await;
    let request = begin(&push.is(201));
    let sending = Sending::at(&mut newcomer(road, trial).await, &request, fields).await;
    GetCodeOfPushed { request, sending }
}

async fn is_over(road: &Road, request: &str, trial: &str) {
    let page = Browser::of_alice(&road.tollgate).await.visit(request).await;
    assert!(page.status == 400 && page.body.contains("This request is over"), "{trial}: {page:#?}");
}

impl Deed for GetCodeOfPushed {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        pushed(road, trial, ALLOW).await
    }

    async fn done(&self, road: &Road) -> Answer {
        self.sending.by(road).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        is_over(road, &self.request, trial).await;
        GetCode::holds(&GetCode(self.sending.clone()), road, answer, trial).await;
    }
}

/// She lets no client in, and what it pushed is over.
struct DenyPushed(GetCodeOfPushed);

impl Deed for DenyPushed {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        Self(pushed(road, trial, DENY).await)
    }

    async fn done(&self, road: &Road) -> Answer {
        self.0.sending.by(road).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        assert_eq!(members(&answer.is(303), '?')["error"], "access_denied", "{trial}");
        is_over(road, &self.0.request, trial).await;
    }
}

/// A client pushes a request.
struct Push;

impl Deed for Push {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(_road: &Road, _trial: usize) -> Self {
        Self
    }

    async fn done(&self, road: &Road) -> Answer {
        road.post("/oauth2/par", &[], &format!("{PUSHED}&{CHALLENGE}")).await
    }

    async fn holds(&self, road: &Road, answer: Answer, _trial: &str) {
        let answer = Browser::new(&road.tollgate).agree(&begin(&answer.is(201))).await.is(303);
        assert!(answer.header("location").unwrap().starts_with(CALLBACK) && members(&answer, '?').contains_key("code"));
    }
}

/// A client that may have one token at a time gets the next one.
struct GetToken {
    earlier: String,
    cookie: String,
}

impl Deed for GetToken {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        let mut browser = newcomer(road, trial).await;
        let earlier = members(&browser.agree(IMPLICIT).await.is(303), '#')["access_token"].clone();
        let cookie = browser.cookie().unwrap().to_owned();
        Self { earlier, cookie }
    }

    async fn done(&self, road: &Road) -> Answer {
        Browser::by(road, &self.cookie).visit(IMPLICIT).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        let token = &members(&answer.is(303), '#')["access_token"];
        assert_eq!((status(road, token).await, status(road, &self.earlier).await), (200, 401), "{trial}");
    }

    async fn is_open(&self, road: &Road, trial: &str) {
        assert_eq!(status(road, &self.earlier).await, 200, "{trial}: nothing took its place");
    }
}

/// She takes back what she let a client do, which has a code and a token.
struct TakeBack {
    code: String,
    token: String,
    sending: Sending,
}

impl Deed for TakeBack {
    async fn road() -> Road {
        Road::with(FILE).await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        let mut browser = newcomer(road, trial).await;
        let mut codes = Vec::new();
        for _ in 0..2 {
            let answer = browser.agree(&request("shop", "")).await.is(303);
            codes.push(members(&answer, '?')["code"].clone());
        }
        let tokens = redeemed(road, &codes[0]).await.is(200).json();
        let token = tokens["access_token"].as_str().unwrap().to_owned();
        let page = browser.get("/oauth2/account").await.is(200);
        let form = Form::all(&page).into_iter().find(|form| form.field("client") == Some("shop")).unwrap();
        let sending = Sending::of(&browser, form, &[]);
        Self { code: codes.remove(1), token, sending }
    }

    async fn done(&self, road: &Road) -> Answer {
        self.sending.by(road).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        answer.is(303).has("location", "/oauth2/account?revoked=shop");
        assert_eq!((status(road, &self.token).await, redeemed(road, &self.code).await.status), (401, 400), "{trial}");
        assert!(!self.is_shown(road).await, "{trial}");
    }

    /// What she may believe to be over is over, or the page says that it is not.
    async fn is_open(&self, road: &Road, trial: &str) {
        let is_over = async || status(road, &self.token).await == 401 && redeemed(road, &self.code).await.status == 400;
        assert!(self.is_shown(road).await || is_over().await, "{trial}: she can end the rest");
    }
}

impl TakeBack {
    async fn is_shown(&self, road: &Road) -> bool {
        let mut browser = Browser::with_cookie(&road.tollgate, &self.sending.cookie);
        browser.get("/oauth2/account").await.is(200).body.contains("value=\"shop\"")
    }
}

/// She chooses another password while a client has a token. Where it was changed and the rest broke off, the next login
/// does the rest.
struct ChangePassword {
    username: String,
    token: String,
    sending: Sending,
}

const NEW_PASSWORD: &str = "through the looking-glass";
const CHANGE: Fields = &[("current", PASSWORD), ("new", NEW_PASSWORD), ("again", NEW_PASSWORD)];

impl Deed for ChangePassword {
    async fn road() -> Road {
        road().await
    }

    async fn prepared(road: &Road, trial: usize) -> Self {
        let mut browser = newcomer(road, trial).await;
        let token = members(&browser.agree(IMPLICIT).await.is(303), '#')["access_token"].clone();
        let page = browser.get("/oauth2/account/password").await.is(200);
        let username = page.body.split_once("type=\"text\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
        Self { username, token, sending: Sending::of(&browser, Form::of(&page), CHANGE) }
    }

    async fn done(&self, road: &Road) -> Answer {
        self.sending.by(road).await
    }

    async fn holds(&self, road: &Road, answer: Answer, trial: &str) {
        match answer.status {
            303 => assert!(is_logged_in(road, &cookie_of(&answer)).await, "{trial}"),
            _ => assert!(answer.is(200).body.contains("Your session has ended"), "{trial}"),
        }
        assert!(!is_logged_in(road, &self.sending.cookie).await, "{trial}: the cookie of before");
        let statuses = [self.login_with(road, PASSWORD).await, self.login_with(road, NEW_PASSWORD).await];
        assert_eq!(statuses, [403, 303], "{trial}");
        assert_eq!(status(road, &self.token).await, 401, "{trial}");
    }
}

impl ChangePassword {
    async fn login_with(&self, road: &Road, password: &str) -> u16 {
        let mut browser = Browser::new(&road.tollgate);
        let page = browser.get("/oauth2/login").await.is(200);
        browser.submit(&Form::of(&page), &[("username", &self.username), ("password", password)]).await.status
    }
}

tests::tried! {
    ChangePassword: a_password_is_changed_once_whatever_befalls_a_write,
        a_change_of_password_that_broke_off_is_finished_by_the_next_login;
    LogIn: a_login_is_one_whatever_befalls_a_write, a_login_that_broke_off_can_be_made_again;
    LogOut: a_logout_holds_whatever_befalls_its_write, a_logout_that_broke_off_can_be_made_again;
    GetCode: a14_a_code_is_given_once_whatever_befalls_a_write, a_code_that_broke_off_can_be_asked_for_again;
    GetCodeOfPushed: a22_a_pushed_request_gives_one_code_whatever_befalls_a_write, a22_one_that_broke_off_can_be_agreed_to_again;
    DenyPushed: a22_a_denial_holds_whatever_befalls_its_write, a22_a_denial_that_broke_off_can_be_made_again;
    Push: a21_a_push_counts_whatever_befalls_its_write, a21_a_push_that_broke_off_can_be_made_again;
    GetToken: a_token_takes_the_place_of_another_whatever_befalls_a_write, a_token_that_broke_off_can_be_asked_for_again;
    TakeBack: v9_what_was_taken_back_is_over_whatever_befalls_a_write, v9_what_broke_off_can_be_taken_back_again;
}
