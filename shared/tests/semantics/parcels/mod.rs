//! Cross-border parcels (`domain.md` §6): what makes one held, and that nothing depends on the order of arrival.

mod book;
mod match_rules;
mod order_of_arrival;
mod years;
