//! What the contenders' turns come to.

use super::contender::{Contender, Turn};
use crate::{
    statistics::{median, paired_ratio},
    table::{Table, number},
};

/// A row for each contender. Of each `of_one_kind` that stand together, the first is ours.
pub(super) fn table(contenders: &[Contender<'_>], of_one_kind: usize) -> Table {
    let header = [
        "request: server",
        "CPU ms",
        "requests per CPU second",
        "DynamoDB requests",
        "peak MiB",
        "ours, times as many",
    ];
    let rows = contenders.chunks(of_one_kind).flat_map(|kind| kind.iter().map(|contender| row(contender, &kind[0])));
    Table::with_header(&header, rows)
}

fn row(contender: &Contender<'_>, ours: &Contender<'_>) -> Vec<String> {
    let (cpu, turns) = (cpu(&contender.turns), &contender.turns);
    let requests: usize = turns.iter().map(|turn| turn.requests).sum();
    let asked: u64 = turns.iter().map(|turn| turn.dynamodb).sum();
    let memory = turns.iter().map(|turn| turn.peak_memory).max();
    let median_cpu = median(&cpu);
    vec![
        contender.name.to_owned(),
        number(median_cpu, 3),
        number(median_cpu.map(|cpu| 1_000.0 / cpu), 0),
        number(Some(asked as f64 / requests as f64), 2),
        number(memory.map(|memory| memory as f64 / 1024.0), 1),
        number(paired_ratio(&cpu, &self::cpu(&ours.turns)), 2),
    ]
}

/// Of each turn, per request.
fn cpu(turns: &[Turn]) -> Vec<f64> {
    turns.iter().map(|turn| turn.cpu / turn.requests as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_of_a_request_is_that_of_its_turn_shared_out() {
        let turn = |cpu, requests| Turn { requests, cpu, dynamodb: 0, peak_memory: 0 };
        assert_eq!(cpu(&[turn(10.0, 20), turn(3.0, 10)]), [0.5, 0.3]);
    }
}
