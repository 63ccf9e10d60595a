//! A window into a long list: which rows are drawn, which are fetched, and where the reader stays when rows come
//! above. Pure arithmetic, so that it can be tested without a browser.

use std::ops::Range;

/// So many rows are drawn above and below what is seen.
const MARGIN: usize = 12;
/// A list of no more rows than this is drawn as a whole: it can be searched and read from end to end.
const SHORT: usize = 120;
/// So many rows are fetched at a time, at least.
pub const FETCH: usize = 200;

/// Rows from a place of a list on.
#[derive(Clone, Debug)]
pub struct Window<T> {
    /// The place of the first.
    pub start: usize,
    /// The rows.
    pub rows: Vec<T>,
}

impl<T> Default for Window<T> {
    fn default() -> Window<T> {
        Window {
            start: 0,
            rows: Vec::new(),
        }
    }
}

impl<T> Window<T> {
    /// The row at a place, where it is there.
    pub fn at(&self, place: usize) -> Option<&T> {
        self.rows.get(place.checked_sub(self.start)?)
    }

    /// The place of the first row that is meant.
    pub fn place_of(&self, is: impl Fn(&T) -> bool) -> Option<usize> {
        Some(self.start + self.rows.iter().position(is)?)
    }

    /// Whether it holds what is seen of a list, with some rows to spare where there are any.
    pub fn covers(&self, seen: &Range<usize>, total: usize) -> bool {
        let from = seen.start.saturating_sub(MARGIN);
        let to = (seen.end + MARGIN).min(total);
        to <= from || (self.start <= from && self.start + self.rows.len() >= to)
    }
}

/// The places that are seen, of rows that are so high.
pub fn seen(scrolled: f64, height: f64, row: f64, total: usize) -> Range<usize> {
    let row = row.max(1.0);
    let first = ((scrolled / row) as usize).min(total);
    let count = (height / row) as usize + 2;
    first..(first + count).min(total)
}

/// The places that are drawn.
pub fn drawn(seen: &Range<usize>, total: usize) -> Range<usize> {
    if total <= SHORT {
        return 0..total;
    }
    seen.start.saturating_sub(MARGIN)..(seen.end + MARGIN).min(total)
}

/// From where on, and how many, are fetched so that what is seen lies in the middle.
pub fn fetched(seen: &Range<usize>, total: usize) -> (usize, usize) {
    if total <= FETCH {
        return (0, FETCH);
    }
    let count = (seen.len() * 4).clamp(FETCH, 1_000);
    let before = (count - seen.len().min(count)) / 2;
    (seen.start.saturating_sub(before), count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_thousand_rows_are_drawn_by_a_few_dozen() {
        let seen = seen(1_600_000.0, 640.0, 32.0, 100_000);
        assert_eq!(seen, 50_000..50_022);
        assert_eq!(drawn(&seen, 100_000), 49_988..50_034);
        let (offset, limit) = fetched(&seen, 100_000);
        let window = Window {
            start: offset,
            rows: vec![(); limit],
        };
        assert!(window.covers(&seen, 100_000));
        assert!(!window.covers(&(50_100..50_122), 100_000));
    }

    #[test]
    fn the_ends_of_a_list_are_covered_without_rows_to_spare() {
        let window = Window {
            start: 0,
            rows: vec!['a', 'b', 'c'],
        };
        assert!(window.covers(&seen(0.0, 500.0, 32.0, 3), 3));
        assert_eq!(window.at(1), Some(&'b'));
        assert_eq!(window.place_of(|row| *row == 'c'), Some(2));
        assert!(Window::<()>::default().covers(&seen(0.0, 500.0, 32.0, 0), 0));
        assert_eq!(seen(900.0, 500.0, 32.0, 3), 3..3);
        assert_eq!(fetched(&(0..20), 500), (0, 200));
        assert_eq!(fetched(&(98..120), 120), (0, 200));
        assert_eq!(drawn(&(98..120), 120), 0..120);
    }
}
