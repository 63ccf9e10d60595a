//! The bill of materials: what the program is made of, as CycloneDX 1.6.
//!
//! It is written from what cargo resolves for the server and for the page. A tool for it would be compiled for minutes on
//! every fresh machine, and the two crates would still have to be put together by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::command;
use crate::error::Error;
use crate::project::Project;

/// The crates that the program carries, and what each is compiled for.
const CRATES: [(&str, &str); 2] = [
    ("api", "x86_64-unknown-linux-gnu"),
    ("frontend", "wasm32-unknown-unknown"),
];

/// Writes `target/release/quaylight.cdx.json`, and hands back where it is.
pub fn write(project: &Project) -> Result<PathBuf, Error> {
    let lock = project.path("Cargo.lock");
    let hashes = checksums(&fs::read_to_string(&lock).map_err(Error::file(&lock))?);
    let resolved = CRATES.map(|(root, target)| metadata(project, target).map(|metadata| (root, metadata)));
    let mut trees = Vec::new();
    for resolved in resolved {
        trees.push(resolved?);
    }
    let bill = bill(&trees, &hashes)?;
    let file = project.path("target/release/quaylight.cdx.json");
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
    }
    fs::write(&file, format!("{bill:#}\n")).map_err(Error::file(&file))?;
    let count = bill["components"].as_array().map_or(0, Vec::len);
    println!("bill of materials: {count} crates in target/release/quaylight.cdx.json");
    Ok(file)
}

fn metadata(project: &Project, target: &str) -> Result<Value, Error> {
    let mut cargo = project.cargo();
    cargo.args([
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        target,
    ]);
    serde_json::from_str(&command::read(&mut cargo)?)
        .map_err(|error| Error::Wrong(format!("cargo metadata said something unexpected: {error}")))
}

/// The hash of every crate that came from a registry, by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let field = |part: &str, name: &str| {
        let line = part
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name} = \"")));
        line.and_then(|line| line.strip_suffix('"')).map(str::to_owned)
    };
    let parts = lock.split("[[package]]").skip(1);
    let found = parts.filter_map(|part| {
        Some((
            (field(part, "name")?, field(part, "version")?),
            field(part, "checksum")?,
        ))
    });
    found.collect()
}

/// The bill of some crates with all that they use when they run.
fn bill(trees: &[(&str, Value)], hashes: &BTreeMap<(String, String), String>) -> Result<Value, Error> {
    let mut components: BTreeMap<String, Value> = BTreeMap::new();
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut roots = BTreeSet::new();
    let mut version = String::new();
    for (root, metadata) in trees {
        let packages: BTreeMap<&str, &Value> = list(&metadata["packages"])
            .filter_map(|package| Some((package["id"].as_str()?, package)))
            .collect();
        let nodes: BTreeMap<&str, &Value> = list(&metadata["resolve"]["nodes"])
            .filter_map(|node| Some((node["id"].as_str()?, node)))
            .collect();
        let first = packages
            .iter()
            .find(|(_, package)| package["name"] == **root && package["source"].is_null());
        let Some((first, package)) = first else {
            return Err(Error::Wrong(format!("cargo metadata has no crate `{root}`")));
        };
        version = text(package, "version");
        roots.insert(purl(package));
        let mut open = vec![*first];
        while let Some(id) = open.pop() {
            let Some(package) = packages.get(id) else { continue };
            let address = purl(package);
            let node = nodes.get(id).map_or(&Value::Null, |node| *node);
            let used: Vec<&str> = list(&node["deps"])
                .filter(|used| list(&used["dep_kinds"]).any(|kind| kind["kind"].is_null()))
                .filter_map(|used| used["pkg"].as_str())
                // What runs in the compiler is not in the program, nor what only that uses.
                .filter(|id| !packages.get(id).is_some_and(|package| runs_in_compiler(package)))
                .collect();
            let known = uses.entry(address.clone()).or_default();
            let before = known.len();
            known.extend(
                used.iter()
                    .filter_map(|id| packages.get(id))
                    .map(|package| purl(package)),
            );
            let grew = known.len() > before;
            let new = components
                .insert(address.clone(), component(package, &address, hashes))
                .is_none();
            if new || grew {
                open.extend(used);
            }
        }
    }
    let program = format!("pkg:generic/quaylight@{version}");
    uses.insert(program.clone(), roots);
    let uses: Vec<Value> = uses
        .into_iter()
        .map(|(one, used)| json!({"ref": one, "dependsOn": used}))
        .collect();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": program, "name": "quaylight", "version": version, "purl": program,
                "licenses": [{"expression": "MIT OR Apache-2.0"}],
            },
            "tools": {"components": [{"type": "application", "name": "cargo xtask"}]},
        },
        "components": components.into_values().collect::<Vec<_>>(),
        "dependencies": uses,
    }))
}

fn component(package: &Value, address: &str, hashes: &BTreeMap<(String, String), String>) -> Value {
    let (name, version) = (text(package, "name"), text(package, "version"));
    // Older crates part licences with a stroke, where SPDX has `OR`.
    let licence = text(package, "license").replace('/', " OR ");
    let mut component = json!({
        "type": "library", "bom-ref": address, "name": name, "version": version, "purl": address,
        "licenses": [{"expression": licence}],
    });
    if let Some(hash) = hashes.get(&(name, version)) {
        component["hashes"] = json!([{"alg": "SHA-256", "content": hash}]);
    }
    component
}

fn runs_in_compiler(package: &Value) -> bool {
    list(&package["targets"]).any(|target| list(&target["kind"]).any(|kind| kind == "proc-macro"))
}

/// What names a crate everywhere.
fn purl(package: &Value) -> String {
    format!("pkg:cargo/{}@{}", text(package, "name"), text(package, "version"))
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::*;

    fn of_this_project() -> Value {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap();
        let trees = CRATES.map(|(name, target)| {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.current_dir(root);
            cargo.args(["metadata", "--locked", "--offline", "--format-version", "1"]);
            let output = cargo.args(["--filter-platform", target]).output().unwrap();
            (name, serde_json::from_slice(&output.stdout).unwrap())
        });
        bill(&trees, &checksums(&lock)).unwrap()
    }

    #[test]
    fn every_crate_in_the_program_is_named_with_address_licence_and_hash() {
        let bill = of_this_project();
        assert_eq!(
            (&bill["bomFormat"], &bill["specVersion"]),
            (&json!("CycloneDX"), &json!("1.6"))
        );
        let names: BTreeSet<&str> = list(&bill["components"])
            .filter_map(|one| one["name"].as_str())
            .collect();
        for (root, target) in CRATES {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
            cargo.args([
                "tree",
                "--offline",
                "--locked",
                "--prefix",
                "none",
                "--edges",
                "normal,no-proc-macro",
                "--format",
                "{p}",
            ]);
            let output = cargo
                .args(["--package", root, "--target", target])
                .output()
                .unwrap();
            let tree = String::from_utf8(output.stdout).unwrap();
            let in_tree: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
            assert!(in_tree.len() > 50, "{root}: {in_tree:?}");
            let missing: Vec<_> = in_tree.difference(&names).collect();
            assert!(missing.is_empty(), "{root}: {missing:?}");
        }
        for one in list(&bill["components"]) {
            assert!(one["purl"].as_str().unwrap().starts_with("pkg:cargo/"), "{one}");
            assert_ne!(one["licenses"][0]["expression"], "", "{one}");
            let ours = ["api", "frontend", "shared"].contains(&one["name"].as_str().unwrap());
            assert_eq!(one["hashes"].is_array(), !ours, "{one}");
        }
    }

    #[test]
    fn whatever_is_used_is_named_and_each_once() {
        let bill = of_this_project();
        let named: Vec<&str> = list(&bill["components"])
            .filter_map(|one| one["bom-ref"].as_str())
            .collect();
        let once: BTreeSet<&str> = named.iter().copied().collect();
        assert_eq!(named.len(), once.len());
        for one in list(&bill["dependencies"]) {
            for used in list(&one["dependsOn"]) {
                assert!(once.contains(used.as_str().unwrap()), "{used} of {one}");
            }
        }
    }
}
