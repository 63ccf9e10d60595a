//! Cuts the page's wasm into what comes at once and parts that come when an address needs them.
//!
//! All of them share memory, table and stack. A function that lies in a part stands in the table in its own place once
//! the part is here; whoever enters the part finds it there. What the compiler knows of names decides what lies where
//! (`parts`), and what only such functions call goes with them. A function stays in what comes at once when anything
//! might call it that is there without the part: a direct call is looked for, and a place in the table is only given to
//! code of the same name, since the compiler was told not to make one function of two that are alike. A part whose
//! functions are called from elsewhere is refused.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use walrus::ir::{self, Visitor, VisitorMut};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalKind,
    ImportKind, Module, ModuleConfig, TableId,
};

use super::parts::{PARTS, comes_with, is_entry, of_name};
use super::stops::plain;

/// What the parts import everything from.
const SHARED: &str = "m";

/// The page in parts.
pub struct Split {
    /// What comes at once.
    pub first: Vec<u8>,
    /// The parts, in the order of `parts::PARTS`.
    pub parts: Vec<Vec<u8>>,
}

/// Where a function lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Home {
    /// Not known yet.
    Open,
    /// In what comes at once.
    First,
    /// In a part.
    Part(usize),
}

/// What is known of each function, by its index.
struct Functions {
    names: Vec<String>,
    callers: Vec<BTreeSet<usize>>,
    /// Its places in the table.
    slots: BTreeMap<usize, Vec<u32>>,
    /// Imported or exported.
    outside: BTreeSet<usize>,
}

/// Cuts a module.
pub fn split(wasm: &[u8]) -> Result<Split, String> {
    let module = read(wasm)?;
    let table = function_table(&module)?;
    let functions = Functions::of(&module, table)?;
    let homes = functions.homes()?;
    // Entered from elsewhere, in order; each has a place in the table.
    let entered: Vec<usize> = (0..homes.len())
        .filter(|function| {
            matches!(homes[*function], Home::Part(_))
                && functions.callers[*function]
                    .iter()
                    .any(|caller| homes[*caller] != homes[*function])
        })
        .collect();
    let mut next = u32::try_from(module.tables.get(table).initial).map_err(|_| "the table is too long")?;
    let mut places = BTreeMap::new();
    for function in entered {
        let place = functions
            .slots
            .get(&function)
            .and_then(|slots| slots.first().copied());
        let place = place.unwrap_or_else(|| {
            next += 1;
            next - 1
        });
        places.insert(function, place);
    }
    let cut = Cut {
        wasm,
        functions: &functions,
        homes: &homes,
        places: &places,
        length: u64::from(next),
    };
    let mut wanted = Wanted::default();
    let parts: Result<Vec<_>, _> = (0..PARTS.len()).map(|part| cut.part(part, &mut wanted)).collect();
    Ok(Split {
        parts: parts?,
        first: cut.first(&wanted)?,
    })
}

fn read(wasm: &[u8]) -> Result<Module, String> {
    let mut config = ModuleConfig::new();
    config.generate_producers_section(false);
    config.parse(wasm).map_err(|error| format!("{error:#}"))
}

fn function_table(module: &Module) -> Result<TableId, String> {
    let table = module
        .tables
        .main_function_table()
        .map_err(|error| format!("{error:#}"))?;
    table.ok_or_else(|| "the module has no table of functions".to_owned())
}

impl Functions {
    fn of(module: &Module, table: TableId) -> Result<Functions, String> {
        let count = module
            .funcs
            .iter()
            .map(|function| function.id().index() + 1)
            .max()
            .unwrap_or(0);
        let mut names = vec![String::new(); count];
        let mut callers = vec![BTreeSet::new(); count];
        let mut outside = BTreeSet::new();
        for function in module.funcs.iter() {
            let index = function.id().index();
            names[index] = plain(function.name.as_deref().unwrap_or_default());
            match &function.kind {
                FunctionKind::Local(local) => {
                    let mut calls = Calls::default();
                    ir::dfs_in_order(&mut calls, local, local.entry_block());
                    for called in calls.0 {
                        callers[called].insert(index);
                    }
                }
                _ => {
                    outside.insert(index);
                }
            }
        }
        for export in module.exports.iter() {
            if let ExportItem::Function(function) = export.item {
                outside.insert(function.index());
            }
        }
        outside.extend(module.start.map(|start| start.index()));
        let mut slots: BTreeMap<usize, Vec<u32>> = BTreeMap::new();
        for element in module.elements.iter() {
            let (functions, offset) = match (&element.items, &element.kind) {
                (
                    ElementItems::Functions(functions),
                    ElementKind::Active {
                        table: of,
                        offset: ConstExpr::Value(ir::Value::I32(offset)),
                    },
                ) if *of == table => (functions, *offset),
                (ElementItems::Functions(functions), ElementKind::Declared) => {
                    outside.extend(functions.iter().map(|function| function.index()));
                    continue;
                }
                (ElementItems::Expressions(..), _) => continue,
                _ => return Err("the module fills its table in a way that is not known here".to_owned()),
            };
            let offset = u32::try_from(offset).map_err(|_| "the table begins before its beginning")?;
            for (function, place) in functions.iter().zip(offset..) {
                slots.entry(function.index()).or_default().push(place);
            }
        }
        Ok(Functions {
            names,
            callers,
            slots,
            outside,
        })
    }

    /// Where each function lies. A part that is entered by anything but its entries is a mistake: a function of it would
    /// have to come at once, and what it puts into the table is found by nobody who could say so.
    fn homes(&self) -> Result<Vec<Home>, String> {
        let bound: Vec<Home> = (0..self.names.len())
            .map(|function| match of_name(&self.names[function]) {
                _ if self.outside.contains(&function) => Home::First,
                Some(part) => Home::Part(part),
                // Nothing says who finds it in the table.
                None if self.slots.contains_key(&function) => Home::First,
                None => Home::Open,
            })
            .collect();
        let homes = self.settle(&bound);
        let mut mistakes = Vec::new();
        for function in 0..homes.len() {
            let Home::Part(part) = homes[function] else {
                continue;
            };
            if is_entry(&self.names[function]) {
                continue;
            }
            for caller in &self.callers[function] {
                let comes = match homes[*caller] {
                    Home::Part(other) => comes_with(other, part),
                    Home::First | Home::Open => false,
                };
                if !comes {
                    let (name, caller) = (&self.names[function], &self.names[*caller]);
                    mistakes.push(format!(
                        "{caller} calls {name} of the part `{}`",
                        PARTS[part].name
                    ));
                }
            }
        }
        if mistakes.is_empty() {
            Ok(homes)
        } else {
            mistakes.sort();
            mistakes.dedup();
            Err(format!(
                "code may be there without a part that it calls; say in xtask/src/page/parts.rs that the part comes with \
                 it, or move what is called:\n  {}",
                mistakes.join("\n  ")
            ))
        }
    }

    /// Gives each function that nothing binds to a place the one place of all that call it.
    fn settle(&self, bound: &[Home]) -> Vec<Home> {
        let mut homes = bound.to_vec();
        loop {
            let mut changed = false;
            for function in 0..homes.len() {
                if bound[function] != Home::Open {
                    continue;
                }
                let of_callers = self.callers[function].iter().map(|caller| homes[*caller]);
                let home = of_callers.fold(Home::Open, common);
                changed |= homes[function] != home;
                homes[function] = home;
            }
            if !changed {
                break;
            }
        }
        // What nothing calls at all.
        for home in &mut homes {
            if *home == Home::Open {
                *home = Home::First;
            }
        }
        homes
    }
}

/// Where something lies that is called from two places.
fn common(one: Home, other: Home) -> Home {
    match (one, other) {
        (Home::Open, home) | (home, Home::Open) => home,
        (Home::First, _) | (_, Home::First) => Home::First,
        (Home::Part(one), Home::Part(other)) => {
            let mut parts =
                (0..PARTS.len()).filter(|part| comes_with(one, *part) && comes_with(other, *part));
            if one == other {
                Home::Part(one)
            } else {
                parts.next().map_or(Home::First, Home::Part)
            }
        }
    }
}

/// Finds the functions that a function calls.
#[derive(Default)]
struct Calls(Vec<usize>);

impl Visitor<'_> for Calls {
    fn visit_function_id(&mut self, function: &FunctionId) {
        self.0.push(function.index());
    }
}

/// Puts other functions in the place of those that a function calls.
struct Recall<'a>(&'a HashMap<FunctionId, FunctionId>);

impl VisitorMut for Recall<'_> {
    fn visit_function_id_mut(&mut self, function: &mut FunctionId) {
        if let Some(other) = self.0.get(function) {
            *function = *other;
        }
    }
}

/// What the parts want of what comes at once, by the names under which they get it.
#[derive(Default)]
struct Wanted {
    functions: BTreeMap<usize, String>,
    globals: BTreeMap<usize, String>,
    tables: BTreeMap<usize, String>,
    memories: BTreeMap<usize, String>,
}

/// The name of something, made when it is first asked for.
fn name(kind: char, names: &mut BTreeMap<usize, String>, index: usize) -> String {
    let next = names.len();
    names
        .entry(index)
        .or_insert_with(|| format!("{kind}{next:x}"))
        .clone()
}

struct Cut<'a> {
    wasm: &'a [u8],
    functions: &'a Functions,
    homes: &'a [Home],
    /// The places in the table of those that are entered from elsewhere.
    places: &'a BTreeMap<usize, u32>,
    /// How long the table is.
    length: u64,
}

impl Cut<'_> {
    /// What comes at once: it hands out what the parts want, and leads into them through the table.
    fn first(&self, wanted: &Wanted) -> Result<Vec<u8>, String> {
        let mut module = read(self.wasm)?;
        let table = function_table(&module)?;
        let found = module.tables.get_mut(table);
        found.initial = found.initial.max(self.length);
        found.maximum = found.maximum.map(|maximum| maximum.max(self.length));
        let mut absent = FunctionBuilder::new(&mut module.types, &[], &[]);
        absent.func_body().unreachable();
        let absent = absent.finish(Vec::new(), &mut module.funcs);
        for element in module.elements.iter_mut() {
            if let ElementItems::Functions(functions) = &mut element.items {
                for function in functions {
                    if matches!(self.homes.get(function.index()), Some(Home::Part(_))) {
                        *function = absent;
                    }
                }
            }
        }
        let ids: BTreeMap<usize, FunctionId> = ids(&module);
        for (function, place) in self.places {
            let ty = module.funcs.get(ids[function]).ty();
            let (params, results) = {
                let of = module.types.get(ty);
                (of.params().to_vec(), of.results().to_vec())
            };
            let arguments: Vec<_> = params.iter().map(|param| module.locals.add(*param)).collect();
            let mut leads = FunctionBuilder::new(&mut module.types, &params, &results);
            let mut body = leads.func_body();
            for argument in &arguments {
                body.local_get(*argument);
            }
            body.i32_const(place.cast_signed()).call_indirect(ty, table);
            module.funcs.get_mut(ids[function]).kind = FunctionKind::Local(leads.local_func(arguments));
        }
        for (function, name) in &wanted.functions {
            module.exports.add(name, ids[function]);
        }
        let globals: Vec<_> = module.globals.iter().map(walrus::Global::id).collect();
        for global in globals {
            if let Some(name) = wanted.globals.get(&global.index()) {
                module.exports.add(name, global);
            }
        }
        let tables: Vec<_> = module.tables.iter().map(walrus::Table::id).collect();
        for table in tables {
            if let Some(name) = wanted.tables.get(&table.index()) {
                module.exports.add(name, table);
            }
        }
        let memories: Vec<_> = module.memories.iter().map(walrus::Memory::id).collect();
        for memory in memories {
            if let Some(name) = wanted.memories.get(&memory.index()) {
                module.exports.add(name, memory);
            }
        }
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }

    /// One part: its own functions, and everything else from what comes at once.
    fn part(&self, part: usize, wanted: &mut Wanted) -> Result<Vec<u8>, String> {
        let mut module = read(self.wasm)?;
        let table = function_table(&module)?;
        let ids = ids(&module);
        let own = |function: &usize| self.homes[*function] == Home::Part(part);
        let exports: Vec<_> = module.exports.iter().map(walrus::Export::id).collect();
        for export in exports {
            module.exports.delete(export);
        }
        module.start = None;
        let mut others: BTreeSet<usize> = BTreeSet::new();
        for (function, callers) in self.functions.callers.iter().enumerate() {
            if !own(&function) && callers.iter().any(own) {
                others.insert(function);
            }
        }
        let mut instead = HashMap::new();
        for other in others {
            let ty = module.funcs.get(ids[&other]).ty();
            let name = name('f', &mut wanted.functions, other);
            let (imported, _) = module.add_import_func(SHARED, &name, ty);
            instead.insert(ids[&other], imported);
        }
        for function in 0..self.homes.len() {
            if own(&function)
                && let FunctionKind::Local(local) = &mut module.funcs.get_mut(ids[&function]).kind
            {
                let entry = local.entry_block();
                ir::dfs_pre_order_mut(&mut Recall(&instead), local, entry);
            }
        }
        self.fill_table(&mut module, table, &ids, part);
        let data: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
        for data in data {
            module.data.delete(data);
        }
        let memories: Vec<_> = module.memories.iter().map(walrus::Memory::id).collect();
        for memory in memories {
            let name = name('y', &mut wanted.memories, memory.index());
            let import = module.imports.add(SHARED, &name, ImportKind::Memory(memory));
            let memory = module.memories.get_mut(memory);
            memory.import = Some(import);
            memory.data_segments.clear();
        }
        let tables: Vec<_> = module.tables.iter().map(walrus::Table::id).collect();
        for table in tables {
            let name = name('t', &mut wanted.tables, table.index());
            let import = module.imports.add(SHARED, &name, ImportKind::Table(table));
            let table = module.tables.get_mut(table);
            table.import = Some(import);
            // It may have grown, and takes the places of the entries besides.
            table.maximum = None;
        }
        let globals: Vec<_> = module.globals.iter().map(walrus::Global::id).collect();
        for global in globals {
            let name = name('g', &mut wanted.globals, global.index());
            let import = module.imports.add(SHARED, &name, ImportKind::Global(global));
            module.globals.get_mut(global).kind = GlobalKind::Import(import);
        }
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }

    /// Puts the functions of a part into their places in the table, in runs.
    fn fill_table(
        &self,
        module: &mut Module,
        table: TableId,
        ids: &BTreeMap<usize, FunctionId>,
        part: usize,
    ) {
        let elements: Vec<_> = module.elements.iter().map(walrus::Element::id).collect();
        for element in elements {
            module.elements.delete(element);
        }
        for table in module.tables.iter_mut() {
            table.elem_segments.clear();
        }
        let mut places: BTreeMap<u32, FunctionId> = BTreeMap::new();
        for (function, slots) in &self.functions.slots {
            if self.homes[*function] == Home::Part(part) {
                places.extend(slots.iter().map(|slot| (*slot, ids[function])));
            }
        }
        for (function, place) in self.places {
            if self.homes[*function] == Home::Part(part) {
                places.insert(*place, ids[function]);
            }
        }
        let mut runs: Vec<(u32, Vec<FunctionId>)> = Vec::new();
        for (place, function) in places {
            match runs.last_mut() {
                Some((begin, run))
                    if u32::try_from(run.len()).is_ok_and(|length| *begin + length == place) =>
                {
                    run.push(function);
                }
                _ => runs.push((place, vec![function])),
            }
        }
        for (begin, run) in runs {
            let kind = ElementKind::Active {
                table,
                offset: ConstExpr::Value(ir::Value::I32(begin.cast_signed())),
            };
            let element = module.elements.add(kind, ElementItems::Functions(run));
            module.tables.get_mut(table).elem_segments.insert(element);
        }
    }
}

/// The functions of a module by their index.
fn ids(module: &Module) -> BTreeMap<usize, FunctionId> {
    module
        .funcs
        .iter()
        .map(|function| (function.id().index(), function.id()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::{RefType, ValType};

    /// A page with an entry into the yard, what only the yard calls, what both call, and a listener in the table.
    fn page(main_calls_yard_within: bool) -> Vec<u8> {
        let mut module = Module::default();
        let table = module.tables.add_local(false, 4, Some(4), RefType::FUNCREF);
        module.memories.add_local(false, false, 1, None, None);
        let mut function = |name: &str, calls: &[FunctionId]| {
            let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[]);
            builder.name(name.to_owned());
            let argument = module.locals.add(ValType::I32);
            for called in calls {
                builder.func_body().local_get(argument).call(*called);
            }
            builder.finish(vec![argument], &mut module.funcs)
        };
        let both = function("core::both", &[]);
        let only_yard = function("shared::only_yard", &[both]);
        let within = function("frontend::pages::yard::within", &[only_yard]);
        let entry = function("frontend::pages::yard::yard", &[within]);
        let listener = function("<frontend::pages::yard::Desk as core::Fn>::call", &[within]);
        let mut calls = vec![entry, both];
        if main_calls_yard_within {
            calls.push(within);
        }
        let main = function("frontend::main", &calls);
        module.exports.add("main", main);
        let kind = ElementKind::Active {
            table,
            offset: ConstExpr::Value(ir::Value::I32(1)),
        };
        let element = module
            .elements
            .add(kind, ElementItems::Functions(vec![both, listener]));
        module.tables.get_mut(table).elem_segments.insert(element);
        module.emit_wasm()
    }

    fn names(module: &Module) -> BTreeSet<String> {
        let local = module.funcs.iter_local();
        local
            .filter_map(|(id, _)| module.funcs.get(id).name.clone())
            .collect()
    }

    #[test]
    fn a_part_takes_what_only_it_calls_and_leaves_an_entry_behind() {
        let split = split(&page(false)).unwrap();
        let first = read(&split.first).unwrap();
        // The entry is there still, as a way into the table.
        let there = names(&first);
        assert!(
            there.contains("frontend::main") && there.contains("core::both"),
            "{there:?}"
        );
        assert!(!there.contains("shared::only_yard") && !there.contains("frontend::pages::yard::within"));
        let yard = PARTS.iter().position(|part| part.name == "yard").unwrap();
        let part = read(&split.parts[yard]).unwrap();
        let expected = [
            "<frontend::pages::yard::Desk as core::Fn>::call",
            "frontend::pages::yard::within",
            "frontend::pages::yard::yard",
            "shared::only_yard",
        ];
        assert_eq!(names(&part), expected.map(str::to_owned).into());
        // The listener keeps its place in the table, the entry gets one behind the old end.
        let places: Vec<i32> = part
            .elements
            .iter()
            .map(|element| match &element.kind {
                ElementKind::Active {
                    offset: ConstExpr::Value(ir::Value::I32(offset)),
                    ..
                } => *offset,
                _ => -1,
            })
            .collect();
        assert_eq!(places, [2, 4]);
        assert!(first.tables.iter().all(|table| table.initial == 5));
        let handed_out: BTreeSet<_> = first.exports.iter().map(|export| export.name.clone()).collect();
        assert!(
            part.imports
                .iter()
                .all(|import| handed_out.contains(&import.name)),
            "{handed_out:?}"
        );
    }

    #[test]
    fn a_part_that_is_called_where_it_may_not_be_is_refused() {
        let Err(reason) = split(&page(true)) else {
            panic!("it was cut");
        };
        assert!(
            reason.contains("frontend::main calls frontend::pages::yard::within"),
            "{reason}"
        );
    }
}
