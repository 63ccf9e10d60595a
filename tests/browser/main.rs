//! The page of the built program in a real browser.

#[cfg(test)]
mod access;
#[cfg(test)]
mod accessible;
#[cfg(test)]
mod alarms;
#[cfg(test)]
mod colours;
#[cfg(test)]
mod endurance;
#[cfg(test)]
mod every_address;
#[cfg(test)]
mod figures;
#[cfg(test)]
mod finder;
#[cfg(test)]
mod interruptions;
#[cfg(test)]
mod keyboard;
#[cfg(test)]
mod look;
#[cfg(test)]
mod officers;
#[cfg(test)]
mod parcels;
#[cfg(test)]
mod port;
#[cfg(test)]
mod release_desk;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod trail;
#[cfg(test)]
mod wall;
