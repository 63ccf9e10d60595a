//! The page of the built program in a real browser.

#[cfg(test)]
mod alarms;
#[cfg(test)]
mod every_address;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod interruptions;
#[cfg(test)]
mod look;
#[cfg(test)]
mod officers;
#[cfg(test)]
mod wall;
