//! Templates, asked what they deploy.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::{Map, Value};
use shared::store::Table;

use crate::{on_file, yaml};

/// An operation of DynamoDB and the table it is on.
pub type TableCall = (String, String);

/// A template.
pub struct Template(Value);

impl Template {
    /// Reads `template.yaml`.
    #[track_caller]
    pub fn read() -> Self {
        Self::at("template.yaml")
    }

    /// Reads another template of the repository.
    #[track_caller]
    pub fn at(path: &str) -> Self {
        let text = fs::read_to_string(on_file::root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self(yaml::read(&text))
    }

    /// A section such as `Resources`.
    #[track_caller]
    pub fn section(&self, name: &str) -> &Map<String, Value> {
        self.0[name].as_object().unwrap_or_else(|| panic!("the template has no {name}"))
    }

    /// The properties of the resources of a type, by logical id.
    pub fn resources<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let resources = self.section("Resources").iter();
        resources.filter(move |(_, resource)| resource["Type"] == kind).map(|(id, r)| (id.as_str(), &r["Properties"]))
    }

    /// The properties of one resource.
    #[track_caller]
    pub fn resource(&self, id: &str) -> &Value {
        &self.section("Resources").get(id).unwrap_or_else(|| panic!("the template has no {id}"))["Properties"]
    }

    /// The environment of a function.
    #[track_caller]
    pub fn environment(&self, function: &str) -> &Map<String, Value> {
        self.resource(function)["Environment"]["Variables"].as_object().expect("a function has an environment")
    }

    /// The statements of a function's role, whether or not a condition puts them there.
    #[track_caller]
    pub fn statements(&self, function: &str) -> Vec<&Value> {
        let role = self.resource(function)["Role"]["Fn::GetAtt"].as_str().and_then(|role| role.strip_suffix(".Arn"));
        let role = self.resource(role.expect("a function has a role of this template"));
        let policies = role["Policies"].as_array().expect("a role has policies of its own");
        let statements = policies.iter().flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]));
        statements.map(|statement| statement["Fn::If"].get(1).unwrap_or(statement)).collect()
    }

    /// What a function may do with which table: exactly named operations on exactly one table each.
    #[track_caller]
    pub fn table_calls(&self, function: &str) -> BTreeSet<TableCall> {
        let mut calls = BTreeSet::new();
        for statement in self.statements(function) {
            for operation in list(&statement["Action"]).filter_map(|action| action.as_str()?.strip_prefix("dynamodb:"))
            {
                assert_eq!(statement["Effect"], "Allow", "{statement}");
                let table = statement["Resource"]["Fn::GetAtt"].as_str().and_then(|arn| arn.strip_suffix(".Arn"));
                calls.insert((operation.to_owned(), table.expect("a statement is on one table").to_owned()));
            }
        }
        calls
    }

    /// The tables that a function's environment names, by the names that they have without one.
    pub fn tables(&self, function: &str) -> BTreeMap<&'static str, String> {
        let environment = self.environment(function);
        let resource = |table: Table| environment.get(table.variable())?["Ref"].as_str().map(str::to_owned);
        Table::ALL.into_iter().filter_map(|table| Some((table.default_name(), resource(table)?))).collect()
    }

    /// Expects that a function may do what it did, on the tables that its environment names, and nothing else.
    #[track_caller]
    pub fn allows_exactly(&self, function: &str, done: &BTreeSet<TableCall>) {
        let tables = self.tables(function);
        let resource = |name: &str| tables.get(name).cloned().unwrap_or_else(|| format!("unnamed {name}"));
        let done: BTreeSet<TableCall> = done.iter().map(|(what, table)| (what.clone(), resource(table))).collect();
        let allowed = self.table_calls(function);
        let excess: Vec<_> = allowed.difference(&done).collect();
        let missing: Vec<_> = done.difference(&allowed).collect();
        assert!(excess.is_empty() && missing.is_empty(), "{function} never does {excess:?}, may not do {missing:?}");
        let named: BTreeSet<&String> = allowed.iter().map(|(_, table)| table).collect();
        assert_eq!(tables.values().collect::<BTreeSet<_>>(), named, "{function}: tables named and tables used");
    }
}

/// One or several.
pub(crate) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    let several = value.as_array().map_or(&[][..], Vec::as_slice);
    several.iter().chain(Some(value).filter(|value| !value.is_array()))
}
