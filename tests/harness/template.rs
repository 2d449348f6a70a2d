//! Templates, asked what they deploy.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use serde_json::{Map, Value, json};
use shared::store::{DATA_KEY_CONTEXT, Table};

use crate::{on_file, yaml};

/// An operation of DynamoDB and the table it is on. A write of a login is one of its own.
pub type TableCall = (String, String);

/// An operation that writes a login.
pub(crate) fn of_logins(operation: &str) -> String {
    format!("{operation} of logins")
}

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
        Self::of(&text)
    }

    /// A template by its text.
    #[track_caller]
    pub fn of(text: &str) -> Self {
        Self(yaml::read(text))
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

    /// The role of a function.
    #[track_caller]
    fn role(&self, function: &str) -> &Value {
        let role = self.resource(function)["Role"]["Fn::GetAtt"].as_str().and_then(|role| role.strip_suffix(".Arn"));
        self.resource(role.expect("a function has a role of this template"))
    }

    /// The statements of a function's role, whether or not a condition puts them there.
    #[track_caller]
    pub fn statements(&self, function: &str) -> Vec<&Value> {
        let policies = self.role(function)["Policies"].as_array().expect("a role has policies of its own");
        let statements = policies.iter().flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]));
        statements.flat_map(branches).filter(|statement| statement["Ref"] != "AWS::NoValue").collect()
    }

    /// What a function may do beside calls to tables and the little that every function of its kind needs.
    #[track_caller]
    pub fn other_rights(&self, function: &str) -> Vec<String> {
        let managed = list(&self.role(function)["ManagedPolicyArns"]).filter(|arn| !arn.is_null());
        let attached = self.section("Resources").iter().filter(|(_, resource)| {
            resource["Type"].as_str().is_some_and(|kind| kind.starts_with("AWS::IAM::") && kind != "AWS::IAM::Role")
        });
        let mut rights: Vec<String> = managed.map(Value::to_string).collect();
        rights.extend(attached.map(|(id, _)| id.clone()));
        for statement in self.statements(function) {
            let is_needed =
                |action: &&Value| action.as_str().is_some_and(|action| self.needs(function, action, statement));
            rights.extend(list(&statement["Action"]).filter(|action| !is_needed(action)).map(Value::to_string));
        }
        rights
    }

    /// Whether a right is one to a table, or one without which the function does not run.
    fn needs(&self, function: &str, action: &str, statement: &Value) -> bool {
        let of_resource = |suffix: &str| {
            statement["Resource"]["Fn::GetAtt"].as_str().is_some_and(|attribute| attribute.ends_with(suffix))
        };
        let condition = &statement["Condition"];
        match action {
            "logs:CreateLogStream" | "logs:PutLogEvents" => of_resource("Logs.Arn"),
            "xray:PutTraceSegments" | "xray:PutTelemetryRecords" => true,
            "kms:Decrypt" => *condition == data_keys() || *condition == tables(),
            _ if NETWORK.contains(&action) => !self.resource(function)["VpcConfig"].is_null(),
            _ => action.starts_with("dynamodb:"),
        }
    }

    /// What a function may do with which table: exactly named operations on exactly one table each.
    #[track_caller]
    pub fn table_calls(&self, function: &str) -> BTreeSet<TableCall> {
        let mut calls = BTreeSet::new();
        for statement in self.statements(function) {
            for operation in list(&statement["Action"]).filter_map(|action| action.as_str()?.strip_prefix("dynamodb:"))
            {
                assert_eq!(statement["Effect"], "Allow", "{statement}");
                let condition = &statement["Condition"];
                assert!(condition.is_null() || [but_logins(), passwords()].contains(condition), "{statement}");
                let table = statement["Resource"]["Fn::GetAtt"].as_str().and_then(|arn| arn.strip_suffix(".Arn"));
                let table = table.expect("a statement is on one table");
                if table == "TokensTable" && !operation.ends_with("GetItem") && statement["Condition"].is_null() {
                    calls.insert((of_logins(operation), table.to_owned()));
                }
                calls.insert((operation.to_owned(), table.to_owned()));
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
        assert_eq!(self.other_rights(function), [""; 0], "{function} may do what no function needs");
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

/// Both sides of a condition, or what has none.
fn branches(value: &Value) -> Vec<&Value> {
    value["Fn::If"].as_array().map_or_else(|| vec![value], |parts| parts.iter().skip(1).collect())
}

/// The condition that lets KMS open data keys of ours and nothing else.
fn data_keys() -> Value {
    let (name, value) = DATA_KEY_CONTEXT;
    json!({ "StringEquals": { format!("kms:EncryptionContext:{name}"): value } })
}

/// The condition that keeps a function from writing logins: of all keys of a request, none may be one's.
fn but_logins() -> Value {
    json!({ "ForAllValues:StringNotLike": { "dynamodb:LeadingKeys": "session#*" } })
}

/// The condition that lets a function change of a user the password, and what keeps that write from losing another.
fn passwords() -> Value {
    let attributes = ["username", "password", "revocation_due", "revision", "attempt"];
    json!({
        "ForAllValues:StringEquals": { "dynamodb:Attributes": attributes },
        "StringEqualsIfExists": { "dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"] },
    })
}

/// The condition that lets DynamoDB, and nobody else, use the key of tables that have one of their own.
fn tables() -> Value {
    json!({ "StringEquals": { "kms:ViaService": { "Fn::Sub": "dynamodb.${AWS::Region}.${AWS::URLSuffix}" } } })
}

/// How a function comes to stand in a VPC.
const NETWORK: [&str; 6] = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
];
