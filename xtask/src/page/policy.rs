//! The hash by which the content-security policy allows Trunk's loader, the one inline script of the page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::error::Error;

/// `sha256-…` of the inline script in this page; an error unless there is exactly one, since a second would be
/// one that we did not mean.
pub fn script_hash(html: &str) -> Result<String, Error> {
    let scripts = inline_scripts(html);
    let [script] = scripts.as_slice() else {
        return Err(Error::Wrong(format!(
            "the built page has {} inline scripts; it must have one, Trunk's loader",
            scripts.len()
        )));
    };
    // The browser hashes what it has parsed, in which line ends are normalised.
    if script.contains('\r') {
        return Err(Error::Wrong(
            "index.html has Windows line ends; its loader's hash would be wrong".to_owned(),
        ));
    }
    Ok(format!("sha256-{}", STANDARD.encode(Sha256::digest(script))))
}

/// The content of every script element that names no file.
fn inline_scripts(html: &str) -> Vec<&str> {
    let mut scripts = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find("<script") {
        let element = &rest[start..];
        let Some((tag, content)) = element.split_once('>') else {
            break;
        };
        let Some((script, after)) = content.split_once("</script>") else {
            break;
        };
        if !tag.contains(" src=") {
            scripts.push(script);
        }
        rest = after;
    }
    scripts
}

#[cfg(test)]
mod tests {
    use super::{inline_scripts, script_hash};

    #[test]
    fn only_scripts_without_a_file_are_inline() {
        let html = "<script src=\"a.js\"></script><p>x</p><script type=\"module\">\nlet a;\n</script>";
        assert_eq!(inline_scripts(html), ["\nlet a;\n"]);
    }

    #[test]
    fn the_hash_is_the_one_a_browser_computes() {
        // The example of the specification, Content Security Policy Level 2, section 4.2.5.
        let hash = script_hash("<script>alert('Hello, world.');</script>").unwrap();
        assert_eq!(hash, "sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }

    #[test]
    fn no_script_and_two_scripts_are_refused() {
        assert!(script_hash("<p>nothing</p>").is_err());
        assert!(script_hash("<script>1</script><script>2</script>").is_err());
    }
}
