//! Fewer points, the same picture. Of each column of pixels the lowest and the highest value are kept, in their
//! order; a gap stays a gap, and the first and the last point of each run stay where they are.

/// A run of points without a gap: places and values.
pub type Run = Vec<(usize, f64)>;

/// The runs of a series, each of at most two points a column beside its ends.
pub fn runs(values: &[Option<f64>], columns: usize) -> Vec<Run> {
    let column = |index: usize| index * columns.max(1) / values.len().max(1);
    let mut runs: Vec<Run> = Vec::new();
    let mut open: Option<Column> = None;
    for (index, value) in values.iter().enumerate() {
        let Some(value) = *value else {
            close(&mut runs, open.take());
            continue;
        };
        let point = (index, value);
        match &mut open {
            Some(open) if open.number == column(index) => open.take(point),
            _ => {
                let goes_on = open.is_some();
                close(&mut runs, open.take());
                if !goes_on {
                    runs.push(vec![point]);
                }
                open = Some(Column {
                    number: column(index),
                    lowest: point,
                    highest: point,
                });
            }
        }
        // The last of a run is its end.
        if values.get(index + 1).is_none_or(Option::is_none) {
            close(&mut runs, open.take());
            push(&mut runs, point);
        }
    }
    runs
}

struct Column {
    number: usize,
    lowest: (usize, f64),
    highest: (usize, f64),
}

impl Column {
    fn take(&mut self, point: (usize, f64)) {
        if point.1 < self.lowest.1 {
            self.lowest = point;
        }
        if point.1 > self.highest.1 {
            self.highest = point;
        }
    }
}

fn close(runs: &mut [Run], column: Option<Column>) {
    if let Some(Column { lowest, highest, .. }) = column {
        let (first, second) = if lowest.0 < highest.0 {
            (lowest, highest)
        } else {
            (highest, lowest)
        };
        push(runs, first);
        push(runs, second);
    }
}

/// Adds a point unless it is the one that stands there already.
fn push(runs: &mut [Run], point: (usize, f64)) {
    if let Some(run) = runs.last_mut()
        && run.last().is_none_or(|last| last.0 < point.0)
    {
        run.push(point);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().copied().map(Some).collect()
    }

    #[test]
    fn few_points_are_all_kept() {
        let values = some(&[3.0, 1.0, 2.0]);
        assert_eq!(runs(&values, 100), [vec![(0, 3.0), (1, 1.0), (2, 2.0)]]);
    }

    #[test]
    fn a_gap_stays_a_gap_and_one_point_stays_one_point() {
        let values = [Some(1.0), None, Some(2.0), Some(4.0), None];
        assert_eq!(runs(&values, 100), [vec![(0, 1.0)], vec![(2, 2.0), (3, 4.0)]]);
        assert_eq!(runs(&[], 10), Vec::<Run>::new());
    }

    #[test]
    fn of_many_points_the_extremes_of_each_column_and_the_ends_are_kept() {
        let values: Vec<Option<f64>> = (0..8_760)
            .map(|hour| Some(f64::from(hour * 7_919 % 1_000)))
            .collect();
        let kept = runs(&values, 500);
        assert_eq!(kept.len(), 1);
        let run = &kept[0];
        assert!(run.len() <= 2 * 500 + 2, "{}", run.len());
        assert!(run.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(
            (run[0], *run.last().unwrap()),
            ((0, 0.0), (8_759, values[8_759].unwrap()))
        );
        for column in 0..500 {
            let of = |index: usize| index * 500 / 8_760 == column;
            let all = (0..8_760)
                .filter(|index| of(*index))
                .map(|index| values[index].unwrap());
            let kept = run.iter().filter(|point| of(point.0)).map(|point| point.1);
            let extremes = |values: &mut dyn Iterator<Item = f64>| {
                values.fold((f64::MAX, f64::MIN), |(low, high), value| {
                    (low.min(value), high.max(value))
                })
            };
            assert_eq!(extremes(&mut { all }), extremes(&mut { kept }), "column {column}");
        }
    }
}
