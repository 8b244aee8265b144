//! From what a person drops or chooses to a stream of files with paths.
//!
//! Where the browser has file system handles (Chromium), those are walked and handed on, and the worker that reads a file
//! is the one to open it: measured on 10,000 files, opening them here through entries kept the page's own thread busy for
//! 5.6 s, walking handles for 1 s. Elsewhere entries do.

use super::remember;
use js_sys::{Array, AsyncIterator, Function, Promise, Reflect};
use std::cell::RefCell;
use std::collections::{HashSet, VecDeque};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    DataTransfer, DataTransferItem, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader,
    FileSystemEntry, FileSystemFileEntry,
};

/// A file that was found, or why it could not be opened.
pub(super) struct Found {
    pub path: String,
    /// A `File`, or a `FileSystemFileHandle` that gives one.
    pub file: Result<JsValue, String>,
}

/// Files are handed on when this many are there.
const TOGETHER: usize = 64;

/// Takes files as they come, and `None` at the end; says whether more are wanted.
pub(super) type Taker = Rc<dyn Fn(Option<Vec<Found>>) -> bool>;

/// Goes through what was dropped. Must be called in the drop handler itself: what was dropped is gone after it.
pub(super) fn dropped(transfer: &DataTransfer, taker: Taker) {
    let items = transfer.items();
    let items = (0..items.length()).filter_map(|at| items.get(at)).filter(|item| item.kind() == "file");
    let mut handles: Vec<(JsFuture, Option<FileSystemEntry>, Option<File>)> = Vec::new();
    let mut listed: VecDeque<FileSystemEntry> = VecDeque::new();
    let mut entries: VecDeque<FileSystemEntry> = VecDeque::new();
    let mut loose: Vec<Found> = Vec::new();
    for item in items {
        let entry = item.webkit_get_as_entry().ok().flatten();
        let file = item.get_as_file().ok().flatten();
        match (handle_of(&item), entry) {
            (Some(handle), entry) => handles.push((JsFuture::from(handle), entry, file)),
            (None, Some(entry)) => entries.push_back(entry),
            // A browser without entries still has the file.
            (None, None) => loose.extend(file.map(|file| Found { path: file.name(), file: Ok(file.into()) })),
        }
    }
    spawn_local(async move {
        let mut folders: Vec<(String, JsValue)> = Vec::new();
        for (handle, entry, file) in handles {
            match handle.await {
                Ok(handle) if is_folder(&handle) => {
                    folders.push((name_of(&handle), handle));
                    listed.extend(entry);
                }
                Ok(handle) if !handle.is_null() => {
                    loose.push(Found { path: name_of(&handle), file: Ok(handle) });
                }
                // No handle after all, as in a private window: the older ways.
                _ => match entry {
                    Some(entry) => entries.push_back(entry),
                    None => loose.extend(file.map(|file| Found { path: file.name(), file: Ok(file.into()) })),
                },
            }
        }
        if let Some((_, folder)) = folders.first() {
            let folder = folder.clone();
            spawn_local(async move { remember::keep(&folder).await });
        }
        if !loose.is_empty() && !taker(Some(loose)) {
            return;
        }
        // A browser gives no handles of files whose names it finds odd (`<`, `.lnk`); entries list them all. Listing is cheap,
        // and so goes on beside; what only it has seen is opened the slow way.
        let seen = Rc::new(RefCell::new(HashSet::new()));
        let noting: Taker = {
            let (seen, taker) = (seen.clone(), taker.clone());
            Rc::new(move |files| {
                seen.borrow_mut().extend(files.iter().flatten().map(|found| found.path.clone()));
                taker(files)
            })
        };
        let (sender, receiver) = futures_channel::oneshot::channel();
        spawn_local(async move {
            // The receiver goes only when the page does.
            let _gone = sender.send(list(listed).await);
        });
        walk_handles(folders, &noting).await;
        let missed = receiver.await.unwrap_or_default().into_iter();
        entries.extend(missed.filter(|(path, _)| !seen.borrow().contains(path)).map(|(_, entry)| entry));
        walk_entries(entries, &taker).await;
        taker(None);
    });
}

/// The same for a folder whose handle is at hand.
pub(super) fn folder(handle: JsValue, taker: Taker) {
    spawn_local(async move {
        walk_handles(vec![(name_of(&handle), handle)], &taker).await;
        taker(None);
    });
}

fn handle_of(item: &DataTransferItem) -> Option<Promise> {
    let method: Function = Reflect::get(item, &"getAsFileSystemHandle".into()).ok()?.dyn_into().ok()?;
    method.call0(item).ok()?.dyn_into().ok()
}

fn text_of(object: &JsValue, key: &str) -> String {
    Reflect::get(object, &key.into()).ok().and_then(|value| value.as_string()).unwrap_or_default()
}

pub(super) fn name_of(handle: &JsValue) -> String {
    text_of(handle, "name")
}

pub(super) fn is_folder(handle: &JsValue) -> bool {
    !handle.is_null() && text_of(handle, "kind") == "directory"
}

/// Walks folders by handle, some at a time, since each step waits for the browser.
async fn walk_handles(folders: Vec<(String, JsValue)>, taker: &Taker) {
    const AT_ONCE: usize = 8;
    let mut waiting: VecDeque<(String, JsValue)> = folders.into();
    while !waiting.is_empty() {
        let some: Vec<_> = waiting.drain(..waiting.len().min(AT_ONCE)).collect();
        let walks: Vec<_> = some
            .into_iter()
            .map(|(path, folder)| {
                let taker = taker.clone();
                let (sender, receiver) = futures_channel::oneshot::channel();
                spawn_local(async move {
                    // The receiver goes only when the page does.
                    let _gone = sender.send(walk_folder(&path, &folder, &taker).await);
                });
                receiver
            })
            .collect();
        for walk in walks {
            match walk.await {
                Ok(Some(inner)) => waiting.extend(inner),
                _ => return,
            }
        }
    }
}

/// Hands on the files of one folder and returns the folders in it; `None` when no more are wanted.
async fn walk_folder(path: &str, folder: &JsValue, taker: &Taker) -> Option<Vec<(String, JsValue)>> {
    let mut folders = Vec::new();
    let mut files = Vec::new();
    let entries = Reflect::get(folder, &"values".into()).ok().and_then(|method| method.dyn_into::<Function>().ok());
    // A folder that cannot be read has no files.
    let Some(entries) = entries.and_then(|method| method.call0(folder).ok()) else { return Some(folders) };
    let entries: AsyncIterator = entries.unchecked_into();
    while let Ok(next) = entries.next() {
        let Ok(next) = JsFuture::from(next).await else { break };
        if Reflect::get(&next, &"done".into()).is_ok_and(|done| done.is_truthy()) {
            break;
        }
        let Ok(handle) = Reflect::get(&next, &"value".into()) else { break };
        let inside = format!("{path}/{}", name_of(&handle));
        if is_folder(&handle) {
            folders.push((inside, handle));
        } else {
            files.push(Found { path: inside, file: Ok(handle) });
        }
        if files.len() == TOGETHER && !taker(Some(std::mem::take(&mut files))) {
            return None;
        }
    }
    (files.is_empty() || taker(Some(files))).then_some(folders)
}

/// All files below folders, with their paths.
async fn list(mut folders: VecDeque<FileSystemEntry>) -> Vec<(String, FileSystemEntry)> {
    let mut files = Vec::new();
    while let Some(folder) = folders.pop_front() {
        let reader = folder.unchecked_into::<FileSystemDirectoryEntry>().create_reader();
        loop {
            let part = read_entries(&reader).await;
            if part.is_empty() {
                break;
            }
            for entry in part {
                if entry.is_file() {
                    files.push((path_of(&entry), entry));
                } else {
                    folders.push_back(entry);
                }
            }
        }
    }
    files
}

fn path_of(entry: &FileSystemEntry) -> String {
    entry.full_path().trim_start_matches('/').to_owned()
}

async fn walk_entries(mut entries: VecDeque<FileSystemEntry>, taker: &Taker) {
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
                    if !taker(Some(open(some).await)) {
                        return;
                    }
                }
            }
        } else {
            // Files dropped by themselves come one entry each: take the run of them together.
            let mut files = vec![entry];
            while files.len() < TOGETHER && entries.front().is_some_and(FileSystemEntry::is_file) {
                files.extend(entries.pop_front());
            }
            if !taker(Some(open(&files).await)) {
                return;
            }
        }
    }
}

/// The same for one file that did not come from a person's disk.
pub(super) fn given(file: File, taker: &Taker) {
    if taker(Some(vec![Found { path: file.name(), file: Ok(file.into()) }])) {
        taker(None);
    }
}

/// The same for files chosen in a dialog.
pub(super) fn chosen(list: &FileList, taker: Taker) {
    let files: Vec<File> = (0..list.length()).filter_map(|at| list.get(at)).collect();
    spawn_local(async move {
        for some in files.chunks(TOGETHER) {
            let some = some.iter().map(|file| {
                let relative = text_of(file, "webkitRelativePath");
                let path = if relative.is_empty() { file.name() } else { relative };
                Found { path, file: Ok(file.clone().into()) }
            });
            if !taker(Some(some.collect())) {
                return;
            }
            // Let the page breathe.
            gloo::timers::future::TimeoutFuture::new(0).await;
        }
        taker(None);
    });
}

async fn read_entries(reader: &FileSystemDirectoryReader) -> Vec<FileSystemEntry> {
    let promise = Promise::new(&mut |resolve, reject| {
        let _failed = reader.read_entries_with_callback_and_callback(&resolve, &reject);
    });
    // A folder that cannot be read has no files.
    let Ok(entries) = JsFuture::from(promise).await else { return Vec::new() };
    Array::from(&entries).iter().map(JsCast::unchecked_into).collect()
}

/// Opens the files of entries, all at once.
async fn open(entries: &[FileSystemEntry]) -> Vec<Found> {
    let opening: Vec<(String, JsFuture)> = entries
        .iter()
        .map(|entry| {
            let path = path_of(entry);
            let entry: &FileSystemFileEntry = entry.unchecked_ref();
            let promise = Promise::new(&mut |resolve, reject| {
                entry.file_with_callback_and_callback(&resolve, &reject);
            });
            (path, JsFuture::from(promise))
        })
        .collect();
    let mut found = Vec::with_capacity(opening.len());
    for (path, file) in opening {
        let file = match file.await {
            Ok(file) => Ok(file),
            Err(_) => Err("the browser could not open it: it may have been moved or deleted".to_owned()),
        };
        found.push(Found { path, file });
    }
    found
}
