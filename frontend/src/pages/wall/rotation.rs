//! Which scene is shown, and when the next one comes.

/// The rotation. Times are milliseconds of a clock that never jumps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotation {
    /// Which scene is shown.
    pub at: usize,
    /// Whether somebody let it stand.
    pub stands: bool,
    count: usize,
    every: f64,
    since: f64,
}

impl Rotation {
    /// Begins with the first of so many scenes.
    pub fn new(count: usize, every: f64, now: f64) -> Rotation {
        Rotation {
            at: 0,
            stands: false,
            count: count.max(1),
            every,
            since: now,
        }
    }

    /// Turns to the next scene once its time has come; hands back whether it turned.
    pub fn beat(&mut self, now: f64) -> bool {
        let due = self.count > 1 && !self.stands && now - self.since >= self.every;
        if due {
            self.turn(1, now);
        }
        due
    }

    /// Goes on or back by one, as somebody wants it; the scene then has its whole time.
    pub fn turn(&mut self, by: isize, now: f64) {
        let count = self.count as isize;
        self.at = (self.at as isize + by).rem_euclid(count) as usize;
        self.since = now;
    }

    /// Something else is shown meanwhile: the scene has its whole time when that is over. It is the same scene.
    pub fn hold(&mut self, now: f64) -> bool {
        self.since = now;
        false
    }

    /// Lets it stand, or rotate again.
    pub fn stand(&mut self, now: f64) {
        self.stands = !self.stands;
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenes_follow_each_other_and_begin_again() {
        let mut rotation = Rotation::new(3, 20_000.0, 0.0);
        let mut shown = vec![rotation.at];
        for second in 1..=80 {
            if rotation.beat(f64::from(second) * 1_000.0) {
                shown.push(rotation.at);
            }
        }
        assert_eq!(shown, [0, 1, 2, 0, 1]);
    }

    #[test]
    fn a_single_one_stands() {
        let mut rotation = Rotation::new(1, 5_000.0, 0.0);
        assert!((0..100).all(|second| !rotation.beat(f64::from(second) * 1_000.0)));
    }

    #[test]
    fn what_is_held_goes_on_where_it_was() {
        let mut rotation = Rotation::new(2, 20_000.0, 0.0);
        rotation.hold(19_000.0);
        assert!(!rotation.beat(38_000.0) && rotation.at == 0);
        assert!(rotation.beat(39_000.0) && rotation.at == 1);
    }

    #[test]
    fn a_person_stands_it_and_steps_both_ways() {
        let mut rotation = Rotation::new(3, 20_000.0, 0.0);
        rotation.stand(1_000.0);
        assert!(!rotation.beat(90_000.0));
        rotation.turn(-1, 90_000.0);
        assert_eq!(rotation.at, 2);
        rotation.turn(1, 90_000.0);
        assert_eq!(rotation.at, 0);
        rotation.stand(90_000.0);
        assert!(!rotation.beat(109_000.0) && rotation.beat(110_000.0));
    }
}
