use super::Browser;
use serde_json::{Value, json};

/// On to the next that can have the keyboard.
pub const TAB: char = '\u{E004}';
/// The enter key.
pub const ENTER: char = '\u{E007}';
/// Held with another.
pub const SHIFT: char = '\u{E008}';
/// Held with another.
pub const CONTROL: char = '\u{E009}';
/// The escape key.
pub const ESCAPE: char = '\u{E00C}';
/// The space bar.
pub const SPACE: char = ' ';
/// To the last.
pub const END: char = '\u{E010}';
/// To the first.
pub const HOME: char = '\u{E011}';
/// An arrow.
pub const LEFT: char = '\u{E012}';
/// An arrow.
pub const UP: char = '\u{E013}';
/// An arrow.
pub const RIGHT: char = '\u{E014}';
/// An arrow.
pub const DOWN: char = '\u{E015}';

/// Swallows every Tab once what has the keyboard is what a selector names.
const STOP_AT: &str = "
    window.stopTabs?.();
    const stop = event => {
        if (event.key === 'Tab' && document.activeElement?.matches(arguments[0])) event.preventDefault();
    };
    addEventListener('keydown', stop, true);
    window.stopTabs = () => removeEventListener('keydown', stop, true);";

impl Browser {
    /// Presses keys one after another, as fingers do; the page can't tell them from fingers.
    #[track_caller]
    pub fn press(&self, keys: &[char]) {
        let mut strokes = Vec::new();
        for key in keys {
            strokes.push(json!({"type": "keyDown", "value": key}));
            strokes.push(json!({"type": "keyUp", "value": key}));
        }
        self.act("key", "keyboard", strokes);
    }

    /// Presses a key while another is held.
    #[track_caller]
    pub fn press_with(&self, held: char, key: char) {
        let strokes = [
            ("keyDown", held),
            ("keyDown", key),
            ("keyUp", key),
            ("keyUp", held),
        ];
        let strokes = strokes.map(|(kind, key)| json!({"type": kind, "value": key}));
        self.act("key", "keyboard", strokes.to_vec());
    }

    /// Types a text.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        self.press(&text.chars().collect::<Vec<_>>());
    }

    /// Goes on with Tab until what has the keyboard is what the selector names. Tabs are pressed several at a time;
    /// those that come after it is reached are swallowed.
    #[track_caller]
    pub fn tab_to(&self, selector: &str) {
        const ROUNDS: usize = 30;
        self.run_with(STOP_AT, &[json!(selector)]);
        for _ in 0..ROUNDS {
            if self.has_keyboard(selector) {
                self.run("window.stopTabs?.()");
                return;
            }
            self.press(&[TAB; 12]);
        }
        panic!("no Tab leads to {selector}; the page shows:\n{}", self.text());
    }

    /// Whether what has the keyboard is what the selector names.
    #[track_caller]
    pub fn has_keyboard(&self, selector: &str) -> bool {
        self.run_with(
            "return document.activeElement?.matches(arguments[0]) ?? false",
            &[json!(selector)],
        ) == json!(true)
    }

    /// Clicks at a point of the window.
    #[track_caller]
    pub fn click_at(&self, x: f64, y: f64) {
        self.drag(&[(x, y)], 0);
    }

    /// Presses the pointer at the first point, leads it through the others, each in so many milliseconds, and lets go.
    #[track_caller]
    pub fn drag(&self, points: &[(f64, f64)], milliseconds: u64) {
        let to = |(x, y): (f64, f64), milliseconds: u64| json!({"type": "pointerMove", "duration": milliseconds, "x": x.round() as i64, "y": y.round() as i64});
        let mut moves = Vec::new();
        for (index, point) in points.iter().enumerate() {
            moves.push(to(*point, if index == 0 { 0 } else { milliseconds }));
            if index == 0 {
                moves.push(json!({"type": "pointerDown", "button": 0}));
            }
        }
        moves.push(json!({"type": "pointerUp", "button": 0}));
        self.act("pointer", "pointer", moves);
    }

    #[track_caller]
    fn act(&self, kind: &str, id: &str, actions: Vec<Value>) {
        let actions = json!({"actions": [{"type": kind, "id": id, "actions": actions}]});
        self.in_session("POST", "/actions", &actions);
    }
}
