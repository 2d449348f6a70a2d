//! Where a deployment is.

use std::path::PathBuf;

use clap::Args;
use shared::store::Table;

/// Where the deployment is. Credentials come from the environment, the profile, SSO, a process, or the machine's role.
#[derive(Clone, Debug, Args)]
pub(crate) struct AwsArguments {
    /// The CloudFormation stack whose outputs name tables and data key.
    #[arg(long, value_name = "NAME")]
    pub(crate) stack: Option<String>,
    /// The profile of AWS's configuration files.
    #[arg(long, value_name = "NAME")]
    pub(super) profile: Option<String>,
    /// The AWS Region.
    #[arg(long, value_name = "REGION")]
    pub(super) region: Option<String>,
    /// Another endpoint for every AWS service; AWS_ENDPOINT_URL_DYNAMODB and its like are for one.
    #[arg(long, value_name = "URL")]
    pub(super) endpoint_url: Option<String>,
    /// Certificates in PEM that are trusted in place of this machine's.
    #[arg(long, value_name = "FILE", env = "AWS_CA_BUNDLE", hide_short_help = true)]
    pub(super) ca_bundle: Option<PathBuf>,
    /// The table of services, where no stack names it.
    #[arg(long, value_name = "TABLE", env = Table::Services.variable(), hide_short_help = true)]
    services_table: Option<String>,
    /// The table of applications, clients and API keys, where no stack names it.
    #[arg(long, value_name = "TABLE", env = Table::Clients.variable(), hide_short_help = true)]
    clients_table: Option<String>,
    /// The table of grants, where no stack names it.
    #[arg(long, value_name = "TABLE", env = Table::Tokens.variable(), hide_short_help = true)]
    tokens_table: Option<String>,
    /// The table of what resource owners authorized, where no stack names it.
    #[arg(long, value_name = "TABLE", env = Table::Authorizations.variable(), hide_short_help = true)]
    authorizations_table: Option<String>,
    /// The table of users, where no stack names it.
    #[arg(long, value_name = "TABLE", env = Table::Users.variable(), hide_short_help = true)]
    users_table: Option<String>,
}

impl AwsArguments {
    /// The name of a table, where no stack says it.
    pub(super) fn table(&self, table: Table) -> String {
        let named = match table {
            Table::Services => &self.services_table,
            Table::Clients => &self.clients_table,
            Table::Tokens => &self.tokens_table,
            Table::Authorizations => &self.authorizations_table,
            Table::Users => &self.users_table,
        };
        named.clone().unwrap_or_else(|| table.default_name().to_owned())
    }
}
