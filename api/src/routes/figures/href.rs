//! Addresses of the lists behind rows: exactly the stays that a row counts.

use super::asked::Asked;
use crate::engine::overview::encode;
use crate::engine::site::SiteState;
use shared::event::Direction;
use shared::figures::Unit;
use shared::time::Time;
use std::collections::BTreeMap;

/// The part of an address that says which stays: site, filters and the values of the groups.
pub fn behind(asked: &Asked, site: &SiteState, group: &[&'static str]) -> String {
    let filter = &asked.filter;
    let mut wanted: BTreeMap<&str, Vec<&str>> = BTreeMap::from([
        (
            "direction",
            filter
                .direction
                .iter()
                .map(|direction| direction.map_or("unknown", Direction::name))
                .collect(),
        ),
        ("cargo", filter.cargo.iter().map(|value| value.name()).collect()),
        ("mode", filter.mode.iter().map(|value| value.name()).collect()),
        (
            "channel",
            filter.channel.iter().map(|value| value.name()).collect(),
        ),
    ]);
    for (by, value) in asked.groups.iter().zip(group) {
        wanted.insert(by.name(), vec![value]);
    }
    let mut address = format!("&site={}", site.site.code);
    if asked.unit == Unit::Declaration {
        address.push_str("&unit=declaration");
    }
    for (name, values) in wanted.into_iter().filter(|(_, values)| !values.is_empty()) {
        address.push_str(&format!("&{name}={}", values.join(",")));
    }
    address
}

/// The part of an address that says when: the bucket of a row within the period, or the whole period.
pub fn within(asked: &Asked, site: &SiteState, (from, to): (Time, Time), bucket: Option<Time>) -> String {
    let (start, next) = match (asked.bucket, bucket) {
        (Some(bucket), Some(begins)) => bucket.around(begins, site),
        _ => (from, to),
    };
    format!(
        "&from={}&to={}",
        encode(site, from.max(start)),
        encode(site, to.min(next))
    )
}
