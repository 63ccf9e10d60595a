//! Everything can be done without a pointer: real key presses reach all that reacts to a click, it can be seen where
//! the keyboard is, and the main things that people do are done by keys alone.

use crate::look::{LIVE, url, wait_for_container};
use crate::port::{BOX, port};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use tests::browser::Browser;
use tests::browser::keys::{DOWN, END, ENTER, ESCAPE, RIGHT, SPACE, TAB};
use tests::messages::container;
use tests::pages::{Named, PAGES};
use tests::program::Server;
use tests::wait::until;

/// Notes, each time before Tab leads on, where the keyboard is and whether that can be seen.
const WATCH: &str = "
    window.way = element => {
        const parts = [];
        for (let at = element; at && at !== document.body; at = at.parentElement) {
            const place = [...at.parentElement?.children ?? []].indexOf(at);
            parts.unshift(at.tagName.toLowerCase() + ':nth-child(' + (place + 1) + ')');
        }
        return parts.join('>');
    };
    window.walked = [];
    window.last = null;
    addEventListener('keydown', event => {
        const at = document.activeElement;
        if (event.key !== 'Tab' || !at || at === document.body) return;
        const style = getComputedStyle(at);
        const box = at.getBoundingClientRect();
        // Nine points of what the window shows of it.
        const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
        const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
        const parts = [0.1, 0.5, 0.9];
        const over = parts.flatMap(x => parts.map(y =>
            document.elementFromPoint(left + (right - left) * x, top + (bottom - top) * y)));
        window.walked.push({
            way: way(at),
            html: at.cloneNode(false).outerHTML.slice(0, 160),
            // An outline that is there and has a colour.
            marked: parseFloat(style.outlineWidth) >= 1 && style.outlineStyle !== 'none' && !/, 0\\)$/.test(style.outlineColor),
            // Not wholly behind something else, nor out of sight.
            inSight: left < right && top < bottom && over.some(part => part && (at.contains(part) || part.contains(at))),
            follows: !window.last || !window.last.isConnected
                || (window.last.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0,
        });
        window.last = at;
    }, true);";

/// All that reacts to a press and can be seen, by its way; and what looks as if it did and cannot be reached.
const PRESSABLE: &str = "
    const what = 'a[href], button:not(:disabled), select:not(:disabled), input:not(:disabled):not([type=hidden]), ' +
        'textarea:not(:disabled), summary, [data-do], [role=button], [role=link], [role=slider], [tabindex=\"0\"]';
    const dialog = document.querySelector('dialog[open]');
    const seen = element => element.checkVisibility({visibilityProperty: true}) && !element.closest('[inert]')
        && element.getClientRects().length > 0 && (!dialog || dialog.contains(element));
    // Of radios that belong together Tab leads to the chosen one, and arrows to the others.
    const other = element => element.type === 'radio' && !element.checked
        && document.querySelector('input[type=radio][name=\"' + element.name + '\"]:checked') !== null;
    const pressable = [...document.querySelectorAll(what)].filter(element => seen(element) && !other(element));
    // What shows a hand and is neither one of them nor in or around one. Rows of alarms are opened by documented keys.
    const stray = [...document.querySelectorAll('body *')].filter(element => seen(element)
        && getComputedStyle(element).cursor === 'pointer' && !element.closest(what) && !element.querySelector(what)
        && !element.closest('label, tr[data-alarm]'));
    const name = element => ({way: way(element), html: element.cloneNode(false).outerHTML.slice(0, 160)});
    return {pressable: pressable.map(name), stray: stray.map(name)};";

/// Everything that opens in place is open; of rows that are alike two are enough, but for those that come back within a
/// second and push what has the keyboard away.
const OPEN_AND_SHORTEN: [&str; 2] = [
    "document.querySelectorAll('main details:not([open])').forEach(part => part.open = true)",
    "document.querySelectorAll('main tbody').forEach(body => body.closest('.page.parcels')
        || [...body.rows].slice(2).forEach(row => row.remove()))",
];

/// A place of the keyboard.
#[derive(Debug, Deserialize)]
struct Place {
    way: String,
    html: String,
    #[serde(default)]
    marked: bool,
    #[serde(default, rename = "inSight")]
    in_sight: bool,
    #[serde(default)]
    follows: bool,
}

#[derive(Debug, Deserialize)]
struct Pressable {
    pressable: Vec<Place>,
    stray: Vec<Place>,
}

/// Walks through a page with Tab and tells what is wrong with that.
fn walk(browser: &Browser, page: &str, wrong: &mut Vec<String>) {
    browser.run(OPEN_AND_SHORTEN[0]);
    browser.until_complete();
    browser.run(OPEN_AND_SHORTEN[1]);
    browser.run(WATCH);
    let all: Pressable = serde_json::from_value(browser.run(PRESSABLE)).unwrap();
    for stray in &all.stray {
        wrong.push(format!(
            "{page}: looks as if it could be pressed, and has no keyboard: {}",
            stray.html
        ));
    }
    // Once round and a little: fields of a date have several stops.
    let most = all.pressable.len() * 2 + 20;
    let mut pressed = 0;
    let walked = loop {
        browser.press(&[TAB; 20]);
        pressed += 20;
        let walked: Vec<Place> = serde_json::from_value(browser.run("return window.walked")).unwrap();
        let ways: BTreeSet<&str> = walked.iter().map(|place| place.way.as_str()).collect();
        let is_round =
            walked.last().is_some_and(|last| last.way == walked[0].way) && walked.len() > ways.len();
        let is_all = all.pressable.iter().all(|one| ways.contains(one.way.as_str()));
        if pressed >= most || is_round || is_all {
            break walked;
        }
    };
    let ways: BTreeSet<&str> = walked.iter().map(|place| place.way.as_str()).collect();
    for missed in all
        .pressable
        .iter()
        .filter(|one| !ways.contains(one.way.as_str()))
    {
        wrong.push(format!(
            "{page}: no Tab leads to {} ({})",
            missed.html, missed.way
        ));
    }
    let mut told = BTreeSet::new();
    // Back from the end it begins anew, which is no step backwards.
    let mut rounds = 0;
    // Where a page puts the keyboard into a field, the beginning comes behind the end, once.
    let mut began_anew = false;
    for place in &walked {
        let is_first = place.way == walked[0].way;
        rounds += usize::from(is_first);
        if rounds > 1 || !told.insert(place.way.as_str()) {
            continue;
        }
        if !place.marked {
            wrong.push(format!(
                "{page}: nothing shows that the keyboard is at {}",
                place.html
            ));
        }
        if !place.in_sight {
            wrong.push(format!("{page}: the keyboard is out of sight at {}", place.html));
        }
        let is_beginning = place.html.contains("class=\"skip\"") && !std::mem::replace(&mut began_anew, true);
        if !place.follows && !is_beginning {
            wrong.push(format!("{page}: the keyboard jumps back to {}", place.html));
        }
    }
}

#[test]
fn tab_leads_through_every_page_in_its_order_to_all_that_can_be_pressed_and_shows_where_it_is() {
    let (server, named) = port();
    let browser = Browser::start();
    let mut wrong = Vec::new();
    for page in PAGES {
        browser.open(&url(&server, &page.dressed(&named, "en", "light")));
        browser.until_complete();
        walk(&browser, page.name, &mut wrong);
    }
    assert!(
        wrong.is_empty(),
        "{} things are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn what_no_key_reaches_and_what_does_not_show_where_it_is_would_be_found() {
    let server = Server::start();
    let browser = Browser::start();
    browser.open(&url(&server, "/nowhere?lang=en"));
    browser.until_complete();
    browser.run(
        "const put = (kind, style) => { const part = document.createElement(kind); part.textContent = 'x'; \
           Object.assign(part.style, style); document.querySelector('main').append(part); return part }; \
         put('p', {cursor: 'pointer'}); put('button', {}).tabIndex = -1; put('button', {outline: 'none'}); \
         put('button', {position: 'fixed', left: '-99px'})",
    );
    let mut wrong = Vec::new();
    walk(&browser, "/nowhere", &mut wrong);
    let told = wrong.join("\n");
    for what in ["looks as if", "no Tab leads", "nothing shows", "out of sight"] {
        assert_eq!(told.matches(what).count(), 1, "{what}: {told}");
    }
}

/// A browser on a page of the small port.
#[track_caller]
fn at(address: &str) -> (Server, Named, Browser) {
    let (server, named) = port();
    let browser = Browser::start();
    browser.open(&url(&server, &named.fill(address)));
    browser.until("the page to be live", LIVE);
    browser.until_complete();
    (server, named, browser)
}

#[track_caller]
fn address_is(browser: &Browser, what: &str) {
    browser.until(
        &format!("the address to have {what}"),
        &format!("return decodeURIComponent(location.pathname + location.search).includes('{what}')"),
    );
}

#[test]
fn by_keys_alone_one_skips_to_the_content_and_goes_to_each_page_another_language_and_another_look() {
    let (_server, _, browser) = at("/?lang=en&theme=light");
    browser.press(&[TAB, ENTER]);
    browser.until(
        "the content to have the keyboard",
        "return document.activeElement.id === 'main'",
    );
    for path in ["/yard", "/alarms", "/clearance", "/throughput", "/feeds"] {
        browser.run("document.activeElement.blur()");
        browser.tab_to(&format!(".bar nav a[href^='{path}?']"));
        browser.press(&[ENTER]);
        browser.until(path, &format!("return location.pathname === '{path}'"));
        browser.until_complete();
    }
    browser.tab_to(".preferences a[lang^=zh]");
    browser.press(&[ENTER]);
    browser.until("Chinese", "return document.documentElement.lang === 'zh-CN'");
    browser.until_complete();
    browser.tab_to(".preferences a[data-shape=dark]");
    browser.press(&[ENTER]);
    browser.until(
        "the dark look",
        "return document.documentElement.dataset.theme === 'dark'",
    );
    assert_eq!(browser.errors(), []);
}

#[test]
fn by_keys_alone_one_searches_a_container_and_opens_its_trail() {
    let (_server, _, browser) = at("/?lang=en");
    browser.press(&['/']);
    browser.until(
        "the search to have the keyboard",
        "return document.activeElement.matches('input')",
    );
    browser.type_text("CSU6097");
    browser.press(&[ENTER]);
    let there = format!("/containers/{BOX}");
    // A search that finds one thing may lead there at once.
    browser.until(
        "what was found",
        &format!("return location.pathname === '{there}' || document.querySelector('main a[href^=\"{there}\"]') !== null"),
    );
    if browser.run("return location.pathname") != json!(there) {
        browser.tab_to(&format!("main a[href^='{there}']"));
        browser.press(&[ENTER]);
    }
    address_is(&browser, &there);
    browser.until(
        "the trail",
        "return document.querySelector('main').innerText.includes('MDXU714336')",
    );
}

#[test]
fn by_keys_alone_one_filters_alarms_acknowledges_one_and_explains_another() {
    let (server, _, browser) = at("/alarms?lang=en");
    wait_for_container(&browser, "illegal_storage", BOX);

    // The first of the first list.
    browser.press(&['j']);
    browser.until(
        "the cursor",
        "return document.querySelector('tr[data-alarm].cursor') !== null",
    );
    let first = browser.run("return document.querySelector('tr[data-alarm].cursor').dataset.alarm");
    let first = first.as_str().unwrap().to_owned();
    browser.press(&['a']);
    let acknowledged =
        |id: &str| server.value(&format!("/api/v1/alarms/{id}"))["acknowledged"] == json!(true);
    until("the alarm to be acknowledged", || {
        acknowledged(&first).then_some(())
    });

    // A chip, and the one list that it leaves.
    browser.tab_to("a.chip[href*='kind=illegal_storage']");
    browser.press(&[ENTER]);
    address_is(&browser, "kind=illegal_storage");
    browser.until(
        "the other lists to be gone",
        "return document.querySelectorAll('[data-list]').length === 1",
    );
    wait_for_container(&browser, "illegal_storage", BOX);
    browser.until_complete();

    // Its panel, its form, and back.
    browser.run("document.activeElement.blur()");
    browser.press(&['j']);
    browser.until(
        "the cursor",
        "return document.activeElement.matches('tr[data-alarm].cursor')",
    );
    let second = browser.run("return document.activeElement.dataset.alarm");
    let second = second.as_str().unwrap().to_owned();
    browser.press(&[ENTER]);
    browser.until(
        "the panel with what can be done",
        "return document.querySelector('dialog[open] [data-action=explain]') !== null",
    );
    browser.tab_to("dialog [data-action=explain]");
    browser.press(&[SPACE]);
    browser.until(
        "the form to have the keyboard",
        "return document.activeElement.matches('dialog textarea')",
    );
    browser.type_text("no room in D03");
    browser.tab_to("dialog form [type=submit]");
    browser.press(&[ENTER]);
    until("the explanation", || {
        let alarm = server.value(&format!("/api/v1/alarms/{second}"));
        (alarm["explanation"]["text"] == json!("no room in D03")).then_some(())
    });
    browser.press(&[ESCAPE]);
    browser.until(
        "the panel to be closed",
        "return document.querySelector('dialog[open]') === null && !location.search.includes('alarm=')",
    );
    assert_eq!(browser.errors(), []);
}

/// What the map shows, as a number that differs with it.
fn map(browser: &Browser) -> Value {
    browser.run_later(
        "const done = arguments[0];
         requestAnimationFrame(() => requestAnimationFrame(() => {
             const map = document.querySelector('.map-base');
             const pixels = map.getContext('2d').getImageData(0, 0, map.width, map.height).data;
             let sum = 0;
             for (let at = 0; at < pixels.length; at += 4) sum = (sum * 31 + pixels[at] + pixels[at + 1]) % 4294967291;
             done(sum);
         }))",
        &[],
    )
}

#[test]
fn by_keys_alone_one_zooms_and_moves_the_map_and_chooses_a_block_a_bay_and_a_box() {
    let (_server, named, browser) = at("/yard?lang=en");
    // Another digit twice would lead a list on to the next that begins with it.
    let (bay, number) = ("13", container(6));
    browser.tab_to(".map-above");
    let whole = map(&browser);
    browser.press(&['+']);
    let nearer = map(&browser);
    browser.press(&[RIGHT, DOWN]);
    let moved = map(&browser);
    browser.press(&['0']);
    assert!(whole != nearer && nearer != moved, "{whole} {nearer} {moved}");
    // It flies there.
    until("the whole port to be shown again", || {
        (map(&browser) == whole).then_some(())
    });

    browser.tab_to("main details > summary");
    browser.press(&[ENTER]);
    let block = format!("tr[data-block='{}'] a", named.block);
    browser.until(
        "the blocks",
        &format!("return document.querySelector(\"{block}\") !== null"),
    );
    browser.tab_to(&block);
    browser.press(&[ENTER]);
    address_is(&browser, &format!("block={}", named.block));
    browser.until(
        "the block",
        "return document.querySelector('.block-view select[name=bay]') !== null",
    );
    browser.run("document.querySelector('#main').focus()");
    browser.tab_to("select[name=bay]");
    browser.type_text(bay);
    browser.press(&[TAB]);
    address_is(&browser, &format!("bay={bay}"));
    let there = format!("/containers/{number}");
    browser.until(
        "the cross-section",
        &format!("return document.querySelector('.cross-section a[href^=\"{there}\"]') !== null"),
    );
    browser.tab_to(&format!(".cross-section a[href^='{there}']"));
    browser.press(&[ENTER]);
    address_is(&browser, &there);
    assert_eq!(browser.errors(), []);
}

#[test]
fn by_keys_alone_one_changes_the_period_saves_the_figures_and_opens_what_is_behind_a_chart() {
    let (_server, _, browser) = at("/clearance?lang=en");
    let saved = tests::program::empty_folder();
    let folder = json!({"behavior": "allow", "downloadPath": saved.path()});
    browser.devtools("Browser.setDownloadBehavior", &folder);
    browser.tab_to("select[name=period]");
    browser.type_text("7");
    browser.press(&[TAB]);
    let before = browser.run("return location.search");
    if before.as_str().is_some_and(|search| !search.contains("period=")) {
        // The list of this browser is chosen from by arrows.
        browser.tab_to("select[name=period]");
        browser.press(&[DOWN]);
    }
    address_is(&browser, "period=");
    browser.until_complete();

    browser.tab_to("[data-chart=clearance] [data-do=csv]");
    browser.press(&[ENTER]);
    until("the file", || {
        let file = fs::read_to_string(saved.path().join("clearance.csv")).ok()?;
        file.contains("median").then_some(())
    });

    browser.tab_to("[data-chart=clearance] .chart-above");
    browser.press(&[END]);
    browser.until(
        "the crosshair",
        "return document.querySelector('[data-chart=clearance] .crosshair').checkVisibility()",
    );
    browser.tab_to("[data-chart=clearance] details summary");
    browser.press(&[SPACE]);
    browser.until(
        "the table",
        "return document.querySelector('[data-chart=clearance] details[open] tbody tr') !== null",
    );
    assert_eq!(browser.errors(), []);
}
