//! What is left of messages when the server dies while they come.

#[cfg(test)]
mod kill;
