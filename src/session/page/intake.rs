//! From what a person drops or chooses to a stream of files with paths.
//!
//! The first touch of a `File` on the page's own thread costs a tenth of a millisecond, so nothing is asked of the files
//! here but their existence, and they are handed on some at a time, with the page alive in between.

use std::collections::VecDeque;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

/// A file that was found, or why it could not be opened.
pub(super) struct Found {
    pub path: String,
    pub file: Result<File, String>,
}

/// Files are handed on when this many are there.
const TOGETHER: usize = 64;

/// Goes through what was dropped and calls `found` with files as they come, and at the end `None`. Must be called in the
/// drop handler itself: what was dropped is gone after it.
pub(super) fn dropped(transfer: &DataTransfer, found: impl Fn(Option<Vec<Found>>) + 'static) {
    let items = transfer.items();
    let mut entries: VecDeque<FileSystemEntry> = VecDeque::new();
    let mut loose: Vec<Found> = Vec::new();
    for at in 0..items.length() {
        let Some(item) = items.get(at).filter(|item| item.kind() == "file") else { continue };
        match item.webkit_get_as_entry() {
            Ok(Some(entry)) => entries.push_back(entry),
            // A browser without entries still has the file.
            _ => {
                if let Ok(Some(file)) = item.get_as_file() {
                    loose.push(Found { path: file.name(), file: Ok(file) });
                }
            }
        }
    }
    spawn_local(async move {
        if !loose.is_empty() {
            found(Some(loose));
        }
        while let Some(entry) = entries.pop_front() {
            if entry.is_directory() {
                let reader = entry.unchecked_into::<FileSystemDirectoryEntry>().create_reader();
                loop {
                    // A reader gives at most a hundred entries at a time.
                    let part = read_entries(&reader).await;
                    if part.is_empty() {
                        break;
                    }
                    let (files, folders): (Vec<_>, Vec<_>) = part.into_iter().partition(FileSystemEntry::is_file);
                    entries.extend(folders);
                    for some in files.chunks(TOGETHER) {
                        found(Some(open(some).await));
                    }
                }
            } else {
                // Files dropped by themselves come one entry each: take the run of them together.
                let mut files = vec![entry];
                while files.len() < TOGETHER && entries.front().is_some_and(FileSystemEntry::is_file) {
                    files.extend(entries.pop_front());
                }
                found(Some(open(&files).await));
            }
        }
        found(None);
    });
}

/// The same for files chosen in a dialog.
pub(super) fn chosen(list: &FileList, found: impl Fn(Option<Vec<Found>>) + 'static) {
    let files: Vec<File> = (0..list.length()).filter_map(|at| list.get(at)).collect();
    spawn_local(async move {
        for some in files.chunks(TOGETHER) {
            let some = some.iter().map(|file| {
                let relative = js_sys::Reflect::get(file, &"webkitRelativePath".into()).ok();
                let path = relative.and_then(|path| path.as_string()).filter(|path| !path.is_empty());
                Found { path: path.unwrap_or_else(|| file.name()), file: Ok(file.clone()) }
            });
            found(Some(some.collect()));
            // Let the page breathe.
            gloo::timers::future::TimeoutFuture::new(0).await;
        }
        found(None);
    });
}

async fn read_entries(reader: &FileSystemDirectoryReader) -> Vec<FileSystemEntry> {
    let promise = js_sys::Promise::new(&mut |resolve, reject| {
        let _failed = reader.read_entries_with_callback_and_callback(&resolve, &reject);
    });
    // A folder that cannot be read has no files.
    let Ok(entries) = JsFuture::from(promise).await else { return Vec::new() };
    js_sys::Array::from(&entries).iter().map(JsCast::unchecked_into).collect()
}

/// Opens the files of entries, all at once.
async fn open(entries: &[FileSystemEntry]) -> Vec<Found> {
    let opening: Vec<(String, JsFuture)> = entries
        .iter()
        .map(|entry| {
            let path = entry.full_path().trim_start_matches('/').to_owned();
            let entry: &FileSystemFileEntry = entry.unchecked_ref();
            let promise = js_sys::Promise::new(&mut |resolve, reject| {
                entry.file_with_callback_and_callback(&resolve, &reject);
            });
            (path, JsFuture::from(promise))
        })
        .collect();
    let mut found = Vec::with_capacity(opening.len());
    for (path, file) in opening {
        let file = match file.await {
            Ok(file) => Ok(file.unchecked_into()),
            Err(_) => Err("the browser could not open it: it may have been moved or deleted".to_owned()),
        };
        found.push(Found { path, file });
    }
    found
}
