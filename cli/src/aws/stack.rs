//! The outputs and parameters of a CloudFormation stack.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_cloudformation::Client;
use shared::store::{Table, cause_of};

use crate::command::Failure;

/// What a stack says about itself.
#[derive(Debug)]
pub(crate) struct Outputs {
    stack: String,
    values: HashMap<String, String>,
    parameters: HashMap<String, String>,
}

impl Outputs {
    /// Asks CloudFormation.
    pub(super) async fn of(stack: &str, config: &SdkConfig) -> Result<Self, Failure> {
        let answer = Client::new(config).describe_stacks().stack_name(stack).send().await;
        let answer = answer.map_err(|error| {
            Failure::new(format!("the outputs of the stack {stack} cannot be read: {}", cause_of(&error)))
        })?;
        let found = answer.stacks.unwrap_or_default().pop();
        let (outputs, parameters) = found.map(|found| (found.outputs, found.parameters)).unwrap_or_default();
        let outputs = outputs.into_iter().flatten();
        let parameters = parameters.into_iter().flatten();
        Ok(Self {
            stack: stack.to_owned(),
            values: outputs.filter_map(|output| output.output_key.zip(output.output_value)).collect(),
            parameters: parameters.filter_map(|given| given.parameter_key.zip(given.parameter_value)).collect(),
        })
    }

    /// Outputs, and parameters of the same names, that are known without asking.
    #[cfg(test)]
    pub(crate) fn known(values: &[(&str, &str)]) -> Self {
        let values: HashMap<_, _> = values.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        Self { stack: "test".into(), parameters: values.clone(), values }
    }

    /// The stack's name.
    pub(super) fn stack(&self) -> &str {
        &self.stack
    }

    /// An output's value.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// A parameter's value.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// The name of a table.
    pub(super) fn table(&self, table: Table) -> Result<String, Failure> {
        let output = match table {
            Table::Services => "ServicesTableName",
            Table::Clients => "ClientsTableName",
            Table::Tokens => "TokensTableName",
            Table::Authorizations => "AuthorizationsTableName",
            Table::Users => "UsersTableName",
        };
        let missing = || Failure::new(format!("the stack {} has no output {output}: is it Tollgate's?", self.stack));
        self.get(output).map(str::to_owned).ok_or_else(missing)
    }
}
