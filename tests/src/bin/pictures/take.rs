//! Taking one picture.

use serde_json::json;
use tests::browser::Browser;
use tests::pages::{PAGES, dressed};

use crate::stage::Stage;

/// A window.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// What it stands for.
    pub name: &'static str,
    /// In the page's pixels.
    pub width: u32,
    /// In the page's pixels.
    pub height: u32,
}

const fn size(name: &'static str, width: u32, height: u32) -> Size {
    Size { name, width, height }
}

/// The windows.
pub const SIZES: [Size; 3] = [
    size("desk", 1_280, 800),
    size("wall", 3_840, 2_160),
    size("phone", 390, 844),
];
/// The looks.
pub const THEMES: [&str; 2] = ["light", "dark"];
/// The languages.
pub const LANGUAGES: [&str; 2] = ["en", "zh"];

/// No page is pictured beyond this length.
const LONGEST: u64 = 8_000;

/// How a page finds its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// With data.
    Well,
    /// Gone, after the page was there.
    CutOff,
    /// Without data.
    Empty,
}

/// What a picture shows.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Its name in files and options.
    pub name: &'static str,
    /// The address.
    pub address: &'static str,
    /// How the server is.
    pub condition: Condition,
}

/// The states that have nothing to do with an address.
const STATES: [(&str, &str, Condition); 11] = [
    ("cut-off-overview", "/", Condition::CutOff),
    ("cut-off-yard", "/yard", Condition::CutOff),
    ("cut-off-alarms", "/alarms", Condition::CutOff),
    ("empty-overview", "/", Condition::Empty),
    ("empty-yard", "/yard", Condition::Empty),
    ("empty-alarms", "/alarms", Condition::Empty),
    ("empty-performance", "/alarms/performance", Condition::Empty),
    ("empty-clearance", "/clearance", Condition::Empty),
    ("empty-throughput", "/throughput", Condition::Empty),
    ("empty-feeds", "/feeds", Condition::Empty),
    ("empty-trail", "/containers/CSQU3054383", Condition::Empty),
];

/// Everything that is pictured.
pub fn views() -> Vec<View> {
    let pages = PAGES.iter().map(|page| View {
        name: page.name,
        address: page.address,
        condition: Condition::Well,
    });
    let states = STATES.iter().map(|(name, address, condition)| View {
        name,
        address,
        condition: *condition,
    });
    pages.chain(states).collect()
}

/// Takes a picture.
pub fn take(
    browser: &Browser,
    stage: &Stage,
    view: &View,
    size: Size,
    theme: &str,
    language: &str,
    whole: bool,
) -> Vec<u8> {
    let authority = match view.condition {
        Condition::Well => stage.port.authority(),
        Condition::CutOff => stage.proxy.authority(),
        Condition::Empty => stage.empty.authority(),
    };
    let address = dressed(&stage.named.fill(view.address), language, theme);
    // Nothing moves, so that it does not matter when the picture is taken.
    let still = json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]});
    browser.devtools("Emulation.setEmulatedMedia", &still);
    browser.resize(size.width, size.height);
    browser.open(&format!("http://{authority}{address}"));
    browser.until_complete();
    if view.condition == Condition::CutOff {
        stage.proxy.cut();
        browser.until(
            "the page to say that it is cut off",
            "return document.querySelector('[data-connection=lost]') !== null",
        );
    }
    if whole {
        let length = browser.run("return document.documentElement.scrollHeight");
        let length = length
            .as_u64()
            .unwrap_or_default()
            .clamp(u64::from(size.height), LONGEST);
        browser.resize(size.width, u32::try_from(length).unwrap_or(size.height));
        browser.until_complete();
    }
    let picture = browser.picture();
    stage.proxy.mend();
    picture
}
