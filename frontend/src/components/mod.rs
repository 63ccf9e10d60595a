//! Parts that several pages share.

/// Who has signed in, and what they can do with that.
pub mod account;
/// What an alarm says in words.
pub mod alarm;
/// What calls the person.
pub mod bell;
/// A block of a page.
pub mod block;
/// Putting a text where it can be pasted from.
pub mod clipboard;
/// A clock that runs down.
pub mod countdown;
/// What calls the person to the release desk.
pub mod desk_bell;
/// Saving a text as a file.
pub mod download;
/// The search of the bar.
pub mod finder;
/// What this browser keeps.
pub mod kept;
/// Tables, facts and timelines as escaped text.
pub mod markup;
/// A container number with its mark and its link.
pub mod number;
/// Markup that is brought up to date in its place.
pub mod patched;
/// Markup that hears.
pub mod planted;
/// Parts that change.
pub mod reactive;
/// A choice that stands in the address.
pub mod select;
/// What is around every page: bar, banners, content.
pub mod shell;
/// Elements whose size is followed.
pub mod sized;
/// Loading, failed and empty.
pub mod states;
/// Connection, age of the data, and the clock.
pub mod status;
/// A window into a long list.
pub mod window;
