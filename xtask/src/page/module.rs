//! A wasm module as its sections: as much of the format as trimming needs.

/// The section that says which functions, tables and memories the module is given.
pub const IMPORTS: u8 = 2;
/// The section that says of which type each function is.
pub const FUNCTIONS: u8 = 3;
/// The section that says what others may call.
pub const EXPORTS: u8 = 7;
/// The section with the functions.
pub const CODE: u8 = 10;
/// The section with what lies in memory at the start.
pub const DATA: u8 = 11;
const CUSTOM: u8 = 0;
const HEADER: &[u8] = b"\0asm\x01\0\0\0";

/// A module, section by section.
pub struct Module {
    sections: Vec<(u8, Vec<u8>)>,
}

impl Module {
    /// Reads one; `None` when it is none that we understand.
    pub fn read(wasm: &[u8]) -> Option<Module> {
        let mut reader = Reader::new(wasm);
        if reader.take(HEADER.len())? != HEADER {
            return None;
        }
        let mut sections = Vec::new();
        while !reader.is_empty() {
            let kind = reader.byte()?;
            sections.push((kind, reader.counted()?.to_vec()));
        }
        Some(Module { sections })
    }

    /// The module as bytes.
    pub fn write(&self) -> Vec<u8> {
        let mut wasm = HEADER.to_vec();
        for (kind, content) in &self.sections {
            wasm.push(*kind);
            put_counted(&mut wasm, content);
        }
        wasm
    }

    /// The content of a section; empty when there is none.
    pub fn section(&self, wanted: u8) -> &[u8] {
        let section = self.sections.iter().find(|(kind, _)| *kind == wanted);
        section.map_or(&[], |(_, content)| content)
    }

    /// Puts other content into a section that is there.
    pub fn replace(&mut self, wanted: u8, content: Vec<u8>) {
        if let Some(section) = self.sections.iter_mut().find(|(kind, _)| *kind == wanted) {
            section.1 = content;
        }
    }

    /// What is imported.
    pub fn imports(&self) -> Option<Vec<Import>> {
        let mut reader = Reader::new(self.section(IMPORTS));
        reader.list(|reader| {
            let module = reader.text()?;
            let name = reader.text()?;
            let kind = reader.byte()?;
            let from = reader.rest();
            match kind {
                FUNCTION => {
                    reader.number()?;
                }
                TABLE => {
                    reader.byte()?;
                    reader.limits()?;
                }
                MEMORY => reader.limits()?,
                GLOBAL => {
                    reader.take(2)?;
                }
                _ => return None,
            }
            let mut what = vec![kind];
            what.extend_from_slice(&from[..from.len() - reader.rest().len()]);
            Some(Import { module, name, what })
        })
    }

    /// Says anew what is imported.
    pub fn set_imports(&mut self, imports: &[Import]) {
        let mut content = Vec::new();
        put_number(&mut content, imports.len());
        for import in imports {
            put_counted(&mut content, import.module.as_bytes());
            put_counted(&mut content, import.name.as_bytes());
            content.extend_from_slice(&import.what);
        }
        self.replace(IMPORTS, content);
    }

    /// The names of the functions, by their numbers; wasm-bindgen leaves them as people read them.
    pub fn function_names(&self) -> Option<Vec<(usize, String)>> {
        const OF_FUNCTIONS: u8 = 1;
        for (kind, content) in &self.sections {
            let mut reader = Reader::new(content);
            if *kind != CUSTOM || reader.text()? != "name" {
                continue;
            }
            while !reader.is_empty() {
                let kind = reader.byte()?;
                let mut part = Reader::new(reader.counted()?);
                if kind == OF_FUNCTIONS {
                    return part.list(|part| Some((part.number()?, part.text()?)));
                }
            }
        }
        Some(Vec::new())
    }
}

const FUNCTION: u8 = 0;
const TABLE: u8 = 1;
const MEMORY: u8 = 2;
const GLOBAL: u8 = 3;

/// Something that the module is given.
pub struct Import {
    /// From where.
    pub module: String,
    /// By which name.
    pub name: String,
    /// What it is, as the module has it.
    what: Vec<u8>,
}

impl Import {
    /// Whether it is a function: those are numbered before the module's own.
    pub fn is_function(&self) -> bool {
        self.what.first() == Some(&FUNCTION)
    }
}

/// Reads the parts of a section. What it reads is ours, so whatever does not fit is just `None`.
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Begins at the first byte.
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// Whether all has been read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Some bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// One byte.
    pub fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// A number as wasm has it, seven bits a byte.
    pub fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 127) << shift;
            if byte < 128 {
                return Some(number);
            }
        }
        None
    }

    /// As many bytes as the number before them says.
    pub fn counted(&mut self) -> Option<&'a [u8]> {
        let count = self.number()?;
        self.take(count)
    }

    /// A text.
    pub fn text(&mut self) -> Option<String> {
        String::from_utf8(self.counted()?.to_vec()).ok()
    }

    /// As many parts as the number before them says.
    pub fn list<T>(&mut self, mut one: impl FnMut(&mut Reader<'a>) -> Option<T>) -> Option<Vec<T>> {
        if self.is_empty() {
            return Some(Vec::new());
        }
        (0..self.number()?).map(|_| one(self)).collect()
    }

    fn limits(&mut self) -> Option<()> {
        let has_most = self.byte()? & 1 == 1;
        self.number()?;
        if has_most {
            self.number()?;
        }
        Some(())
    }
}

/// Writes a number as wasm has it.
pub fn put_number(into: &mut Vec<u8>, mut number: usize) {
    while number > 127 {
        into.push((number & 127) as u8 | 128);
        number >>= 7;
    }
    into.push(number as u8);
}

/// Writes bytes with their count before them.
pub fn put_counted(into: &mut Vec<u8>, bytes: &[u8]) {
    put_number(into, bytes.len());
    into.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::{IMPORTS, Module, Reader, put_number};

    #[test]
    fn a_number_is_read_as_it_is_written() {
        for value in [0, 127, 128, 300, 1_000_000] {
            let mut bytes = Vec::new();
            put_number(&mut bytes, value);
            assert_eq!(Reader::new(&bytes).number(), Some(value));
        }
    }

    #[test]
    fn what_is_read_is_written_again() {
        let mut wasm = b"\0asm\x01\0\0\0".to_vec();
        wasm.extend([1, 1, 0]);
        wasm.extend(b"\x02\x11\x02\x01m\x01f\x00\x81\x01\x01m\x01t\x01\x70\x01\x02\x03");
        wasm.extend(b"\x00\x0c\x04name\x01\x05\x01\x07\x02ab");
        wasm[33] = 6;
        wasm[30] = 11;
        let mut module = Module::read(&wasm).unwrap();
        assert_eq!(module.write(), wasm);
        let imports = module.imports().unwrap();
        let section = module.section(IMPORTS).to_vec();
        assert_eq!(
            imports
                .iter()
                .map(|import| import.is_function())
                .collect::<Vec<_>>(),
            [true, false]
        );
        module.set_imports(&imports);
        assert_eq!(module.section(IMPORTS), section);
        assert!(Module::read(b"none").is_none());
    }
}
