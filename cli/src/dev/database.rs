//! The embedded DynamoDB: in memory, or in a folder.

use std::{fs, io::Write, net::SocketAddr, path::Path};

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::create_table::CreateTableError,
    types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType},
};
use dynoxide::Database;
use shared::{
    env::World,
    model::DataKey,
    store::{Connection, Credentials, Root, Table, Tables, cause_of},
};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{Data, DevError};

/// The Region and the credentials that the local system uses. They open nothing elsewhere.
pub(super) const REGION: &str = "us-east-1";
pub(super) const CREDENTIAL: &str = "local";

/// The database and the key for the secrets in it.
pub(super) struct Storage {
    /// Held for as long as the folder is in use.
    _lock: Option<fs::File>,
    pub(super) database: Database,
    pub(super) data_key: [u8; DataKey::LENGTH],
}

impl Storage {
    /// Opens what is there, or makes it.
    pub(super) fn open(data: &Data, world: &World) -> Result<Self, DevError> {
        match data {
            Data::InMemory => {
                let database = Database::memory().map_err(|error| DevError::Data(error.to_string()))?;
                Ok(Self { _lock: None, database, data_key: world.env().random() })
            }
            Data::Folder(folder) => Self::in_folder(folder, world),
        }
    }

    fn in_folder(folder: &Path, world: &World) -> Result<Self, DevError> {
        let unusable = |error: std::io::Error| DevError::Data(format!("{}: {error}", folder.display()));
        fs::create_dir_all(folder).map_err(unusable)?;
        let lock = fs::File::create(folder.join("lock")).map_err(unusable)?;
        let in_use = |_| DevError::Data(format!("{}: another tollgate dev uses this folder", folder.display()));
        lock.try_lock().map_err(in_use)?;
        let data_key = data_key(&folder.join("data.key"), world).map_err(unusable)?;
        let file = folder.join("tollgate.db");
        let database = Database::new(&file.to_string_lossy()).map_err(|error| DevError::Data(error.to_string()))?;
        Ok(Self { _lock: Some(lock), database, data_key })
    }

    /// Serves the database on a listener until the task is aborted.
    pub(super) fn serve(&self, listener: TcpListener) -> JoinHandle<()> {
        tokio::spawn(dynoxide::server::serve_on(listener, self.database.clone()))
    }
}

/// The key in a file that only its owner reads; made when there is none.
fn data_key(file: &Path, world: &World) -> std::io::Result<[u8; DataKey::LENGTH]> {
    use std::os::unix::fs::OpenOptionsExt;
    if let Ok(bytes) = fs::read(file) {
        let wrong = || std::io::Error::other(format!("{} must hold {} bytes", file.display(), DataKey::LENGTH));
        return bytes.try_into().map_err(|_| wrong());
    }
    let key = world.env().random();
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?.write_all(&key)?;
    Ok(key)
}

/// A client of the database at an address.
pub(super) fn client(address: SocketAddr) -> Client {
    let credentials = Credentials::new(CREDENTIAL, CREDENTIAL, None, None, "local");
    let endpoint = Some(format!("http://{address}"));
    let connection = Connection { region: REGION.into(), credentials, endpoint, root: Root::Amazon };
    connection.open().expect("a connection in clear needs no certificates")
}

/// Makes the tables that are not there.
pub(super) async fn create_tables(db: &Client, tables: &Tables) -> Result<(), DevError> {
    for table in Table::ALL {
        let key = KeySchemaElement::builder().attribute_name(table.key()).key_type(KeyType::Hash).build();
        let attribute =
            AttributeDefinition::builder().attribute_name(table.key()).attribute_type(ScalarAttributeType::S).build();
        let request = db
            .create_table()
            .table_name(tables.name(table))
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key.expect("name and type are set"))
            .attribute_definitions(attribute.expect("name and type are set"));
        match request.send().await {
            Ok(_) => {}
            Err(SdkError::ServiceError(error))
                if matches!(error.err(), CreateTableError::ResourceInUseException(_)) => {}
            Err(error) => return Err(DevError::Data(cause_of(&error))),
        }
    }
    Ok(())
}
