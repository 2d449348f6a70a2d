//! What stands around the functions: a DynamoDB that holds what they read, a provider, and tokens to ask about.

use std::{error::Error, time::Duration};

use serde_json::json;
use shared::{
    endpoint,
    env::World,
    model::{
        DataKey,
        configuration::{self, Values},
    },
    store::{Connection, Credentials, DataKeys, Reader, Root, Table, Tables, Writer},
};

use crate::{
    authority::Authority,
    dynamodb::DynamoDb,
    stub::{Answer, Stub},
    tokens::{self, Tokens},
};

/// The surroundings.
pub(crate) struct Surroundings {
    /// Signed the certificates of the others.
    pub(crate) authority: Authority,
    /// The DynamoDB.
    pub(crate) dynamodb: DynamoDb,
    /// The identity provider of another's tokens.
    pub(crate) provider: Stub,
    /// What the functions are asked about and for.
    pub(crate) tokens: Tokens,
    /// The table and the key of the access token's grant.
    pub(crate) grant: (&'static str, String),
}

impl Surroundings {
    /// Builds them; DynamoDB waits `delay` before each answer.
    ///
    /// # Errors
    /// What could not be built.
    pub(crate) async fn build(delay: Duration) -> Result<Self, Box<dyn Error>> {
        let authority = Authority::found()?;
        let dynamodb = DynamoDb::serve(authority.server()?, delay)?;
        let provider = Stub::serve(authority.server()?, |_| Answer {
            operation: "validation".into(),
            status: 200,
            content_type: "application/json",
            body: PROVIDERS_ANSWER.into(),
        })?;
        let store = store(&authority, &dynamodb)?;
        configure(&store, &authority, &provider).await?;
        let access_token = tokens::access_token(&store).await?;
        let table = Table::Tokens.default_name();
        let grant = dynamodb.keys(table).pop().ok_or("no grant was written")?;
        let code = tokens::code(&store).await?;
        let refresh_token = tokens::refresh_token(&tokens::code(&store).await?, store).await?;
        dynamodb.learn(false);
        let tokens = Tokens { access_token, code, refresh_token };
        Ok(Self { authority, dynamodb, provider, tokens, grant: (table, grant) })
    }
}

fn store(authority: &Authority, dynamodb: &DynamoDb) -> Result<Writer, Box<dyn Error>> {
    let connection = Connection {
        region: "eu-west-1".into(),
        credentials: Credentials::new("bench", "bench", None, None, "bench"),
        endpoint: Some(dynamodb.stub.url()),
        root: Root::Pem(authority.pem()),
    };
    Ok(Writer::new(Reader::new(connection.open()?, Tables::default(), World::system(), 0)))
}

/// Writes the services and clients as `tollgate apply` does.
async fn configure(store: &Writer, authority: &Authority, provider: &Stub) -> Result<(), Box<dyn Error>> {
    let roots = json!(authority.pem()).to_string();
    let file = FILE.replace("PROVIDER", &provider.url()).replace("ROOTS", &roots);
    let configuration = configuration::parse("bench.yaml", &file, &Nothing).map_err(|report| report.to_string())?;
    let data_key = DataKey::new(&[7; DataKey::LENGTH]).ok_or("a data key has another length")?;
    endpoint::apply(&configuration, store, &DataKeys::local(data_key), &World::system()).await?;
    Ok(())
}

/// The file asks for nothing.
struct Nothing;

impl Values for Nothing {
    fn env(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _path: &str) -> Result<String, String> {
        Err("bench.yaml names no file".into())
    }
}

const FILE: &str = include_str!("bench.yaml");
const PROVIDERS_ANSWER: &str =
    r#"{"active":true,"uid":"4711","email":"jason@boutique.example","scope":"profile email","exp":4102444800}"#;
