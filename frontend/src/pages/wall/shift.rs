//! Against burn-in all moves a little, so slowly that nobody sees it.

/// Steps from the middle to the edge, across and along: numbers without a common divisor, so that every place is
/// reached before the way begins again.
const REACH: (i64, i64) = (7, 5);

/// Where all stands in a minute, in steps from the middle. From one minute to the next it is one step at most each way.
pub fn place(minute: i64) -> (i64, i64) {
    (swing(minute, REACH.0), swing(minute, REACH.1))
}

/// There and back again between `-reach` and `reach`, from the middle.
fn swing(minute: i64, reach: i64) -> i64 {
    let way = (minute + reach).rem_euclid(4 * reach);
    if way <= 2 * reach {
        way - reach
    } else {
        3 * reach - way
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn it_never_jumps_and_stays_near_the_middle() {
        assert_eq!(place(0), (0, 0));
        for minute in -100..1_000 {
            let ((x, y), (next_x, next_y)) = (place(minute), place(minute + 1));
            assert!((next_x - x).abs() <= 1 && (next_y - y).abs() <= 1);
            assert!(x.abs() <= REACH.0 && y.abs() <= REACH.1);
        }
    }

    #[test]
    fn it_reaches_many_places() {
        let places: BTreeSet<_> = (0..600).map(place).collect();
        assert!(places.len() > 30, "{}", places.len());
    }
}
