//! The structure of a template: that all its parts are there, and that they name each other rightly.

use std::collections::BTreeSet;

use shared::model::configuration::{self, Values};

use super::*;

const SAMPLE: &str = include_str!("../../../samples/tollgate.yaml");

const HTTP: Product = Product::Http(HttpAnswers::Policy);

/// The definitions of the services of a file, which is the list of them alone.
pub(super) fn services(list: &str) -> Vec<ServiceDefinition> {
    definitions(&format!("services:\n{list}"))
}

fn definitions(file: &str) -> Vec<ServiceDefinition> {
    let configuration = configuration::parse("f", file, &Nothing).unwrap_or_else(|report| panic!("{report}"));
    let definition = |entry: &configuration::ServiceEntry| entry.without_credentials(entry.spkey.clone().unwrap());
    configuration.services.iter().map(definition).collect()
}

struct Nothing;

impl Values for Nothing {
    fn env(&self, _: &str) -> Option<String> {
        None
    }

    fn file(&self, _: &str) -> Result<String, String> {
        Err("no files here".into())
    }
}

fn one(members: &str) -> Vec<ServiceDefinition> {
    services(&format!("- {{ name: orders, spkey: x, backend: 'https://b.example', {members} }}\n"))
}

fn sample() -> Value {
    template(&definitions(SAMPLE), None, Product::Rest).unwrap()
}

/// The sample with a backend in a VPC.
fn private(file: &str) -> String {
    file.replace("https://travel.example.com", "https://travel.internal.example.com\n    vpc_link: a1b2c3")
}

/// The sample with services that HTTP APIs can serve.
fn http_file() -> String {
    let file = SAMPLE.replace("header:true", "header:false");
    let file = file.replace("    scopes:", "    forward_authorization: true\n    scopes:");
    file.replace("    cors_origins", "    forward_authorization: true\n    cors_origins")
}

#[test]
fn each_service_has_an_api_a_mapping_and_an_address() {
    let template = sample();
    for (id, spkey, key) in [
        ("Orders", "942yzkggypg5dq6c4ucfv3ed", "orders"),
        ("Invoices", "t4wq8nrb2x6mzc9vkhp3ydsf", "invoices"),
        ("Travel", "tpx1", "partner/travel"),
    ] {
        let resource = |kind: &str| &template["Resources"][format!("{id}{kind}")];
        assert_eq!(resource("Api")["Properties"]["Variables"]["spkey"], spkey);
        assert_eq!(resource("Api")["Properties"]["TracingEnabled"], true);
        assert_eq!(resource("Mapping")["Properties"]["ApiId"]["Ref"], format!("{id}Api"));
        assert_eq!(resource("Mapping")["Properties"]["ApiMappingKey"], key);
        let url = &template["Outputs"][format!("{id}Url")]["Value"]["Fn::If"];
        assert_eq!(url[1]["Fn::Sub"], format!("https://${{DomainName}}/{key}"));
        assert!(url[2]["Fn::Sub"].as_str().unwrap().ends_with("/live"), "{url}");
    }
}

#[test]
fn each_api_asks_the_authorizer_of_its_service() {
    let template = sample();
    for (id, parameter) in [
        ("Orders", "SharedTokenAuthorizerArn"),
        ("Invoices", "SharedTokenAuthorizerArn"),
        ("Travel", "IntrospectionAuthorizerArn"),
    ] {
        let document = &template["Resources"][format!("{id}Api")]["Properties"]["DefinitionBody"];
        let authorizer = &document["components"]["securitySchemes"]["tollgate"]["x-amazon-apigateway-authorizer"];
        let uri = format!(
            "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{parameter}}}/invocations"
        );
        assert_eq!(authorizer["authorizerUri"], json!({ "Fn::Sub": uri }));
    }
}

#[test]
fn a_private_backend_is_reached_by_parameters() {
    let integration = |template: &Value| {
        let paths = &template["Resources"]["TravelApi"]["Properties"]["DefinitionBody"]["paths"];
        paths["/"]["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"].clone()
    };
    let rest = template(&definitions(&private(SAMPLE)), None, Product::Rest).unwrap();
    assert_eq!(rest["Parameters"]["TravelVpcLinkId"]["Default"], "a1b2c3");
    assert_eq!(integration(&rest)["connectionId"], json!({ "Fn::Sub": "${TravelVpcLinkId}" }));
    let http = template(&definitions(&private(&http_file())), None, HTTP).unwrap();
    assert_eq!(integration(&http)["connectionId"], json!({ "Fn::Sub": "${TravelVpcLinkId}" }));
    assert_eq!(integration(&http)["uri"], json!({ "Fn::Sub": "${TravelListenerArn}" }));
}

#[test]
fn an_http_api_has_the_stage_that_is_no_part_of_the_path_and_needs_no_role_to_log() {
    let template = template(&definitions(&http_file()), None, HTTP).unwrap();
    assert_eq!(template["Resources"]["OrdersApi"]["Type"], "AWS::Serverless::HttpApi");
    assert_eq!(template["Resources"]["OrdersApi"]["Properties"]["StageVariables"]["spkey"], "942yzkggypg5dq6c4ucfv3ed");
    let url = template["Outputs"]["OrdersUrl"]["Value"]["Fn::If"][2]["Fn::Sub"].as_str().unwrap();
    assert!(url.ends_with("${AWS::URLSuffix}"), "{url}");
    // SAM refuses a name beside that of the document, which cfn-lint does not see.
    let properties = &template["Resources"]["OrdersApi"]["Properties"];
    assert_eq!(properties.get("Name"), None);
    assert_eq!(properties["DefinitionBody"]["info"]["title"]["Fn::Sub"], "${AWS::StackName}-orders");
    assert!(template["Resources"].get("LogRole").is_none() && template["Parameters"].get("CreateLogRole").is_none());
}

#[test]
fn every_service_that_is_no_http_api_is_named() {
    let error = template(&definitions(SAMPLE), None, HTTP).unwrap_err().to_string();
    for service in ["orders", "invoices", "travel"] {
        assert!(error.contains(&format!("the service {service} cannot be an HTTP API")), "{error}");
    }
}

#[test]
fn what_is_named_is_there_and_every_parameter_and_condition_is_used() {
    let open = one("base_path: /, authorizer: none");
    let [rest, http] = [SAMPLE, &http_file()].map(|file| definitions(&private(file)));
    let cases = [(rest, Product::Rest), (http, HTTP), (definitions(SAMPLE), Product::Rest), (open, Product::Rest)];
    for template in cases.map(|(services, product)| template(&services, None, product).unwrap()) {
        let mut named = BTreeSet::new();
        collect(&template["Resources"], &mut named);
        collect(&template["Outputs"], &mut named);
        collect(&template["Conditions"], &mut named);
        let names = |section: &str| template[section].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        let there: BTreeSet<String> =
            [names("Parameters"), names("Resources"), names("Conditions")].into_iter().flatten().collect();
        assert_eq!(named.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new());
        let unused: Vec<_> =
            names("Parameters").union(&names("Conditions")).filter(|name| !named.contains(*name)).cloned().collect();
        assert_eq!(unused, Vec::<String>::new());
    }
}

/// The names that a template mentions, without those that AWS gives.
fn collect(value: &Value, named: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, named)),
        Value::Object(members) => {
            for (key, member) in members {
                named.extend(mentioned(key, member));
                collect(member, named);
            }
        }
        _ => {}
    }
}

/// The names in one member.
fn mentioned(key: &str, member: &Value) -> Vec<String> {
    let first = |text: &str| text.split('.').next().unwrap().to_owned();
    match (key, member) {
        ("Ref" | "Condition", Value::String(text)) => vec![first(text)],
        ("Fn::GetAtt" | "Fn::If", Value::Array(items)) => vec![first(items[0].as_str().unwrap())],
        ("Fn::Sub", Value::String(text)) => {
            let names = text.split("${").skip(1).map(|rest| rest.split('}').next().unwrap());
            names.filter(|name| !name.starts_with("AWS::")).map(first).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn the_base_path_of_all_paths_has_no_mapping_key_and_one_with_a_tilde_no_mapping() {
    let root = template(&one("base_path: /"), None, Product::Rest).unwrap();
    assert_eq!(root["Resources"]["OrdersMapping"]["Properties"].get("ApiMappingKey"), None);
    assert_eq!(root["Outputs"]["OrdersUrl"]["Value"]["Fn::If"][1]["Fn::Sub"], "https://${DomainName}");
    let error = template(&one("base_path: /a~b"), None, Product::Rest).unwrap_err().to_string();
    assert!(error.contains("/a~b"), "{error}");
    assert!(template(&[], None, Product::Rest).unwrap_err().to_string().contains("no services"));
}

#[test]
fn texts_that_yaml_would_read_as_something_else_are_quoted() {
    let text = yaml(
        &json!({ "a": "2010-09-09", "b": "204", "c": "true", "d": "", "e": "*/*", "f": "'-'", "g": "no", "h": 3 }),
    );
    let lines: Vec<&str> = text.lines().skip(1).collect();
    for (line, letter) in lines.iter().zip('a'..='g') {
        let value = line.strip_prefix(&format!("{letter}: ")).unwrap();
        assert!(value.starts_with(['\'', '"']), "{line}");
    }
    assert_eq!(lines[7], "h: 3");
}
