//! Takes out of the page's wasm what only JavaScript could call and none of ours does: the streams that Leptos
//! brings for server functions, of which the page has none. Exported, they would stay for ever, 9 KB of code.

use std::fs;
use std::path::Path;

use crate::command;
use crate::error::Error;
use crate::project::Project;

/// How the names of such exports begin.
const UNUSED: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];
const EXPORTS: u8 = 7;

/// Drops the exports, and with `wasm-opt` all that nothing leads to any more.
pub fn trim(project: &Project) -> Result<(), Error> {
    let built = project.page();
    let entries = fs::read_dir(&built).map_err(Error::file(&built))?;
    let files = entries.filter_map(Result::ok).map(|entry| entry.path());
    let of_kind = |file: &Path, wanted: &str| file.extension().is_some_and(|kind| kind == wanted);
    for file in files {
        if of_kind(&file, "js") {
            let script = fs::read_to_string(&file).map_err(Error::file(&file))?;
            fs::write(&file, without_classes(&script)).map_err(Error::file(&file))?;
        }
        if !of_kind(&file, "wasm") {
            continue;
        }
        let wasm = fs::read(&file).map_err(Error::file(&file))?;
        let Some(trimmed) =
            without_exports(&wasm, &|name| UNUSED.iter().any(|begin| name.starts_with(begin)))
        else {
            continue;
        };
        fs::write(&file, trimmed).map_err(Error::file(&file))?;
        let page = project.path("index.html");
        let html = fs::read_to_string(&page).map_err(Error::file(&page))?;
        let parameters = html
            .split_once("data-wasm-opt-params=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map_or("", |(parameters, _)| parameters);
        let program = project
            .find_program("wasm-opt")
            .unwrap_or_else(|| "wasm-opt".into());
        let mut optimise = command::clean(program);
        optimise.arg(&file).args(parameters.split_whitespace());
        optimise.arg("-Oz").arg("-o").arg(&file);
        command::run(&mut optimise)?;
    }
    Ok(())
}

/// The script without the classes that stand for those exports: each up to the bracket that closes it.
fn without_classes(script: &str) -> String {
    let begins = [
        ("export class IntoUnderlying", "}"),
        ("const IntoUnderlying", ";"),
        ("if (Symbol.dispose) IntoUnderlying", ";"),
    ];
    let mut kept = String::with_capacity(script.len());
    let mut end: Option<&str> = None;
    for line in script.lines() {
        let begun = begins.iter().find(|(begin, _)| line.starts_with(begin));
        end = end.or(begun.map(|(_, end)| *end));
        match end {
            None => {
                kept.push_str(line);
                kept.push('\n');
            }
            // Within a class every line but its last is indented.
            Some(mark) if (mark == "}" && line == mark) || (mark == ";" && line.ends_with(mark)) => {
                end = None;
            }
            Some(_) => {}
        }
    }
    kept
}

/// The module without some of its exports; `None` when it has none of them, or is none that we understand.
fn without_exports(wasm: &[u8], unused: &dyn Fn(&str) -> bool) -> Option<Vec<u8>> {
    let mut trimmed = wasm.get(..8)?.to_vec();
    let mut at = 8;
    let mut dropped = 0;
    while at < wasm.len() {
        let (kind, begin) = (wasm[at], at);
        at += 1;
        let length = number(wasm, &mut at)?;
        let section = wasm.get(at..at + length)?;
        at += length;
        if kind != EXPORTS {
            trimmed.extend_from_slice(&wasm[begin..at]);
            continue;
        }
        let (mut kept, mut count, mut place) = (Vec::new(), 0, 0);
        for _ in 0..number(section, &mut place)? {
            let begin = place;
            let letters = number(section, &mut place)?;
            let name = std::str::from_utf8(section.get(place..place + letters)?).ok()?;
            place += letters + 1;
            number(section, &mut place)?;
            if unused(name) {
                dropped += 1;
            } else {
                count += 1;
                kept.extend_from_slice(&section[begin..place]);
            }
        }
        let mut content = written(count);
        content.extend(kept);
        trimmed.push(EXPORTS);
        trimmed.extend(written(content.len()));
        trimmed.extend(content);
    }
    (dropped > 0).then_some(trimmed)
}

/// A number as wasm has it, seven bits a byte.
fn number(bytes: &[u8], at: &mut usize) -> Option<usize> {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        number |= usize::from(byte & 127) << shift;
        if byte < 128 {
            return Some(number);
        }
    }
    None
}

fn written(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number > 127 {
        bytes.push((number & 127) as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

#[cfg(test)]
mod tests {
    use super::{number, without_classes, without_exports, written};

    #[test]
    fn only_the_named_exports_go() {
        let module = |exports: &[u8]| {
            let mut module = b"\0asm\x01\0\0\0".to_vec();
            module.extend([1, 1, 0]);
            module.extend([7, exports.len() as u8]);
            module.extend(exports);
            module.extend([10, 1, 0]);
            module
        };
        let both = module(b"\x02\x01a\x00\x00\x02bc\x00\x80\x01");
        let one = module(b"\x01\x01a\x00\x00");
        assert_eq!(without_exports(&both, &|name| name == "bc"), Some(one));
        assert_eq!(without_exports(&both, &|name| name == "d"), None);
        assert_eq!(without_exports(b"none", &|_| true), None);
    }

    #[test]
    fn the_classes_of_those_exports_go_and_others_stay() {
        let script = "export class IntoUnderlyingSink {\n    a() {\n    }\n}\nif (Symbol.dispose) IntoUnderlyingSink.b = 1;\n\
                      class Other {\n}\nconst IntoUnderlyingSinkFinalization = (c)\n    ? {}\n    : d;\nconst e = 1;\n";
        assert_eq!(without_classes(script), "class Other {\n}\nconst e = 1;\n");
    }

    #[test]
    fn a_number_is_read_as_it_is_written() {
        for value in [0, 127, 128, 300, 1_000_000] {
            assert_eq!(number(&written(value), &mut 0), Some(value));
        }
    }
}
