//! Decision lines in CloudWatch Logs.

use aws_sdk_cloudwatchlogs::{Client, error::DisplayErrorContext};
use shared::protocol::Timestamp;

use super::{super::Failure, RequestId, line::Line};

/// The log groups of the functions of a stack.
pub(super) async fn groups_of(stack: &str, client: &Client) -> Result<Vec<String>, Failure> {
    let prefix = format!("/aws/lambda/{stack}-");
    let mut pages = client.describe_log_groups().log_group_name_prefix(&prefix).into_paginator().send();
    let mut names = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| failed("log groups", &prefix, error))?;
        names.extend(page.log_groups.into_iter().flatten().filter_map(|group| group.log_group_name));
    }
    if names.is_empty() {
        return Err(Failure::new(format!("no log group begins with {prefix}: is {stack} the stack, in this Region?")));
    }
    Ok(names)
}

/// The lines about a request in one group, from a moment on.
pub(super) async fn search(
    group: &str,
    id: &RequestId,
    since: Timestamp,
    client: &Client,
) -> Result<Vec<Line>, Failure> {
    let start = i64::try_from(since.as_secs() * 1_000).unwrap_or(i64::MAX);
    let request = client.filter_log_events().log_group_name(group).start_time(start);
    let mut pages = request.filter_pattern(format!("{{ $.request_id = \"{id}\" }}")).into_paginator().send();
    let mut lines = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| failed("lines", group, error))?;
        let messages = page.events.into_iter().flatten().filter_map(|event| event.message);
        lines.extend(messages.filter_map(|message| Line::about(id, &message)));
    }
    Ok(lines)
}

fn failed(what: &str, place: &str, error: impl std::error::Error) -> Failure {
    Failure::new(format!("the {what} of {place} cannot be read: {}", DisplayErrorContext(error)))
}
