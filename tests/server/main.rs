//! The built server from outside: what its calls answer, what it keeps, and how it starts and refuses to.

#[cfg(test)]
mod access;
#[cfg(test)]
mod access_by_provider;
#[cfg(test)]
mod access_by_role;
#[cfg(test)]
mod access_by_site;
#[cfg(test)]
mod alarm_centre;
#[cfg(test)]
mod alarms;
#[cfg(test)]
mod calendar;
#[cfg(test)]
mod containers;
#[cfg(test)]
mod feeds;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod log;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod parcels;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod recount;
#[cfg(test)]
mod release_desk;
#[cfg(test)]
mod start;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod yard;
