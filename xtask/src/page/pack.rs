//! Compresses the built page once, as well as it goes, and writes the table by which the program includes it.
//!
//! Done here and not in the server's build script: that would be compiled without optimisation, and compress for
//! half a minute; and it would make the whole server compile again whenever the page changes. This way only the
//! program's last step does.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::policy;
use crate::error::Error;
use crate::project::Project;

/// One file of the packed page.
pub struct PackedFile {
    /// Its path on the server.
    pub path: String,
    /// How many bytes it has with brotli.
    pub brotli: usize,
}

/// The table that the program includes; `api/build.rs` names the same file.
pub fn index_file(project: &Project) -> PathBuf {
    folder(project).join("page.rs")
}

fn folder(project: &Project) -> PathBuf {
    project.path("target/page-packed")
}

/// Compresses every file of the built page and writes the table.
pub fn pack(project: &Project) -> Result<(), Error> {
    let built = project.page();
    let packed = folder(project);
    fs::create_dir_all(&packed).map_err(Error::file(&packed))?;
    let html = fs::read_to_string(built.join("index.html")).map_err(Error::file(&built))?;
    let mut table =
        String::from("// Written by `cargo xtask build`: the page, as the program includes it.\n");
    let mut kept = vec!["page.rs".to_owned()];
    let _ = writeln!(table, "Some(api::page::Page {{");
    let _ = writeln!(table, "    script_hash: {:?},", policy::script_hash(&html)?);
    let _ = writeln!(table, "    files: &[");
    for name in names(&built)? {
        let file = built.join(&name);
        let plain = slim(&name, fs::read(&file).map_err(Error::file(&file))?);
        for (suffix, content) in [
            ("", plain.clone()),
            (".br", brotli(&plain)?),
            (".gz", gzip(&plain)?),
        ] {
            let name = format!("{name}{suffix}");
            write_if_changed(&packed.join(&name), &content)?;
            kept.push(name);
        }
        let hash = hex(&Sha256::digest(&plain));
        let _ = writeln!(table, "        api::page::File {{");
        let _ = writeln!(table, "            path: {:?},", format!("/{name}"));
        let _ = writeln!(table, "            tag: {:?},", &hash[..20]);
        let _ = writeln!(table, "            immutable: {},", name != "index.html");
        let _ = writeln!(table, "            plain: include_bytes!({name:?}),");
        let _ = writeln!(
            table,
            "            brotli: include_bytes!({:?}),",
            format!("{name}.br")
        );
        let _ = writeln!(
            table,
            "            gzip: include_bytes!({:?}),",
            format!("{name}.gz")
        );
        let _ = writeln!(table, "        }},");
    }
    let _ = writeln!(table, "    ],\n}})");
    write_if_changed(&packed.join("page.rs"), table.as_bytes())?;
    for name in names(&packed)? {
        if !kept.contains(&name) {
            let stale = packed.join(name);
            fs::remove_file(&stale).map_err(Error::file(&stale))?;
        }
    }
    Ok(())
}

/// Script and style without their comments and indentation. A file in which that could change anything but looks
/// stays as it is.
fn slim(name: &str, content: Vec<u8>) -> Vec<u8> {
    let is_style = name.ends_with(".css");
    if !is_style && !name.ends_with(".js") {
        return content;
    }
    let Ok(text) = String::from_utf8(content.clone()) else {
        return content;
    };
    // Within a text of several lines blanks are part of it.
    if text.lines().any(|line| line.matches('`').count() % 2 == 1) {
        return content;
    }
    let mut slim = String::with_capacity(text.len());
    let mut in_comment = false;
    for line in text.lines().map(str::trim) {
        let begins = line.starts_with("/*");
        let ends = line.ends_with("*/");
        let is_comment = in_comment || begins || (!is_style && line.starts_with("//"));
        in_comment = (in_comment || begins) && !ends;
        if !is_comment && !line.is_empty() {
            slim.push_str(line);
            slim.push('\n');
        }
    }
    slim.into_bytes()
}

/// What the packed page consists of.
pub fn packed_files(project: &Project) -> Result<Vec<PackedFile>, Error> {
    let packed = folder(project);
    let mut files = Vec::new();
    for name in names(&packed)? {
        if let Some(plain) = name.strip_suffix(".br") {
            let file = packed.join(&name);
            let brotli = fs::metadata(&file).map_err(Error::file(&file))?.len();
            files.push(PackedFile {
                path: format!("/{plain}"),
                brotli: usize::try_from(brotli).unwrap_or(usize::MAX),
            });
        }
    }
    Ok(files)
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The files in a folder, sorted, so that the same page makes the same table.
fn names(folder: &Path) -> Result<Vec<String>, Error> {
    let entries = fs::read_dir(folder).map_err(Error::file(folder))?;
    let files = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_file());
    let mut names: Vec<_> = files
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

/// Leaves a file alone that is right already: its time decides whether the program is compiled again.
fn write_if_changed(file: &Path, content: &[u8]) -> Result<(), Error> {
    if fs::read(file).is_ok_and(|there| there == content) {
        return Ok(());
    }
    fs::write(file, content).map_err(Error::file(file))
}

/// As small as brotli makes it: which size of block is best differs from file to file.
fn brotli(plain: &[u8]) -> Result<Vec<u8>, Error> {
    let mut best: Option<Vec<u8>> = None;
    for block in [16, 18, 24] {
        let parameters = brotli::enc::BrotliEncoderParams {
            quality: 11,
            lgwin: 24,
            lgblock: block,
            size_hint: plain.len(),
            ..brotli::enc::BrotliEncoderParams::default()
        };
        let mut packed = Vec::new();
        brotli::BrotliCompress(&mut &*plain, &mut packed, &parameters)
            .map_err(Error::file(Path::new("brotli")))?;
        if best.as_ref().is_none_or(|best| packed.len() < best.len()) {
            best = Some(packed);
        }
    }
    Ok(best.unwrap_or_default())
}

/// For browsers that reach the server without encryption and over a network: to such they never offer brotli.
fn gzip(plain: &[u8]) -> Result<Vec<u8>, Error> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder
        .write_all(plain)
        .and_then(|()| encoder.finish())
        .map_err(Error::file(Path::new("gzip")))
}

#[cfg(test)]
mod tests {
    use super::slim;

    fn slimmed(name: &str, text: &str) -> String {
        String::from_utf8(slim(name, text.as_bytes().to_vec())).unwrap()
    }

    #[test]
    fn comments_and_indentation_go_and_nothing_else() {
        let script = "/**\n * @param {x} y\n */\n  let a = 'b // c'; // d\n  // e\n\n  f();\n";
        assert_eq!(slimmed("a.js", script), "let a = 'b // c'; // d\nf();\n");
        let style = "/* One\n   two. */\n@layer a {\n  b > c {\n    d: e;\n  }\n}\n";
        assert_eq!(slimmed("a.css", style), "@layer a {\nb > c {\nd: e;\n}\n}\n");
    }

    #[test]
    fn what_might_be_part_of_a_text_stays() {
        let script = "  let a = `b\n    c`;\n";
        assert_eq!(slimmed("a.js", script), script);
        assert_eq!(slimmed("a.html", "  <p>\n"), "  <p>\n");
    }
}
