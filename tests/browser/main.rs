//! The page of the built program in a real browser.
