use crate::browser::Browser;

/// One view of the product, as tests, pictures and the bench go through them.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// What it is called in lists and files.
    pub name: &'static str,
    /// Its address, without language and theme. What stands in braces is one of [`Named`].
    pub address: &'static str,
}

const fn page(name: &'static str, address: &'static str) -> Page {
    Page { name, address }
}

/// Every page, and every state of one that an address alone leads to. A new page is one line here.
pub const PAGES: [Page; 31] = [
    page("overview", "/"),
    page("yard", "/yard"),
    page("yard-block", "/yard?block={block}&bay={bay}"),
    page("yard-slot", "/yard?slot={slot}&colour=alarm"),
    page("alarms", "/alarms"),
    page("alarms-kind", "/alarms?kind=illegal_storage"),
    page("alarms-groups", "/alarms?group=vessel,kind"),
    page("alarm", "/alarms?alarm={alarm}"),
    page("alarm-rules", "/alarms/rules"),
    page("alarm-performance", "/alarms/performance"),
    page("clearance", "/clearance"),
    page("clearance-groups", "/clearance?group=direction&compare=before"),
    page("throughput", "/throughput"),
    page("stays", "/stays"),
    page("search", "/containers?q={container}"),
    page("trail", "/containers/{container}"),
    page("feeds", "/feeds"),
    page("wall", "/wall?scenes=yard"),
    page("wall-clearance", "/wall?scenes=clearance"),
    page("wall-setup", "/wall/setup"),
    page("release-desk", "/release-desk"),
    page("release-desk-new", "/release-desk/new"),
    page("release-desk-figures", "/release-desk?view=figures"),
    page("application", "/release-desk/{application}"),
    page("wall-release-desk", "/wall?scenes=release_desk"),
    page("nowhere", "/nowhere"),
    page("parcels", "/parcels"),
    page("parcels-period", "/parcels?view=period&period=today&group=mode"),
    page("parcels-list", "/parcels?view=list"),
    page("parcel", "/parcels/{parcel}"),
    page("wall-parcels", "/wall?scenes=parcels"),
];

/// Pages that are there with accounts only, and whether somebody has to have signed in. What stands in `{link}` is a
/// one-time link's secret.
pub const ACCESS_PAGES: [(Page, bool); 8] = [
    (page("sign-in", "/sign-in?to=/yard"), false),
    (page("sign-in-refused", "/sign-in?problem=no_role"), false),
    (page("welcome", "/welcome#{link}"), false),
    (page("welcome-used-up", "/welcome#nothing"), false),
    (page("account", "/account"), true),
    (page("access", "/access"), true),
    (page("access-keys", "/access?view=keys"), true),
    (page("access-audit", "/access?view=audit"), true),
];

/// What a server has to show, by which the addresses of [`PAGES`] are filled.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// A container that was here.
    pub container: String,
    /// A slot that is taken.
    pub slot: String,
    /// Its block.
    pub block: String,
    /// Its bay.
    pub bay: String,
    /// An alarm.
    pub alarm: String,
    /// The order of a parcel that is held.
    pub parcel: String,
    /// An application at the release desk.
    pub application: String,
}

impl Named {
    /// An address with what stands in its braces.
    pub fn fill(&self, address: &str) -> String {
        [
            ("{container}", &self.container),
            ("{slot}", &self.slot),
            ("{block}", &self.block),
            ("{bay}", &self.bay),
            ("{alarm}", &self.alarm),
            ("{parcel}", &self.parcel),
            ("{application}", &self.application),
        ]
        .iter()
        .fold(address.to_owned(), |address, (gap, name)| {
            address.replace(gap, name)
        })
    }
}

impl Page {
    /// Its address at a server.
    pub fn at(&self, named: &Named) -> String {
        named.fill(self.address)
    }

    /// The same in a language and a theme.
    pub fn dressed(&self, named: &Named, language: &str, theme: &str) -> String {
        dressed(&self.at(named), language, theme)
    }
}

/// An address in a language and a theme; what stands behind `#` stays behind.
pub fn dressed(address: &str, language: &str, theme: &str) -> String {
    let (address, fragment) = address
        .split_once('#')
        .map_or((address, None), |(address, fragment)| (address, Some(fragment)));
    let sign = if address.contains('?') { '&' } else { '?' };
    let fragment = fragment
        .map(|fragment| format!("#{fragment}"))
        .unwrap_or_default();
    format!("{address}{sign}lang={language}&theme={theme}{fragment}")
}

/// Whether a page has all that it asked for, and shows it: nothing is on its way, the letters are there, and in every
/// frame with canvases that can be seen one of them is drawn.
pub const COMPLETE: &str = "
    const main = document.querySelector('main');
    if (!main || document.fonts.status !== 'loaded') return false;
    if (document.querySelector('.loading, [aria-busy=true], [data-connection=starting]')) return false;
    if (main.innerText.trim() === '') return false;
    const isDrawn = canvas => {
        if (canvas.width === 0 || canvas.height === 0) return false;
        const small = new OffscreenCanvas(64, 64).getContext('2d');
        small.drawImage(canvas, 0, 0, 64, 64);
        return small.getImageData(0, 0, 64, 64).data.some(value => value !== 0);
    };
    const frames = new Set([...document.querySelectorAll('canvas')]
        .filter(canvas => canvas.checkVisibility()).map(canvas => canvas.parentElement));
    return [...frames].every(frame => [...frame.querySelectorAll('canvas')].some(isDrawn));";

impl Browser {
    /// Waits until the page has all that it asked for, and has shown it.
    #[track_caller]
    pub fn until_complete(&self) {
        self.until("the page to be complete", COMPLETE);
        self.run_later(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))",
            &[],
        );
    }
}
