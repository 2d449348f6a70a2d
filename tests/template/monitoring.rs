//! Alarms and dashboard speak of metrics that there are.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;
use shared::lambda::metrics::{FUNCTION, METRICS, NAMESPACE};
use tests::{TableCall, Template};

/// The resources that the alarms' metrics of a name are of.
fn watched(template: &Template, metric: &str) -> BTreeSet<String> {
    let metrics = template.resources("AWS::CloudWatch::Alarm").flat_map(|(_, alarm)| entries(alarm));
    let metrics = metrics.map(|entry| &entry["MetricStat"]["Metric"]).filter(|found| found["MetricName"] == metric);
    metrics.map(|found| found["Dimensions"][0]["Value"]["Ref"].as_str().unwrap().to_owned()).collect()
}

/// A metric as an alarm or a widget names it.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    namespace: String,
    name: String,
    dimensions: Vec<String>,
}

fn texts<'a>(values: impl Iterator<Item = &'a Value>) -> Vec<String> {
    values.map(|value| value.as_str().unwrap().to_owned()).collect()
}

/// The entries of an alarm's `Metrics`.
fn entries(alarm: &Value) -> &[Value] {
    alarm["Metrics"].as_array().unwrap()
}

fn of_alarms(template: &Template) -> Vec<Named> {
    let metrics = template.resources("AWS::CloudWatch::Alarm").flat_map(|(_, alarm)| entries(alarm));
    let metrics = metrics.map(|entry| &entry["MetricStat"]["Metric"]).filter(|metric| metric.is_object());
    let namespace =
        |metric: &Value| metric["Namespace"].as_str().or(metric["Namespace"]["Fn::Sub"].as_str()).map(str::to_owned);
    let dimensions = |metric: &Value| texts(metric["Dimensions"].as_array().into_iter().flatten().map(|d| &d["Name"]));
    let named = |metric: &Value| Named {
        namespace: namespace(metric).unwrap(),
        name: metric["MetricName"].as_str().unwrap().to_owned(),
        dimensions: dimensions(metric),
    };
    metrics.map(named).collect()
}

/// The dashboard, with `${X}` left as it is.
fn dashboard(template: &Template) -> Value {
    serde_json::from_str(template.resource("Dashboard")["DashboardBody"]["Fn::Sub"].as_str().unwrap()).unwrap()
}

fn of_dashboard(template: &Template) -> Vec<Named> {
    let dashboard = dashboard(template);
    let widgets = dashboard["widgets"].as_array().unwrap().iter();
    let rows = widgets.flat_map(|widget| widget["properties"]["metrics"].as_array().into_iter().flatten());
    rows.map(|row| named(row.as_array().unwrap())).collect()
}

/// `[namespace, name, dimension, value …, options]`, or a search.
fn named(row: &[Value]) -> Named {
    if let Some(search) = row[0]["expression"].as_str() {
        let (schema, rest) = search.strip_prefix("SEARCH('{").unwrap().split_once('}').unwrap();
        let mut schema = schema.split(',').map(str::to_owned);
        let name = rest.split('"').nth(1).unwrap().to_owned();
        return Named { namespace: schema.next().unwrap(), name, dimensions: schema.collect() };
    }
    let words = texts(row.iter().filter(|value| value.is_string()));
    let dimensions = words[2..].iter().step_by(2).cloned().collect();
    Named { namespace: words[0].clone(), name: words[1].clone(), dimensions }
}

fn counted_by_functions(named: Vec<Named>) -> impl Iterator<Item = Named> {
    named.into_iter().filter(|metric| metric.namespace == NAMESPACE)
}

#[test]
fn alarms_and_dashboard_name_metrics_that_the_functions_count() {
    let template = Template::read();
    let mut seen = 0;
    for metric in counted_by_functions(of_alarms(&template)).chain(counted_by_functions(of_dashboard(&template))) {
        let dimensions: Vec<&str> = metric.dimensions.iter().map(String::as_str).collect();
        let is_counted = METRICS.iter().any(|known| {
            let more = [&[FUNCTION], known.beside].concat();
            known.name == metric.name && (dimensions == [FUNCTION] || dimensions == more)
        });
        assert!(is_counted, "{metric:?}");
        seen += 1;
    }
    assert!(seen > 30, "{seen} metrics were seen: is the template still read right?");
}

#[test]
fn the_dashboard_shows_every_metric() {
    let shown: BTreeSet<String> =
        counted_by_functions(of_dashboard(&Template::read())).map(|metric| metric.name).collect();
    assert_eq!(shown, METRICS.iter().map(|known| known.name.to_owned()).collect());
}

#[test]
fn an_alarm_watches_every_table_and_every_function_that_refuses() {
    let template = Template::read();
    let functions: BTreeSet<String> =
        template.resources("AWS::Serverless::Function").map(|(id, _)| id.to_owned()).collect();
    let calls: BTreeSet<TableCall> = functions.iter().flat_map(|function| template.table_calls(function)).collect();
    let (reads, writes): (Vec<_>, Vec<_>) =
        calls.into_iter().partition(|(operation, _)| operation.ends_with("GetItem"));
    let tables = |calls: Vec<TableCall>| calls.into_iter().map(|(_, table)| table).collect::<BTreeSet<_>>();
    assert_eq!(watched(&template, "ReadThrottleEvents"), tables(reads));
    assert_eq!(watched(&template, "WriteThrottleEvents"), tables(writes));
    assert_eq!(watched(&template, "refused"), functions);
}

#[test]
fn no_alarm_is_on_errors_of_a_function_for_a_refusal_is_one() {
    for metric in of_alarms(&Template::read()) {
        assert!(metric.namespace != "AWS/Lambda" || metric.name != "Errors", "{metric:?}");
    }
}

#[test]
fn what_is_filtered_from_logs_is_what_an_alarm_asks_for() {
    let template = Template::read();
    let filters = template.resources("AWS::Logs::MetricFilter").flat_map(|(_, filter)| {
        filter["MetricTransformations"].as_array().unwrap().iter().map(|to| Named {
            namespace: to["MetricNamespace"]["Fn::Sub"].as_str().unwrap().to_owned(),
            name: to["MetricName"].as_str().unwrap().to_owned(),
            dimensions: Vec::new(),
        })
    });
    let asked_for = of_alarms(&template).into_iter().filter(|metric| metric.namespace.starts_with("Tollgate/"));
    assert_eq!(filters.collect::<BTreeSet<_>>(), asked_for.collect());
}

#[test]
fn an_expression_is_made_of_the_metrics_beside_it() {
    for (id, alarm) in Template::read().resources("AWS::CloudWatch::Alarm") {
        let ids: BTreeSet<&str> = entries(alarm).iter().map(|entry| entry["Id"].as_str().unwrap()).collect();
        let expressions = entries(alarm).iter().filter_map(|entry| entry["Expression"].as_str());
        let words = expressions.flat_map(|text| text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')));
        let used: BTreeSet<&str> = words.filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase())).collect();
        assert!(used.is_subset(&ids), "{id}: {used:?} of {ids:?}");
        let returned = entries(alarm).iter().filter(|entry| entry["ReturnData"] != false).count();
        assert_eq!(returned, 1, "{id} is on one value");
    }
}

#[test]
fn the_dashboard_refers_to_what_the_template_has() {
    let template = Template::read();
    let body = template.resource("Dashboard")["DashboardBody"]["Fn::Sub"].as_str().unwrap();
    for name in body.split("${").skip(1).map(|rest| rest.split('}').next().unwrap()) {
        assert!(name.starts_with("AWS::") || template.section("Resources").contains_key(name), "{name}");
    }
}

#[test]
fn the_guides_tell_every_alarm() {
    let template = Template::read();
    let alarms: BTreeSet<&str> = template.resources("AWS::CloudWatch::Alarm").map(|(id, _)| id).collect();
    for guide in ["deploy.md", "operations.md"] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(guide)).unwrap();
        let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
        let words = rows.flat_map(|first| first.split('`').skip(1).step_by(2));
        assert_eq!(words.filter(|word| word.ends_with("Alarm")).collect::<BTreeSet<_>>(), alarms, "{guide}");
    }
}

#[test]
fn the_template_tells_what_monitoring_costs() {
    let template = Template::read();
    let cents = 300 + 10 * of_alarms(&template).len();
    let price = format!("{}.{:02} USD", cents / 100, cents % 100);
    let told = template.section("Parameters")["Monitoring"]["Description"].as_str().unwrap();
    assert!(told.contains(&price), "a dashboard is 3 USD, a metric in an alarm 0.10: {price}, and not {told}");
}
