//! The endpoints of a running Tollgate by a road with faults between them and its store. No HTTP: the running system keeps
//! its own connections, and tells what has become of things.

use aws_sdk_dynamodb::types::AttributeValue;
use http::HeaderMap;
use shared::{
    endpoint::{AuthorizeEndpoint, Served, StatusEndpoint, TokenEndpoint},
    model::{Grant, GrantKey, HttpUri},
    protocol::{Request, Response},
    store::{Reader, Table, Tables},
};

use crate::{Answer, Faults, Tollgate, dynamodb, store_at};

/// A system, and its endpoints once more: each request is served by a process of its own.
pub struct Road {
    /// The system.
    pub tollgate: Tollgate,
    /// What befalls the endpoints' requests to DynamoDB.
    pub faults: Faults,
}

impl Road {
    /// Starts with a configuration file.
    pub async fn with(file: &str) -> Self {
        let tollgate = Tollgate::with(file).await;
        let faults = Faults::before(tollgate.system.dynamodb).await;
        Self { tollgate, faults }
    }

    /// Gives a user a namesake with the same password, and returns the other name.
    pub async fn friend(&self, username: &str, trial: usize) -> String {
        let (db, friend) = (dynamodb(self.tollgate.system.dynamodb), format!("{username}-{trial}"));
        let (table, key) = (Table::Users.default_name(), Table::Users.key());
        let read = db.get_item().table_name(table).key(key, AttributeValue::S(username.to_owned())).send().await;
        let mut user = read.expect("DynamoDB answers").item.expect("the user is there");
        user.insert(key.to_owned(), AttributeValue::S(friend.clone()));
        db.put_item().table_name(table).set_item(Some(user)).send().await.expect("DynamoDB answers");
        friend
    }

    /// The grants that a resource owner made, that open something, and that stand in no list of theirs: they could not take
    /// them back.
    pub async fn unlisted(&self) -> Vec<Grant> {
        let db = dynamodb(self.tollgate.system.dynamodb);
        let scan =
            db.scan().table_name(Table::Tokens.default_name()).filter_expression("attribute_exists(listed_until)");
        let found =
            scan.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.expect("DynamoDB answers");
        let keys: Vec<_> = found.iter().map(|item| GrantKey::parse(item["id"].as_s().expect("a text"))).collect();
        let world = self.tollgate.clock.world();
        let reader = Reader::new(db, Tables::default(), world.clone(), 0);
        let mut unlisted = Vec::new();
        for grant in reader.grants_at(&keys).await.expect("DynamoDB answers") {
            let list = reader.owner_authorization(&grant.client_id, &grant.subject).await.expect("DynamoDB answers");
            let is_listed = list.is_some_and(|list| list.grants.contains_key(grant.id.as_str()));
            if !is_listed && grant.revoked_at.is_none() && grant.listed_until > Some(world.clock.now()) {
                unlisted.push(grant);
            }
        }
        unlisted
    }

    /// Sends a form to an endpoint.
    pub async fn post(&self, target: &str, headers: &[(&'static str, &str)], form: &str) -> Answer {
        let form_type = [("content-type", "application/x-www-form-urlencoded")];
        self.answer("POST", target, (&[headers, &form_type].concat(), form)).await
    }

    /// Asks an endpoint for a page.
    pub async fn get(&self, target: &str, headers: &[(&'static str, &str)]) -> Answer {
        self.answer("GET", target, (headers, "")).await
    }

    async fn answer(&self, method: &str, target: &str, (headers, body): (&[(&'static str, &str)], &str)) -> Answer {
        let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
        let headers = headers.iter().map(|(name, value)| {
            let value = value.parse().expect("a header of a test is ASCII");
            (http::HeaderName::from_static(name), value)
        });
        let request = Request {
            method: method.parse().expect("a method of a test is one"),
            path: path.to_owned(),
            query: query.map(str::to_owned),
            headers: headers.collect::<HeaderMap>(),
            body: body.as_bytes().to_vec(),
            source: "192.0.2.1".into(),
            request_id: "1".into(),
        };
        heard(self.served(&request).await.response)
    }

    async fn served(&self, request: &Request) -> Served {
        let world = self.tollgate.clock.world();
        let store = store_at(self.faults.address, world.clone());
        let issuer = HttpUri::parse(self.tollgate.system.url()).expect("the system's address is a URL");
        match request.path.as_str() {
            "/oauth2/token" => TokenEndpoint::new(store, world, issuer).serve(request).await,
            "/oauth2/introspect" | "/oauth2/revoke" => StatusEndpoint::new(store, world, issuer).serve(request).await,
            _ => AuthorizeEndpoint::new(store, world, issuer).serve(request).await,
        }
    }
}

/// An answer as HTTP would carry it.
fn heard(response: Response) -> Answer {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        (name.to_string(), value.to_str().expect("our headers are ASCII").to_owned())
    };
    Answer {
        status: response.status.as_u16(),
        headers: response.headers.iter().map(header).collect(),
        body: String::from_utf8(response.body).expect("our answers are texts"),
    }
}
