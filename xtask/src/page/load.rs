//! How the browser gets the parts of the page: their files, named by what is in them, and the script that fetches those
//! that an address needs.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::pack::hex;
use super::parts::{NEEDS, PARTS};
use crate::error::Error;

/// What is put behind the script that wasm-bindgen writes, behind the two tables that it reads. The parts that the first
/// address needs are fetched before the page runs, and those behind a link when a pointer or the keyboard comes to it.
/// A fetch that failed is tried again when it is asked for again. How much memory the wasm has is told to whoever asks,
/// such as the test of endurance.
const SCRIPT: &str = "\
const quaylightModules = {}, quaylightParts = {};
function quaylightNeeds(path) {
let best = ['', []];
for (const need of NEEDS) {
const below = need[0].endsWith('/') ? need[0] : need[0] + '/';
const fits = path === need[0] || (need[0] !== '/' && path.startsWith(below));
if (fits && need[0].length > best[0].length) best = need;
}
return best[1];
}
function quaylightModule(part) {
return quaylightModules[part] ??= WebAssembly.compileStreaming(fetch(PARTS[part])).catch(error => {
delete quaylightModules[part];
throw error;
});
}
async function quaylightPart(part) {
await WebAssembly.instantiate(await quaylightModule(part), { m: wasm });
}
globalThis.quaylightParts = path => Promise.all(quaylightNeeds(path).map(part => quaylightParts[part] ??= quaylightPart(part).catch(error => {
delete quaylightParts[part];
throw error;
})));
globalThis.quaylightMemory = () => wasm.memory.buffer.byteLength;
function quaylightSoon(path) {
for (const part of quaylightNeeds(path)) quaylightModule(part).catch(() => {});
}
quaylightSoon(location.pathname);
for (const comes of ['pointerover', 'focusin']) addEventListener(comes, event => {
const link = event.target.closest?.('a[href]');
if (link?.origin === location.origin) quaylightSoon(link.pathname);
}, { passive: true });
";

/// The script with its tables; `files` are the paths of the parts, in their order.
pub fn script(files: &[String]) -> String {
    let mut tables = String::from("const PARTS = {");
    for (part, file) in PARTS.iter().zip(files) {
        let _ = write!(tables, "{}: '{file}', ", part.name);
    }
    tables.push_str("};\nconst NEEDS = [");
    for (path, parts) in NEEDS {
        let _ = write!(tables, "['{path}', [");
        for part in *parts {
            let _ = write!(tables, "'{part}', ");
        }
        tables.push_str("]], ");
    }
    tables.push_str("];\n");
    tables + SCRIPT
}

/// Gives the file of a part a name that changes with it; hands back its path on the server.
pub fn name(built: &Path, file: &Path, part: &str) -> Result<String, Error> {
    let content = fs::read(file).map_err(Error::file(file))?;
    let name = format!("{part}-{}.wasm", hash(&content));
    fs::rename(file, built.join(&name)).map_err(Error::file(file))?;
    Ok(format!("/{name}"))
}

/// Gives script and wasm names that change with them as they are now: a browser keeps them for good, and Trunk named
/// them before they were cut.
pub fn rename(built: &Path, script: &Path, wasm: &Path) -> Result<(), Error> {
    let index = built.join("index.html");
    let mut html = fs::read_to_string(&index).map_err(Error::file(&index))?;
    for (file, ending) in [(script, ".js"), (wasm, "_bg.wasm")] {
        let content = fs::read(file).map_err(Error::file(file))?;
        let before = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let after = format!("frontend-{}{ending}", hash(&content));
        if !html.contains(&before) {
            return Err(Error::Wrong(format!(
                "the built index.html does not name {before}"
            )));
        }
        html = html.replace(&before, &after);
        fs::rename(file, built.join(after)).map_err(Error::file(file))?;
    }
    fs::write(&index, html).map_err(Error::file(&index))
}

fn hash(content: &[u8]) -> String {
    hex(&Sha256::digest(content))[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::{PARTS, script};

    #[test]
    fn the_script_says_where_each_part_is_and_who_needs_it() {
        let files: Vec<String> = PARTS
            .iter()
            .map(|part| format!("/{}-0.wasm", part.name))
            .collect();
        let script = script(&files);
        assert!(script.contains("yard: '/yard-0.wasm', "));
        assert!(script.contains("['/yard', ['map', 'yard', ]], "));
        assert!(!script.contains('`'), "the packer would leave it as it is");
    }
}
