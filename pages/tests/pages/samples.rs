//! One of each page, in the states that look different.

use pages::{
    About, AccountNotice, AccountPage, Authorization, Branding, CodePage, Colours, ConsentNotice, ConsentPage, Day,
    Document, ErrorPage, LoggedOutPage, LoginError, LoginPage, LogoutPage, PageUrl, PasswordError, PasswordPage, Scope,
    ServiceAccess, Theme,
};

/// What stands in the fields of a page that others fill.
pub(crate) struct Texts {
    pub(crate) client: String,
    pub(crate) client_id: String,
    pub(crate) service: String,
    pub(crate) scope: String,
    pub(crate) description: String,
    pub(crate) owner: String,
    pub(crate) username: String,
    pub(crate) action: String,
    pub(crate) csrf: String,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) place: String,
    pub(crate) home: Option<PageUrl>,
    pub(crate) pairs_of_scopes: usize,
}

impl Texts {
    /// Texts as they usually are.
    pub(crate) fn plain() -> Self {
        Self {
            client: "Ledger for iPhone".into(),
            client_id: "ledger".into(),
            service: "orders".into(),
            scope: "orders.read".into(),
            description: "Read your orders".into(),
            owner: "Alice Keller".into(),
            username: "alice".into(),
            action: "/oauth2/login?client_id=ledger&state=af0ifjsldkj".into(),
            csrf: "7Yk0v3J1mLJ0Xy8rPq2w6Q".into(),
            code: "tgc_MBdcHlA-rYuGbrHDs9Jg08COYxjazXhtb9FJ-FOr29geGcitxRI0D3Osx9FK4Htv".into(),
            message: "The application that sent you here is not registered with us, or is switched off.".into(),
            place: "ledger.example.com".into(),
            home: "https://ledger.example.com/".parse().ok(),
            pairs_of_scopes: 1,
        }
    }

    /// Texts as long as they may be, or nearly so, and some that have no place to break.
    pub(crate) fn long() -> Self {
        Self {
            client: "Quarterly statements for regional cooperatives & wholesalers".into(),
            client_id: "5e3c1b7a-0f4d-4d7e-9a51-quarterly-statements-for-regional-cooperatives-and-wholesalers".into(),
            service: "statements.of-regional-cooperatives.and-of-their-wholesalers.v2".into(),
            scope: "https://api.example.com/auth/statements.of-regional-cooperatives.readonly".into(),
            description: "Read the statements of every regional cooperative that you keep the books of".into(),
            owner: "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh, Maria del Carmen".into(),
            username: "maria-del-carmen.wolfeschlegelsteinhausenbergerdorff@cooperatives.example.com".into(),
            place: "statements-for-regional-cooperatives-and-wholesalers.ledger.example.com".into(),
            home: "https://statements-for-regional-cooperatives-and-wholesalers.ledger.example.com:8443/".parse().ok(),
            pairs_of_scopes: 12,
            ..Self::plain()
        }
    }
}

/// Tollgate's own look, that of a brand with a pale colour, a logo and terms, and one with long texts and a logo that
/// never comes.
pub(crate) fn looks() -> [(&'static str, Theme, Texts); 3] {
    let sunny = Branding {
        name: Some("Sunny Day Trading".parse().unwrap()),
        logo: Some(LOGO.parse().unwrap()),
        colours: Colours { brand: "#ffcc00".parse().ok(), background: "#203040".parse().ok() },
        terms_url: Some("https://example.com/terms".parse().unwrap()),
    };
    let absent = Branding {
        name: Some("Regional cooperatives and wholesalers of the north".parse().unwrap()),
        logo: Some(ABSENT_LOGO.parse().unwrap()),
        ..Branding::default()
    };
    [
        ("default", Theme::default(), Texts::plain()),
        ("brand", Theme::new(sunny), Texts::plain()),
        ("long", Theme::new(absent), Texts::long()),
    ]
}

/// Every page, by name.
pub(crate) fn documents(theme: &Theme, texts: &Texts) -> Vec<(&'static str, Document)> {
    let login = |error| Document::of(&login(theme, texts, error));
    let password = |error| Document::of(&password(theme, texts, error));
    let consent = consent(theme, texts);
    let consent_again = |notice| Document::of(&ConsentPage { notice: Some(notice), ..self::consent(theme, texts) });
    let consent_to = |service| {
        let services = vec![service];
        Document::of(&ConsentPage { services, about: About::default(), ..self::consent(theme, texts) })
    };
    let account = account(theme, texts);
    vec![
        ("login", login(None)),
        ("login-wrong", login(Some(LoginError::Wrong))),
        ("login-too-many", login(Some(LoginError::TooMany { seconds: 280 }))),
        ("login-session-ended", login(Some(LoginError::SessionEnded))),
        ("login-outdated", login(Some(LoginError::Outdated))),
        ("login-without-cookie", login(Some(LoginError::WithoutCookie))),
        ("login-account", Document::of(&LoginPage { client: None, username: "", ..self::login(theme, texts, None) })),
        ("consent", Document::of(&consent)),
        ("consent-changed", consent_again(ConsentNotice::Changed)),
        ("consent-outdated", consent_again(ConsentNotice::Outdated)),
        ("consent-bare", consent_to(bare(texts))),
        ("consent-known", consent_to(known(texts))),
        ("code", Document::of(&CodePage { theme, client: &texts.client, code: &texts.code, expires_in: 60 })),
        ("error", Document::of(&error(theme, texts))),
        ("account", Document::of(&account)),
        (
            "account-outdated",
            Document::of(&AccountPage { notice: Some(AccountNotice::Outdated), ..self::account(theme, texts) }),
        ),
        ("account-password-changed", {
            let notice = Some(AccountNotice::PasswordChanged);
            Document::of(&AccountPage { authorizations: vec![], notice, ..self::account(theme, texts) })
        }),
        ("account-empty", Document::of(&AccountPage { authorizations: vec![], notice: None, ..account })),
        ("password", password(None)),
        ("password-wrong", password(Some(PasswordError::Wrong))),
        ("password-too-many", password(Some(PasswordError::TooMany { seconds: 280 }))),
        ("password-unfit", password(Some(PasswordError::Unfit))),
        ("password-same", password(Some(PasswordError::Same))),
        ("password-different", password(Some(PasswordError::Different))),
        ("password-outdated", password(Some(PasswordError::Outdated))),
        ("logout", Document::of(&logout(theme, texts))),
        ("logged-out", Document::of(&LoggedOutPage { theme, login: &texts.action })),
    ]
}

fn login<'a>(theme: &'a Theme, texts: &'a Texts, error: Option<LoginError>) -> LoginPage<'a> {
    LoginPage {
        theme,
        action: &texts.action,
        csrf: &texts.csrf,
        client: Some(&texts.client),
        username: &texts.username,
        error,
    }
}

fn password<'a>(theme: &'a Theme, texts: &'a Texts, error: Option<PasswordError>) -> PasswordPage<'a> {
    PasswordPage {
        theme,
        username: &texts.username,
        csrf: &texts.csrf,
        action: &texts.action,
        account: &texts.action,
        least: 8,
        error,
    }
}

fn logout<'a>(theme: &'a Theme, texts: &'a Texts) -> LogoutPage<'a> {
    LogoutPage { theme, owner: &texts.owner, csrf: &texts.csrf, action: &texts.action, account: &texts.action }
}

fn consent<'a>(theme: &'a Theme, texts: &'a Texts) -> ConsentPage<'a> {
    ConsentPage {
        theme,
        action: &texts.action,
        csrf: &texts.csrf,
        shown: &texts.csrf,
        notice: None,
        client: &texts.client,
        about: About { home: texts.home.as_ref(), terms: texts.home.as_ref(), policy: texts.home.as_ref() },
        services: vec![
            ServiceAccess {
                name: &texts.service,
                new_scopes: vec![
                    Scope { name: &texts.scope, description: Some(&texts.description) };
                    texts.pairs_of_scopes
                ],
                given_scopes: vec![Scope { name: &texts.scope, description: None }],
            },
            ServiceAccess {
                name: "invoices",
                new_scopes: vec![Scope { name: "invoices.read", description: None }; texts.pairs_of_scopes],
                given_scopes: vec![],
            },
        ],
        account: &texts.owner,
        switch_account: &texts.action,
        returns_to: Some(&texts.place),
    }
}

fn bare(texts: &Texts) -> ServiceAccess<'_> {
    ServiceAccess { name: &texts.service, new_scopes: vec![], given_scopes: vec![] }
}

fn known(texts: &Texts) -> ServiceAccess<'_> {
    ServiceAccess { given_scopes: vec![Scope { name: &texts.scope, description: None }], ..bare(texts) }
}

fn error<'a>(theme: &'a Theme, texts: &'a Texts) -> ErrorPage<'a> {
    ErrorPage {
        theme,
        title: "We do not know this application",
        happened: &texts.message,
        next: "Go back to the application and try again. If that does not help, tell the people who run it.",
        fault: Some(&texts.message),
        request_id: "JKJaXmPLvHcESHA=",
    }
}

fn account<'a>(theme: &'a Theme, texts: &'a Texts) -> AccountPage<'a> {
    AccountPage {
        theme,
        owner: &texts.owner,
        username: &texts.username,
        csrf: &texts.csrf,
        revoke_action: &texts.action,
        password: &texts.action,
        logout_action: &texts.action,
        notice: Some(AccountNotice::Removed(&texts.client)),
        authorizations: vec![
            Authorization {
                id: &texts.client_id,
                client: &texts.client,
                services: vec![&texts.service, "invoices"],
                scopes: vec![
                    Scope { name: &texts.scope, description: Some(&texts.description) },
                    Scope { name: "invoices.read", description: None },
                    Scope { name: "invoices.write", description: None },
                ],
                since: Day::of_unix(1_773_273_600),
                shows_id: true,
                asks_anew: true,
            },
            Authorization {
                id: "printer",
                client: "Office printer",
                services: vec![&texts.service],
                scopes: vec![],
                since: Day::of_unix(1_760_000_000),
                shows_id: false,
                asks_anew: false,
            },
        ],
    }
}

const LOGO: &str = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0naHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmcnIHZpZXdCb3g9JzAgMCA0MCA0MCc+PGNpcmNsZSBjeD0nMjAnIGN5PScyMCcgcj0nMTgnIGZpbGw9JyNmYzAnLz48cGF0aCBkPSdNMTIgMjJhOCA4IDAgMCAwIDE2IDAnIGZpbGw9J25vbmUnIHN0cm9rZT0nIzMzMycgc3Ryb2tlLXdpZHRoPSczJy8+PC9zdmc+";

/// Nobody serves it.
pub(crate) const ABSENT_LOGO: &str = "http://127.0.0.1:9/logo.svg";
