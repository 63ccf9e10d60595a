//! Short names for what the script gives to the wasm. Those that wasm-bindgen writes end in a hash, stand in both
//! files, and do not compress: together 6 KB.

use std::collections::BTreeMap;

use super::module::Module;

/// How the names begin that only wasm-bindgen's two files use.
const OURS: &str = "__wb";

/// Renames the imports in the module, and hands back the script with the same names.
pub fn shorten(module: &mut Module, script: &str) -> Option<String> {
    let mut imports = module.imports()?;
    let words: Vec<&str> = words(script).collect();
    // Sorted, so that the same two files always get the same names.
    let mut short: BTreeMap<String, String> = BTreeMap::new();
    for import in &imports {
        if import.name.starts_with(OURS) && words.contains(&import.name.as_str()) {
            short.insert(import.name.clone(), String::new());
        }
    }
    let mut free = (0..)
        .map(|number| format!("i{number:x}"))
        .filter(|name| !words.contains(&name.as_str()));
    for name in short.values_mut() {
        *name = free.next()?;
    }
    for import in &mut imports {
        if let Some(name) = short.get(&import.name) {
            import.name.clone_from(name);
        }
    }
    module.set_imports(&imports);
    let parts = words
        .iter()
        .map(|word| short.get(*word).map_or(*word, String::as_str));
    Some(parts.collect())
}

/// The script cut into names and what stands between them.
fn words(script: &str) -> impl Iterator<Item = &str> {
    let is_name = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '$';
    let mut rest = script;
    std::iter::from_fn(move || {
        let first = is_name(rest.chars().next()?);
        let end = rest.find(|letter| is_name(letter) != first).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

#[cfg(test)]
mod tests {
    use super::{Module, shorten};

    #[test]
    fn both_files_get_the_same_short_names() {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        let imports = b"\x03\x01m\x07__wbg_b\x00\x00\x01m\x07__wbg_a\x00\x00\x01m\x05other\x00\x00";
        wasm.extend([2, imports.len() as u8]);
        wasm.extend(imports);
        let mut module = Module::read(&wasm).unwrap();
        let script = "i0;{__wbg_a: f, __wbg_b: __wbg_c, other: g}";
        assert_eq!(
            shorten(&mut module, script).unwrap(),
            "i0;{i1: f, i2: __wbg_c, other: g}"
        );
        let names: Vec<_> = module
            .imports()
            .unwrap()
            .into_iter()
            .map(|import| import.name)
            .collect();
        assert_eq!(names, ["i2", "i1", "other"]);
    }
}
