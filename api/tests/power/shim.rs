//! SQLite asks a [`Disk`] before it changes a file.
//!
//! Why there is `unsafe` here: SQLite lets a program stand between itself and its files only through its C interface (a
//! "VFS"), and no crate offers that for Rust with shared memory and without a C compiler for headers. Why it is sound:
//! nothing is made up. The system's own VFS is copied as a whole, and its own tables of methods are copied with four of
//! them replaced, so every other call goes where it always went, with the arguments that it always had. What is
//! replaced calls the original with the very pointers that SQLite passed, which SQLite promises to be valid for the
//! length of the call. Copies are leaked, so they are there for as long as SQLite is. A file is known by its address,
//! from its opening to its closing; SQLite never moves an open file.

#![allow(
    unsafe_code,
    reason = "the only way to stand between SQLite and its files; see above"
)]

use crate::disk::{Disk, Fault};
use rusqlite::ffi::{self, sqlite3_file, sqlite3_io_methods, sqlite3_vfs};
use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::{Arc, Mutex, Once, OnceLock, PoisonError};

/// Disks by the folder that they stand for.
static DISKS: Mutex<Vec<Arc<Disk>>> = Mutex::new(Vec::new());
/// Open files of disks, by their address.
static FILES: OnceLock<Mutex<HashMap<usize, File>>> = OnceLock::new();
/// The system's own VFS, by its address.
static SYSTEM: OnceLock<usize> = OnceLock::new();

/// An open file of a disk.
#[derive(Clone)]
struct File {
    disk: Arc<Disk>,
    name: String,
    /// The address of the system's own methods.
    methods: usize,
    /// Whether its next sync is one of the folder, too.
    syncs_folder: bool,
}

/// Puts a disk behind a folder.
pub fn mount(disk: &Arc<Disk>) {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(register);
    lock(&DISKS).push(Arc::clone(disk));
}

/// Takes it away again.
pub fn unmount(disk: &Arc<Disk>) {
    lock(&DISKS).retain(|other| !Arc::ptr_eq(other, disk));
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn files() -> &'static Mutex<HashMap<usize, File>> {
    FILES.get_or_init(Mutex::default)
}

fn register() {
    // SAFETY: asking for the default VFS has no conditions; it is static data of SQLite, valid for ever. The copy is
    // leaked, and differs only in what is replaced here; `zName` is a literal with a zero at its end.
    unsafe {
        ffi::sqlite3_initialize();
        let system = ffi::sqlite3_vfs_find(std::ptr::null());
        SYSTEM.set(system as usize).unwrap();
        let mut own = std::ptr::read(system);
        own.pNext = std::ptr::null_mut();
        own.zName = c"power".as_ptr();
        own.xOpen = Some(open);
        own.xDelete = Some(delete);
        let own = Box::into_raw(Box::new(own));
        assert_eq!(ffi::sqlite3_vfs_register(own, 1), ffi::SQLITE_OK);
    }
}

/// The disk that a path lies on, with the file's name on it.
///
/// # Safety
/// `path` is null or a C string, as SQLite promises of names.
unsafe fn place(path: *const c_char) -> Option<(Arc<Disk>, String)> {
    if path.is_null() {
        return None;
    }
    // SAFETY: by this function's own condition.
    let path = Path::new(unsafe { CStr::from_ptr(path) }.to_str().ok()?);
    let disks = lock(&DISKS);
    let disk = disks.iter().find(|disk| path.parent() == Some(disk.folder()))?;
    Some((Arc::clone(disk), path.file_name()?.to_str()?.to_owned()))
}

fn system() -> *mut sqlite3_vfs {
    SYSTEM.get().copied().unwrap_or_default() as *mut sqlite3_vfs
}

fn code(fault: Fault) -> c_int {
    match fault {
        Fault::Write => ffi::SQLITE_IOERR_WRITE,
        Fault::Sync => ffi::SQLITE_IOERR_FSYNC,
        Fault::Full => ffi::SQLITE_FULL,
        Fault::ReadOnly => ffi::SQLITE_READONLY,
    }
}

unsafe extern "C" fn open(
    _: *mut sqlite3_vfs,
    path: ffi::sqlite3_filename,
    file: *mut sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: SQLite's own arguments go to the system's own `xOpen`, with its own VFS. When it succeeded, `pMethods` is a
    // static table of it, which is copied once for each file and leaked: there are few, in tests.
    unsafe {
        let Some(original) = (*system()).xOpen else {
            return ffi::SQLITE_ERROR;
        };
        let found = place(path);
        if let Some((disk, _)) = &found
            && let Err(fault) = disk.may_open()
        {
            (*file).pMethods = std::ptr::null();
            return code(fault);
        }
        let opened = original(system(), path, file, flags, out);
        if opened == ffi::SQLITE_OK
            && let Some((disk, name)) = found
        {
            let methods = (*file).pMethods;
            let mut own: sqlite3_io_methods = std::ptr::read(methods);
            own.xWrite = Some(write);
            own.xTruncate = Some(truncate);
            own.xSync = Some(sync);
            own.xClose = Some(close);
            (*file).pMethods = Box::into_raw(Box::new(own));
            // As the system's own VFS does it.
            let before_the_database =
                ffi::SQLITE_OPEN_WAL | ffi::SQLITE_OPEN_MAIN_JOURNAL | ffi::SQLITE_OPEN_SUPER_JOURNAL;
            let own = File {
                disk,
                name,
                methods: methods as usize,
                syncs_folder: flags & before_the_database != 0 && flags & ffi::SQLITE_OPEN_CREATE != 0,
            };
            lock(files()).insert(file as usize, own);
        }
        opened
    }
}

unsafe extern "C" fn delete(_: *mut sqlite3_vfs, path: *const c_char, sync_folder: c_int) -> c_int {
    // SAFETY: as for `open`.
    unsafe {
        if let Some((disk, name)) = place(path)
            && let Err(fault) = disk.delete(&name, sync_folder != 0)
        {
            return code(fault);
        }
        match (*system()).xDelete {
            Some(original) => original(system(), path, sync_folder),
            None => ffi::SQLITE_ERROR,
        }
    }
}

/// The file at an address, with the system's own methods.
fn opened(file: *mut sqlite3_file) -> Option<File> {
    lock(files()).get(&(file as usize)).cloned()
}

unsafe extern "C" fn write(file: *mut sqlite3_file, data: *const c_void, length: c_int, at: i64) -> c_int {
    let Some(own) = opened(file) else {
        return ffi::SQLITE_IOERR_WRITE;
    };
    // SAFETY: SQLite passes `length` readable bytes; the methods are the system's static table.
    unsafe {
        let bytes = std::slice::from_raw_parts(data.cast::<u8>(), length.unsigned_abs() as usize);
        if let Err(fault) = own.disk.write(&own.name, at.unsigned_abs() as usize, bytes) {
            return code(fault);
        }
        match (*(own.methods as *const sqlite3_io_methods)).xWrite {
            Some(original) => original(file, data, length, at),
            None => ffi::SQLITE_ERROR,
        }
    }
}

unsafe extern "C" fn truncate(file: *mut sqlite3_file, size: i64) -> c_int {
    let Some(own) = opened(file) else {
        return ffi::SQLITE_IOERR_TRUNCATE;
    };
    if let Err(fault) = own.disk.truncate(&own.name, size.unsigned_abs() as usize) {
        return code(fault);
    }
    // SAFETY: the methods are the system's static table.
    match unsafe { (*(own.methods as *const sqlite3_io_methods)).xTruncate } {
        // SAFETY: SQLite's own arguments.
        Some(original) => unsafe { original(file, size) },
        None => ffi::SQLITE_ERROR,
    }
}

unsafe extern "C" fn sync(file: *mut sqlite3_file, _: c_int) -> c_int {
    // The disk is what counts; the real file need not reach the real disk.
    match opened(file).map(|own| own.disk.sync(&own.name, own.syncs_folder)) {
        Some(Ok(())) => {
            if let Some(own) = lock(files()).get_mut(&(file as usize)) {
                own.syncs_folder = false;
            }
            ffi::SQLITE_OK
        }
        Some(Err(fault)) => code(fault),
        None => ffi::SQLITE_IOERR_FSYNC,
    }
}

unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
    let Some(own) = lock(files()).remove(&(file as usize)) else {
        return ffi::SQLITE_IOERR_CLOSE;
    };
    // SAFETY: the file gets the system's own table back before the system closes it with SQLite's own argument.
    unsafe {
        (*file).pMethods = own.methods as *const sqlite3_io_methods;
        match (*(*file).pMethods).xClose {
            Some(original) => original(file),
            None => ffi::SQLITE_ERROR,
        }
    }
}
