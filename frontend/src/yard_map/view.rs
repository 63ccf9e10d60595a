//! What part of the plan is in sight. The plan's north is up; the screen's y runs down.

use super::plan::Bounds;
use shared::yard::layout::Point;

/// Pixels a metre at most: a slot then fills a good part of a small screen.
const CLOSEST: f64 = 60.0;
/// Room around what is shown, as a share of the screen.
const MARGIN: f64 = 0.03;

/// A part of the plan on a screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Point of the plan in the middle of the screen.
    pub middle: Point,
    /// Pixels a metre.
    pub scale: f64,
    /// Width and height of the screen in pixels.
    pub screen: Point,
}

impl View {
    /// All of a rectangle, as large as it fits.
    pub fn fit(bounds: Bounds, screen: Point) -> View {
        let (width, height) = bounds.size();
        let room = 1.0 - 2.0 * MARGIN;
        View {
            middle: (
                (bounds.low.0 + bounds.high.0) / 2.0,
                (bounds.low.1 + bounds.high.1) / 2.0,
            ),
            scale: (screen.0 * room / width)
                .min(screen.1 * room / height)
                .clamp(1e-6, CLOSEST),
            screen,
        }
    }

    /// Where a point of the plan is on the screen.
    pub fn to_screen(self, (x, y): Point) -> Point {
        (
            self.screen.0 / 2.0 + (x - self.middle.0) * self.scale,
            self.screen.1 / 2.0 - (y - self.middle.1) * self.scale,
        )
    }

    /// Which point of the plan is at a point of the screen.
    pub fn to_plan(self, (x, y): Point) -> Point {
        (
            self.middle.0 + (x - self.screen.0 / 2.0) / self.scale,
            self.middle.1 - (y - self.screen.1 / 2.0) / self.scale,
        )
    }

    /// Nearer or farther, with what is at a point of the screen staying there. `whole` is the farthest.
    #[must_use]
    pub fn zoomed(self, factor: f64, at: Point, whole: &View) -> View {
        let fixed = self.to_plan(at);
        let scale = (self.scale * factor).max(whole.scale * 0.8).min(CLOSEST);
        let mut view = View { scale, ..self };
        let moved = view.to_plan(at);
        view.middle.0 += fixed.0 - moved.0;
        view.middle.1 += fixed.1 - moved.1;
        view.held(whole)
    }

    /// Moved by pixels of the screen.
    #[must_use]
    pub fn moved(mut self, (x, y): Point, whole: &View) -> View {
        self.middle.0 -= x / self.scale;
        self.middle.1 += y / self.scale;
        self.held(whole)
    }

    /// On the way to another view, from 0 to 1: what both show stays in sight.
    #[must_use]
    pub fn towards(self, to: View, share: f64) -> View {
        if share >= 1.0 {
            return View {
                screen: self.screen,
                ..to
            };
        }
        let between = |from: f64, to: f64| from + (to - from) * share;
        View {
            middle: (
                between(self.middle.0, to.middle.0),
                between(self.middle.1, to.middle.1),
            ),
            // How much of the plan is in sight changes as its middle does; so a point that stays where it is on the
            // screen from beginning to end does so on the way.
            scale: 1.0 / between(1.0 / self.scale, 1.0 / to.scale),
            screen: self.screen,
        }
    }

    /// The same on a screen of another size.
    #[must_use]
    pub fn resized(self, screen: Point) -> View {
        View { screen, ..self }
    }

    /// The middle stays within what the whole port shows, so that nobody gets lost beside it.
    fn held(mut self, whole: &View) -> View {
        let half = (
            whole.screen.0 / whole.scale / 2.0,
            whole.screen.1 / whole.scale / 2.0,
        );
        let hold = |value: f64, middle: f64, half: f64| value.max(middle - half).min(middle + half);
        self.middle = (
            hold(self.middle.0, whole.middle.0, half.0),
            hold(self.middle.1, whole.middle.1, half.1),
        );
        self
    }

    /// Whether anything of a rectangle is in sight.
    pub fn sees(&self, bounds: &Bounds) -> bool {
        let (left, bottom) = self.to_screen(bounds.low);
        let (right, top) = self.to_screen(bounds.high);
        right >= 0.0 && left <= self.screen.0 && bottom >= 0.0 && top <= self.screen.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_begins_here_and_ends_there() {
        let far = whole();
        let near = far.zoomed(8.0, (10.0, 20.0), &far);
        let begin = far.towards(near, 0.0);
        assert!((begin.scale - far.scale).abs() < 1e-9 && (begin.middle.0 - far.middle.0).abs() < 1e-9);
        assert_eq!(far.towards(near, 1.0), near);
        let fixed = far.to_plan((10.0, 20.0));
        let (x, y) = far.towards(near, 0.4).to_screen(fixed);
        assert!((x - 10.0).abs() < 1e-6 && (y - 20.0).abs() < 1e-6, "{x} {y}");
    }

    fn whole() -> View {
        let bounds = Bounds {
            low: (0.0, -50.0),
            high: (2_000.0, 950.0),
        };
        View::fit(bounds, (1_280.0, 800.0))
    }

    fn near(a: Point, b: Point) -> bool {
        (a.0 - b.0).abs() < 1e-6 && (a.1 - b.1).abs() < 1e-6
    }

    #[test]
    fn north_is_up_and_all_fits() {
        let view = whole();
        let (x, y) = view.to_screen((0.0, 950.0));
        assert!((0.0..1_280.0).contains(&x) && (0.0..800.0).contains(&y));
        assert!(view.to_screen((0.0, -50.0)).1 > y);
        assert!(near(view.to_plan(view.to_screen((123.0, 45.0))), (123.0, 45.0)));
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let whole = whole();
        let at = (900.0, 300.0);
        let before = whole.to_plan(at);
        let view = whole.zoomed(4.0, at, &whole);
        assert!(near(view.to_plan(at), before));
        assert!(view.zoomed(1e9, at, &whole).scale <= CLOSEST);
        assert!(view.zoomed(1e-9, at, &whole).scale >= whole.scale * 0.5);
    }

    #[test]
    fn nobody_gets_lost_beside_the_plan() {
        let whole = whole();
        let view = whole
            .zoomed(10.0, (640.0, 400.0), &whole)
            .moved((-1e9, 1e9), &whole);
        assert!(view.middle.0 <= 2_200.0 && view.middle.1 <= 1_200.0);
    }
}
