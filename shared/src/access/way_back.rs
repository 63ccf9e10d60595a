//! Where a sign-in leads back to.

/// The address within the page that a sign-in leads to: no other host, no other scheme, and not the sign-in itself.
pub fn safe_path(to: Option<&str>) -> &str {
    let plain = |to: &&str| {
        let mut bytes = to.bytes();
        bytes.next() == Some(b'/')
            && !matches!(to.as_bytes().get(1), Some(b'/' | b'\\'))
            && bytes.all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    let elsewhere = |to: &&str| {
        let path = to.split(['?', '#']).next().unwrap_or_default();
        !["/sign-in", "/welcome"].contains(&path.trim_end_matches('/')) && !path.starts_with("/api/")
    };
    to.filter(plain).filter(elsewhere).unwrap_or("/")
}

#[cfg(test)]
mod tests {
    use super::safe_path;

    #[test]
    fn a_sign_in_leads_into_the_page_and_nowhere_else() {
        for good in [
            "/",
            "/alarms?state=active",
            "/containers/CSU6097384",
            "/wall?scenes=yard",
        ] {
            assert_eq!(safe_path(Some(good)), good);
        }
        for bad in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "",
            "/a b",
            "/\t/evil.example",
            "/a\\b",
            "/sign-in?to=/",
            "/sign-in/",
            "/welcome",
            "/api/v1/session/provider",
        ] {
            assert_eq!(safe_path(Some(bad)), "/", "{bad}");
        }
        assert_eq!(safe_path(None), "/");
    }
}
