//! What the address asks a list of parcels for. The names are those of the call, so that the address behind a figure is
//! the address of its list.

use super::words::code;
use crate::address::Query;
use crate::context::Context;
use crate::i18n::{Word, format};
use shared::time::LocalTime;

/// Filters, as address and call name them.
pub const FILTERS: [&str; 15] = [
    "state",
    "queued",
    "held",
    "reason",
    "missing",
    "platform",
    "mode",
    "park",
    "by",
    "from",
    "to",
    "min_seconds",
    "max_seconds",
    "q",
    "order",
];

/// What a call is asked of an address.
pub fn asked(query: &Query) -> Query {
    query
        .clone()
        .only(|name| name == "site" || FILTERS.contains(&name))
}

/// A filter in words: what it is, and its value.
pub fn words(context: Context, name: &str, value: &str) -> (String, String) {
    let say = |word: Word| context.say(word).to_owned();
    let seconds = || {
        value
            .parse()
            .map_or_else(|_| value.to_owned(), |s| format::duration(context.language, s))
    };
    match name {
        "state" => (say(Word::State), codes(context, "state", value)),
        "queued" => (say(Word::ParcelsQueue), String::new()),
        "held" if value == "any" => (say(Word::ParcelsHeldColumn), String::new()),
        "held" => (say(Word::ParcelsHeldColumn), codes(context, "reason", value)),
        "reason" => (say(Word::ParcelsReason), codes(context, "reason", value)),
        "missing" => (say(Word::ParcelsLacks), codes(context, "document", value)),
        "mode" => (say(Word::ParcelsMode), codes(context, "mode", value)),
        "platform" => (say(Word::ParcelsPlatform), value.to_owned()),
        "park" => (say(Word::ParcelsPark), value.to_owned()),
        "from" => (say(Word::From), moment(value)),
        "to" => (say(Word::ParcelsBefore), moment(value)),
        "min_seconds" => (say(Word::ParcelsAtLeast), seconds()),
        "max_seconds" => (say(Word::ParcelsAtMost), seconds()),
        _ => (name.to_owned(), value.to_owned()),
    }
}

fn codes(context: Context, kind: &str, value: &str) -> String {
    let words: Vec<String> = value.split(',').map(|one| code(context, kind, one)).collect();
    words.join(", ")
}

/// A time or a date as people read it.
fn moment(value: &str) -> String {
    LocalTime::parse(value).map_or_else(|_| value.to_owned(), format::stamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_asked_what_its_names_say_and_nothing_else() {
        let query = Query::parse("?site=A&lang=zh&view=list&state=held&hide=x&by=receipt&q=W-1&order=oldest");
        assert_eq!(
            asked(&query).to_string(),
            "?site=A&state=held&by=receipt&q=W-1&order=oldest"
        );
    }
}
