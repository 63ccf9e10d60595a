//! The part of an address behind the question mark: names and values, in order.

use std::fmt;

/// Names and values of an address. A name may stand there several times; [`Query::get`] gives the first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what stands behind the question mark; a leading one is left out.
    pub fn parse(text: &str) -> Query {
        let pairs = text
            .trim_start_matches('?')
            .split('&')
            .filter(|pair| !pair.is_empty());
        Query(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// The first value of a name; an empty one counts as none.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(n, _)| n == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The same with this value for a name, or without the name.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<&str>) -> Query {
        let place = self.0.iter().position(|(n, _)| n == name);
        self.0.retain(|(n, _)| n != name);
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let place = place.unwrap_or(self.0.len()).min(self.0.len());
            self.0.insert(place, (name.to_owned(), value.to_owned()));
        }
        self
    }

    /// The same without all names for which this is false.
    #[must_use]
    pub fn only(mut self, keep: impl Fn(&str) -> bool) -> Query {
        self.0.retain(|(name, _)| keep(name));
        self
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// With its question mark; nothing when there is nothing.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.0.iter().enumerate() {
            let mark = if index == 0 { '?' } else { '&' };
            write!(f, "{mark}{}={}", encode(name), encode(value))?;
        }
        Ok(())
    }
}

/// Percent-encodes what may not stand in a part of an address. Commas and colons stay, for they are legal in
/// a query and keep times and lists readable.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' | b':' => {
                encoded.push(char::from(byte));
            }
            other => {
                let digit = |n: u8| char::from(b"0123456789ABCDEF"[usize::from(n)]);
                encoded.extend(['%', digit(other >> 4), digit(other & 15)]);
            }
        }
    }
    encoded
}

/// Undoes [`encode`]; `+` is a blank, and what is no encoding stays as it is.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let pair = text
            .get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, pair) {
            (b'%', Some(value)) => {
                decoded.push(value);
                at += 2;
            }
            (b'+', _) => decoded.push(b' '),
            (other, _) => decoded.push(*other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let query = Query::default()
            .with("q", Some("东疆 & 100% +1"))
            .with("from", Some("2022-02-23T13:14:15+08:00"));
        assert_eq!(Query::parse(&query.to_string()), query);
    }

    #[test]
    fn a_value_is_replaced_where_it_stands_and_taken_out_with_none() {
        let query = Query::parse("?lang=zh&site=A&theme=dark").with("site", Some("B"));
        assert_eq!(query.to_string(), "?lang=zh&site=B&theme=dark");
        assert_eq!(query.with("site", None).to_string(), "?lang=zh&theme=dark");
    }

    #[test]
    fn what_is_no_encoding_stays() {
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz%E4%B8%AD"), "%zz中");
        assert_eq!(decode("a+b"), "a b");
    }
}
