//! Decision lines in CloudWatch Logs.

use aws_sdk_cloudwatchlogs::Client;
use shared::{protocol::Timestamp, store::cause_of};

use super::{super::Failure, RequestId, line::Line};
use crate::dev::functions;

/// The log groups of the functions of a stack, by the names that its template gives them.
pub(super) fn groups_of(stack: &str) -> Vec<String> {
    functions::NAMES.map(|name| format!("/aws/lambda/{stack}-{name}")).into()
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
        let page =
            page.map_err(|error| Failure::new(format!("the lines of {group} cannot be read: {}", cause_of(&error))))?;
        let messages = page.events.into_iter().flatten().filter_map(|event| event.message);
        lines.extend(messages.filter_map(|message| Line::about(id, &message)));
    }
    Ok(lines)
}
