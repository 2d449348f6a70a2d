//! The functions that are deployed, and the settings that reach them.

use std::{collections::BTreeSet, fs, path::Path};

use shared::store::Table;
use tests::{TableCall, Template};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// The functions: logical ids.
fn functions(template: &Template) -> Vec<&str> {
    template.resources("AWS::Serverless::Function").map(|(id, _)| id).collect()
}

/// The variables that the settings read, but for those that Lambda itself sets or that only stand for another AWS.
fn settings() -> BTreeSet<String> {
    let source = fs::read_to_string(root().join("shared/src/lambda/settings.rs")).unwrap();
    let is_variable = |text: &&str| text.len() > 1 && text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    let named = source.split('"').skip(1).step_by(2).filter(is_variable).filter(|name| !name.starts_with("AWS_"));
    named.chain(Table::ALL.map(Table::variable)).map(str::to_owned).collect()
}

#[test]
fn every_function_of_the_workspace_is_deployed_and_built() {
    let template = Template::read();
    let folders = fs::read_dir(root().join("functions")).unwrap().map(|entry| entry.unwrap().file_name());
    let folders: BTreeSet<String> = folders.map(|name| format!("functions/{}", name.to_string_lossy())).collect();
    let built = |id: &&str| template.section("Resources")[*id]["Metadata"]["BuildMethod"] == "rust-cargolambda";
    let deployed = functions(&template).into_iter().filter(built);
    let deployed = deployed.map(|id| template.resource(id)["CodeUri"].as_str().unwrap().to_owned()).collect();
    assert_eq!(folders, deployed);
}

#[test]
fn the_template_sets_what_the_settings_read_and_nothing_else() {
    let template = Template::read();
    let set = functions(&template).into_iter().flat_map(|function| template.environment(function).keys().cloned());
    let mut set: BTreeSet<String> = set.collect();
    assert!(LOCAL.iter().all(|local| set.insert((*local).to_owned())), "{LOCAL:?} are for local use: {set:?}");
    assert_eq!(set, settings());
}

/// The rows of the table: the function's logical id, and what it may do with which table.
fn told_rights() -> Vec<(String, BTreeSet<TableCall>)> {
    let guide = fs::read_to_string(root().join("docs/deploy.md")).unwrap();
    let section = guide.split("## What each function may do").nth(1).unwrap().split("\n## ").next().unwrap();
    let capitalized = |word: &str| word[..1].to_uppercase() + &word[1..];
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.map(|row| {
        let (function, cells) = row.split_once('`').unwrap();
        let mut cells = cells.split('|').skip(1).map(str::trim);
        let columns = ["Services", "Clients", "Tokens"].map(|table| format!("{table}: {}", cells.next().unwrap()));
        let besides = cells.next().unwrap().split("; ").filter(|part| part.contains(": ")).map(str::to_owned);
        let calls = columns.into_iter().chain(besides).flat_map(|part| {
            let (table, operations) = part.split_once(": ").unwrap();
            let operations = operations.split(", ").filter(|operation| !operation.is_empty());
            operations.map(|operation| (operation.to_owned(), format!("{table}Table"))).collect::<Vec<_>>()
        });
        (function.split('-').map(capitalized).collect::<String>() + "Function", calls.collect())
    })
    .collect()
}

#[test]
fn the_guide_tells_what_each_function_may_do() {
    let template = Template::read();
    let told = told_rights();
    assert_eq!(
        told.iter().map(|(function, _)| function.as_str()).collect::<BTreeSet<_>>(),
        functions(&template).into_iter().collect()
    );
    for (function, calls) in told {
        assert_eq!(template.table_calls(&function), calls, "{function}");
    }
}

#[test]
fn the_readme_tells_every_setting() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let table =
        readme.split("### Environment").nth(1).unwrap().split("\n\n").find(|part| part.contains("---")).unwrap();
    let names = table.lines().flat_map(|row| row.split('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2));
    let told: BTreeSet<String> = names.filter(|name| !name.starts_with("AWS_")).map(str::to_owned).collect();
    assert_eq!(told, settings());
}

#[test]
fn a_function_gives_up_before_the_gateway_does() {
    let template = Template::read();
    let seconds = |function: &str| template.resource(function)["Timeout"].as_u64();
    let usual = template.section("Globals")["Function"]["Timeout"].as_u64().unwrap();
    for (id, integration) in template.resources("AWS::ApiGatewayV2::Integration") {
        let function = integration["IntegrationUri"]["Fn::GetAtt"].as_str().unwrap().strip_suffix(".Arn").unwrap();
        let gateway = integration["TimeoutInMillis"].as_u64().unwrap();
        assert!(seconds(function).unwrap() * 1000 < gateway && gateway <= 30_000, "{id}");
    }
    assert!(seconds("SharedTokenAuthorizerFunction").unwrap_or(usual) < 10);
    assert!(seconds("IntrospectionAuthorizerFunction").unwrap() < 29);
}

#[test]
fn each_function_can_have_concurrency_of_its_own_and_has_none_unless_told() {
    let template = Template::read();
    let parameters = template.section("Parameters");
    let mut seen = BTreeSet::new();
    for function in functions(&template) {
        let reserved = &template.resource(function)["ReservedConcurrentExecutions"]["Fn::If"];
        let parameter = reserved[1]["Ref"].as_str().unwrap();
        let condition = &template.section("Conditions")[reserved[0].as_str().unwrap()];
        assert_eq!(condition["Fn::Not"][0]["Fn::Equals"][0]["Ref"], parameter, "{function}");
        assert_eq!(parameters[parameter]["Default"], 0, "{function}");
        assert_eq!(reserved[2]["Ref"], "AWS::NoValue", "{function}");
        assert!(seen.insert(parameter.to_owned()), "{parameter} is for one function");
    }
}

#[test]
fn the_outputs_name_every_log_group() {
    let template = Template::read();
    let groups: BTreeSet<&str> = template.resources("AWS::Logs::LogGroup").map(|(id, _)| id).collect();
    let outputs = template.section("Outputs").iter().filter(|(name, _)| name.ends_with("LogGroup"));
    assert_eq!(outputs.map(|(_, output)| output["Value"]["Ref"].as_str().unwrap()).collect::<BTreeSet<_>>(), groups);
    for function in functions(&template) {
        let group = template.resource(function)["LoggingConfig"]["LogGroup"]["Ref"].as_str().unwrap();
        let name = function.strip_suffix("Function").unwrap();
        assert_eq!(template.section("Outputs")[&format!("{name}LogGroup")]["Value"]["Ref"], group, "{function}");
    }
}

#[test]
fn the_stack_of_samples_gets_every_parameter_that_it_needs() {
    let template = Template::read();
    let stack = template.resource("SampleApiStack");
    let samples = Template::at(stack["Location"].as_str().unwrap());
    let given = stack["Parameters"].as_object().unwrap();
    let known = samples.section("Parameters");
    assert!(given.keys().all(|name| known.contains_key(name)), "{given:?}");
    for (name, parameter) in known {
        assert!(given.contains_key(name) || parameter.get("Default").is_some(), "{name} is not given");
    }
}

/// Set on no function: a key file is for one's own machine.
const LOCAL: [&str; 1] = ["DATA_KEY_FILE"];
