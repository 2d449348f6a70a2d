//! The tables by name.

/// A table. Separate ones, so that each function's policy is the least it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Service definitions and aliases of existing APIs.
    Services,
    /// Applications, OAuth clients and API keys.
    Clients,
    /// Grants, throttles and login sessions.
    Tokens,
    /// What resource owners have let clients do.
    Authorizations,
    /// Resource owners.
    Users,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 5] = [Self::Services, Self::Clients, Self::Tokens, Self::Authorizations, Self::Users];

    /// The partition key, a string. There is no sort key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Services | Self::Clients | Self::Tokens | Self::Authorizations => "id",
            Self::Users => "username",
        }
    }

    /// The environment variable that names the table.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Services => "SERVICES_TABLE",
            Self::Clients => "CLIENTS_TABLE",
            Self::Tokens => "TOKENS_TABLE",
            Self::Authorizations => "AUTHORIZATIONS_TABLE",
            Self::Users => "USERS_TABLE",
        }
    }

    /// The name when nothing else is said.
    pub const fn default_name(self) -> &'static str {
        match self {
            Self::Services => "tollgate-services",
            Self::Clients => "tollgate-clients",
            Self::Tokens => "tollgate-tokens",
            Self::Authorizations => "tollgate-authorizations",
            Self::Users => "tollgate-users",
        }
    }
}

/// The name of each table.
#[derive(Clone, Debug)]
pub struct Tables([String; 5]);

impl Tables {
    /// Asks for each table's name.
    pub fn named(name: impl Fn(Table) -> String) -> Self {
        Self(Table::ALL.map(name))
    }

    /// The name of a table.
    pub fn name(&self, table: Table) -> &str {
        &self.0[table as usize]
    }
}

impl Default for Tables {
    fn default() -> Self {
        Self::named(|table| table.default_name().to_owned())
    }
}
