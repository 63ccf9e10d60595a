//! The server under those who read too slowly, send too slowly, never come to an end, or are too many.

#[cfg(test)]
mod certificate;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod readers;
#[cfg(test)]
mod slow;
