//! Rows as a table for the terminal or for a document.

use crate::result::Measured;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// Columns aligned by spaces.
    Text,
    /// Markdown.
    Markdown,
}

/// Header and rows, all of one length.
pub(crate) struct Table {
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// The numbers of every case.
    pub(crate) fn of_numbers(measured: &[Measured]) -> Self {
        let header = [
            "function",
            "start ms",
            "first ms",
            "sum ms",
            "p50 ms",
            "p90 ms",
            "p99 ms",
            "CPU ms",
            "peak MiB",
            "DynamoDB i/f/w",
            "provider i/f/w",
            "new conn. i/f/w",
            "binary KiB",
            "zip KiB",
            "log B",
        ];
        let rows = measured.iter().map(|m| {
            let phases = [&m.init_phase, &m.first_invoke, &m.warm_invoke];
            vec![
                m.name.to_owned(),
                number(m.start, 2),
                number(m.first, 2),
                number(m.start_and_first, 2),
                number(m.p50, 3),
                number(m.p90, 3),
                number(m.p99, 3),
                number(m.cpu, 3),
                number(Some(m.peak_memory), 1),
                slashed(phases.map(|requests| requests.dynamodb)),
                slashed(phases.map(|requests| requests.provider)),
                slashed(phases.map(|requests| requests.connections)),
                number(Some(m.binary), 0),
                number(m.zip, 0),
                number(m.log, 0),
            ]
        });
        Self::with_header(&header, rows)
    }

    /// The ratios of every case to the cases it is measured beside.
    pub(crate) fn of_ratios(measured: &[Measured]) -> Self {
        let header = ["function", "beside", "start", "start + first", "p50", "CPU"];
        let rows = measured.iter().flat_map(|m| {
            m.ratios.iter().map(|ratios| {
                let numbers = [ratios.start, ratios.start_and_first, ratios.p50, ratios.cpu];
                let numbers = numbers.map(|ratio| number(ratio, 2));
                [vec![m.name.to_owned(), ratios.to.to_owned()], numbers.to_vec()].concat()
            })
        });
        Self::with_header(&header, rows)
    }

    /// The table as text that ends with a line break.
    pub(crate) fn render(&self, style: Style) -> String {
        let columns = self.rows.first().map_or(0, Vec::len);
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for (index, row) in self.rows.iter().enumerate() {
            text.push_str(&line(row, &widths, style));
            if index == 0 && style == Style::Markdown {
                text.push_str(&format!("|---|{}\n", "---:|".repeat(columns.saturating_sub(1))));
            }
        }
        text
    }

    /// A table of these rows.
    pub(crate) fn with_header(header: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Self {
        let header = header.iter().map(|name| (*name).to_owned()).collect();
        Self { rows: std::iter::once(header).chain(rows).collect() }
    }
}

/// The first column to the left, the numbers to the right.
fn line(row: &[String], widths: &[usize], style: Style) -> String {
    match style {
        Style::Markdown => format!("| {} |\n", row.join(" | ")),
        Style::Text => {
            let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, &width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
        }
    }
}

/// A number, or a dash where there is none.
pub(crate) fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
}

/// Whole numbers are written as such.
fn slashed(values: [f64; 3]) -> String {
    values.map(|value| format!("{value:.2}").trim_end_matches('0').trim_end_matches('.').to_owned()).join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_or_markdown() {
        let rows = [["function", "p50"], ["empty", "0.04"], ["a", "12.30"]];
        let table = Table { rows: rows.map(|row| row.map(str::to_owned).to_vec()).to_vec() };
        assert_eq!(table.render(Style::Text), "function    p50\nempty      0.04\na         12.30\n");
        let markdown = "| function | p50 |\n|---|---:|\n| empty | 0.04 |\n| a | 12.30 |\n";
        assert_eq!(table.render(Style::Markdown), markdown);
    }

    #[test]
    fn counts_are_short() {
        assert_eq!(slashed([2.0, 0.0, 1.016]), "2/0/1.02");
    }
}
