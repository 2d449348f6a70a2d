//! The tables that are deployed are those that the store reads and writes.

use std::collections::BTreeSet;

use serde_json::json;
use shared::store::Table;
use tests::Template;

/// The logical id of a table.
fn id(table: Table) -> String {
    format!("{table:?}Table")
}

#[test]
fn every_table_of_the_store_is_deployed_and_no_other() {
    let template = Template::read();
    let deployed: BTreeSet<String> = template.resources("AWS::DynamoDB::Table").map(|(id, _)| id.to_owned()).collect();
    assert_eq!(deployed, Table::ALL.into_iter().map(id).collect());
    for table in Table::ALL {
        let properties = template.resource(&id(table));
        assert_eq!(properties["KeySchema"], json!([{ "AttributeName": table.key(), "KeyType": "HASH" }]), "{table:?}");
        let types = json!([{ "AttributeName": table.key(), "AttributeType": "S" }]);
        assert_eq!(properties["AttributeDefinitions"], types, "{table:?}");
        assert_eq!(template.section("Outputs")[&format!("{table:?}TableName")]["Value"], json!({ "Ref": id(table) }));
    }
}

#[test]
fn tables_cost_nothing_while_idle_and_are_not_lost_by_a_slip() {
    let template = Template::read();
    for (id, table) in template.resources("AWS::DynamoDB::Table") {
        assert_eq!(table["BillingMode"], "PAY_PER_REQUEST", "{id}");
        assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true, "{id}");
        assert_eq!(table["DeletionProtectionEnabled"]["Ref"], "DeletionProtection", "{id}");
        assert_eq!(template.section("Resources")[id]["DeletionPolicy"], "Retain", "{id}");
    }
    assert_eq!(template.section("Parameters")["DeletionProtection"]["Default"], "true");
}

#[test]
fn only_tokens_are_purged_and_by_the_attribute_that_the_store_writes() {
    let template = Template::read();
    for (id, table) in template.resources("AWS::DynamoDB::Table") {
        let attribute = table["TimeToLiveSpecification"]["AttributeName"].as_str();
        assert_eq!(attribute, (id == "TokensTable").then_some("purge_at"), "{id}");
    }
}
