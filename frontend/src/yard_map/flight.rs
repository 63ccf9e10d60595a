//! A flight from one view to another.

use super::view::View;

/// How long one takes, in milliseconds.
const LASTS: f64 = 700.0;

/// A flight.
#[derive(Clone, Copy, Debug)]
pub struct Flight {
    from: View,
    to: View,
    begun: f64,
}

impl Flight {
    /// One that begins now, in milliseconds of a steady clock.
    pub fn new(from: View, to: View, now: f64) -> Flight {
        Flight { from, to, begun: now }
    }

    /// Where it is by now; with whether it has arrived.
    pub fn at(&self, now: f64) -> (View, bool) {
        let share = ((now - self.begun) / LASTS).clamp(0.0, 1.0);
        // Slow at both ends.
        let eased = share * share * (3.0 - 2.0 * share);
        (self.from.towards(self.to, eased), share >= 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_arrives_in_time_and_stays() {
        let from = View {
            middle: (0.0, 0.0),
            scale: 1.0,
            screen: (100.0, 100.0),
        };
        let to = View {
            middle: (50.0, 10.0),
            scale: 4.0,
            ..from
        };
        let flight = Flight::new(from, to, 1_000.0);
        assert_eq!(flight.at(1_000.0 + LASTS), (to, true));
        assert_eq!(flight.at(1_000.0 + LASTS * 9.0), (to, true));
        let (half, arrived) = flight.at(1_000.0 + LASTS / 2.0);
        assert!(!arrived && half.scale > 1.0 && half.scale < 4.0);
    }
}
