//! Makes what Trunk has built smaller: takes out what nothing calls and nobody reads, gives what wasm and script
//! share short names, cuts the wasm into parts, and has `wasm-opt` drop all that nothing leads to any more.

use std::fs;
use std::path::{Path, PathBuf};

use super::module::{EXPORTS, Module, Reader, put_number};
use super::parts::PARTS;
use super::{load, names, order, split, stops};
use crate::command;
use crate::error::Error;
use crate::project::Project;

/// How the names of exports begin that only JavaScript could call and none of ours does: the streams that Leptos
/// brings for server functions, of which the page has none. Exported, they would stay for ever, 9 KB of code.
const UNUSED: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];

/// What every browser that the page supports can do. (Chromium refuses a module made with `--all-features`.)
const FEATURES: [&str; 9] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-extended-const",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// In this order, found by trying. Nothing of ours lies in the first kilobyte of memory, where the stack ends, so
/// that a small offset can be put into the instruction that loads.
const PASSES: [&str; 8] = [
    "--strip-producers",
    "--low-memory-unused",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--merge-similar-functions",
    "-Oz",
];

/// What sorts the functions by the names that `order` has given them. It writes the module anew, and so as small as
/// before only with `-Oz`.
const SORT: [&str; 3] = ["--low-memory-unused", "--reorder-functions-by-name", "-Oz"];

/// Trims script and wasm.
pub fn trim(project: &Project) -> Result<(), Error> {
    let built = project.page();
    let script_file = only(&built, "js")?;
    let wasm_file = only(&built, "wasm")?;
    let script = fs::read_to_string(&script_file).map_err(Error::file(&script_file))?;
    let wasm = fs::read(&wasm_file).map_err(Error::file(&wasm_file))?;

    let mut script = without_classes(&script);
    let trimmed = Module::read(&wasm).and_then(|mut module| {
        drop_exports(&mut module)?;
        stops::empty(&mut module)?;
        script = names::shorten(&mut module, &script)?;
        Some(module.write())
    });
    let misread = || {
        Error::Wrong(format!(
            "{} is no module of the form that wasm-bindgen used to write",
            wasm_file.display()
        ))
    };
    let trimmed = trimmed.ok_or_else(misread)?;
    let split = split::split(&trimmed).map_err(|reason| {
        Error::Wrong(format!(
            "{} could not be cut into parts: {reason}",
            wasm_file.display()
        ))
    })?;
    fs::write(&wasm_file, split.first).map_err(Error::file(&wasm_file))?;
    shrink(project, &wasm_file)?;
    let mut files = Vec::new();
    for (part, content) in PARTS.iter().zip(split.parts) {
        let file = built.join(format!("{}.wasm", part.name));
        fs::write(&file, content).map_err(Error::file(&file))?;
        shrink(project, &file)?;
        files.push(load::name(&built, &file, part.name)?);
    }
    script.push_str(&load::script(&files));
    fs::write(&script_file, script).map_err(Error::file(&script_file))?;
    load::rename(&built, &script_file, &wasm_file)
}

/// Has `wasm-opt` make a module small, with functions that are alike beside each other.
fn shrink(project: &Project, wasm: &Path) -> Result<(), Error> {
    optimise(project, wasm, &PASSES)?;
    let optimised = fs::read(wasm).map_err(Error::file(wasm))?;
    let named = order::name(&optimised)
        .ok_or_else(|| Error::Wrong(format!("{} is no module that can be read", wasm.display())))?;
    fs::write(wasm, named).map_err(Error::file(wasm))?;
    optimise(project, wasm, &SORT)
}

/// Has `wasm-opt` rewrite a module.
fn optimise(project: &Project, wasm: &Path, passes: &[&str]) -> Result<(), Error> {
    let program = project
        .find_program("wasm-opt")
        .unwrap_or_else(|| "wasm-opt".into());
    let mut optimise = command::clean(program);
    optimise.arg(wasm).args(FEATURES).args(passes).arg("-o").arg(wasm);
    command::run(&mut optimise)
}

/// The only file of a kind in a folder.
fn only(folder: &Path, kind: &str) -> Result<PathBuf, Error> {
    let entries = fs::read_dir(folder).map_err(Error::file(folder))?;
    let files = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut files = files.filter(|file| file.extension().is_some_and(|is| is == kind));
    match (files.next(), files.next()) {
        (Some(file), None) => Ok(file),
        _ => Err(Error::Wrong(format!(
            "{} does not hold just one file with the ending `{kind}`",
            folder.display()
        ))),
    }
}

/// The script without the classes that stand for the unused exports: each up to the bracket that closes it.
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

/// Drops the unused exports.
fn drop_exports(module: &mut Module) -> Option<()> {
    let mut exports = Reader::new(module.section(EXPORTS));
    let kept = exports.list(|exports| {
        let from = exports.rest();
        let name = exports.text()?;
        exports.byte()?;
        exports.number()?;
        let export = &from[..from.len() - exports.rest().len()];
        Some((!UNUSED.iter().any(|begin| name.starts_with(begin))).then(|| export.to_vec()))
    })?;
    let kept: Vec<_> = kept.into_iter().flatten().collect();
    let mut content = Vec::new();
    put_number(&mut content, kept.len());
    content.extend(kept.concat());
    module.replace(EXPORTS, content);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{Module, drop_exports, without_classes};

    #[test]
    fn only_the_unused_exports_go() {
        let module = |exports: &[u8]| {
            let mut module = b"\0asm\x01\0\0\0".to_vec();
            module.extend([1, 1, 0]);
            module.extend([7, exports.len() as u8]);
            module.extend(exports);
            module.extend([10, 1, 0]);
            module
        };
        let both = module(b"\x02\x01a\x00\x00\x0fintounderlyingx\x00\x80\x01");
        let one = module(b"\x01\x01a\x00\x00");
        let mut trimmed = Module::read(&both).unwrap();
        drop_exports(&mut trimmed).unwrap();
        assert_eq!(trimmed.write(), one);
    }

    #[test]
    fn the_classes_of_those_exports_go_and_others_stay() {
        let script = "export class IntoUnderlyingSink {\n    a() {\n    }\n}\nif (Symbol.dispose) IntoUnderlyingSink.b = 1;\n\
                      class Other {\n}\nconst IntoUnderlyingSinkFinalization = (c)\n    ? {}\n    : d;\nconst e = 1;\n";
        assert_eq!(without_classes(script), "class Other {\n}\nconst e = 1;\n");
    }
}
