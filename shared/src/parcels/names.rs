//! When two names mean one person: blanks around and between count once, and ASCII letters without their case. Nothing
//! else is taken for equal, so that what agrees here agrees for every reader.

/// Whether two names agree.
pub fn agree(a: &str, b: &str) -> bool {
    a == b || letters(a).eq(letters(b))
}

fn letters(name: &str) -> impl Iterator<Item = char> {
    let words = name.split_whitespace().enumerate();
    words.flat_map(|(place, word)| {
        let blank = (place > 0).then_some(' ');
        blank
            .into_iter()
            .chain(word.chars().map(|letter| letter.to_ascii_lowercase()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_case_do_not_make_another_person() {
        assert!(agree("Zhang  San", " zhang san "));
        assert!(agree("张\u{3000}三", "张 三"));
        assert!(!agree("张三", "张 三"));
        assert!(!agree("张三", "张三丰"));
        assert!(!agree("", "张三"));
    }
}
