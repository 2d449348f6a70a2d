//! Order statistics of what was measured.

/// The median; the mean of the middle two where there is no middle one. `None` of nothing.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    let sorted = sorted(values);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(f64::midpoint(lower, upper))
}

/// The smallest value that `percent` of 100 values do not exceed (nearest rank). `None` of nothing.
pub(crate) fn percentile(values: &[f64], percent: usize) -> Option<f64> {
    let rank = (percent * values.len()).div_ceil(100).max(1);
    sorted(values).get(rank - 1).copied()
}

/// The median of the ratios of values that were measured in one round, which a machine that slows down leaves alone.
pub(crate) fn paired_ratio(values: &[f64], floors: &[f64]) -> Option<f64> {
    let ratios: Vec<f64> = values.iter().zip(floors).map(|(value, floor)| value / floor).collect();
    median(&ratios)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let hundred: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&hundred, 50), Some(50.0));
        assert_eq!(percentile(&hundred, 99), Some(99.0));
        assert_eq!(percentile(&[7.0], 99), Some(7.0));
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn a_ratio_is_taken_within_a_round() {
        // The machine is three times slower in the second round; the ratio stays.
        assert_eq!(paired_ratio(&[2.0, 6.0], &[1.0, 3.0]), Some(2.0));
        assert_eq!(paired_ratio(&[], &[]), None);
    }
}
