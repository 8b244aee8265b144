//! The inside of a worker: a [`Shard`], messages in, messages out. `src/bin/shard.rs` starts it.
//!
//! Reading yields between blocks by its nature: every block is awaited from a `File`, and a question or a cancel that came
//! meanwhile is heard before the next.

use super::wire::{BUILD, FileToRead, FromShard, ToShard};
use crate::import::split::{Piece, Splitter, WORTH_CUTTING};
use crate::import::{Reading, gzip, is_packed};
use crate::session::protocol::{decode, encode};
use crate::session::shard::Shard;
use futures_channel::oneshot;
use js_sys::{Array, ArrayBuffer, Function, Promise, Reflect, Uint8Array};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DedicatedWorkerGlobalScope, File, MessageEvent};

/// Small files are read together up to this many bytes: one read of a `Blob` of 64 files costs little more than one read.
const TOGETHER: f64 = 8e6;

/// Larger files are read in slices of this many bytes if compressed (a slice inflates about ten times) ...
const SLICE_GZIP: f64 = 1e6;

/// ... and of this many if not.
const SLICE_PLAIN: f64 = 8e6;

pub(super) struct Worker {
    scope: DedicatedWorkerGlobalScope,
    pub(super) shard: RefCell<Shard>,
    /// Rises with every cancel; reading that began under another number ends.
    pub(super) epoch: Cell<u32>,
    /// Archives whose files wait for their numbers.
    pub(super) numbers: RefCell<HashMap<u32, Awaited>>,
}

/// Where the number of an archive's first file goes in, and comes out.
type Awaited = (Option<oneshot::Sender<u32>>, Option<oneshot::Receiver<u32>>);

/// Starts answering messages.
pub fn start() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let worker = Rc::new(Worker {
        scope: scope.clone(),
        shard: RefCell::default(),
        epoch: Cell::new(0),
        numbers: RefCell::default(),
    });
    let heard = {
        let worker = worker.clone();
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| worker.clone().hear(&event))
    };
    scope.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    // The worker lives as long as its page.
    heard.forget();
    worker.send(&FromShard::Ready(BUILD.to_owned()));
}

impl Worker {
    pub(super) fn send(&self, message: &FromShard) {
        let bytes = Uint8Array::from(encode(message).as_slice());
        let transfer = Array::of1(&bytes.buffer());
        // A page that is gone needs no answer.
        let _gone = self.scope.post_message_with_transfer(&bytes, &transfer);
    }

    fn hear(self: Rc<Self>, event: &MessageEvent) {
        let parts: Array = event.data().unchecked_into();
        let bytes: Uint8Array = parts.get(0).unchecked_into();
        let Some(message) = decode::<ToShard>(&bytes.to_vec()) else { return };
        let files: Vec<JsValue> = parts.iter().skip(1).collect();
        match message {
            ToShard::Ping(number) => self.send(&FromShard::Pong(number)),
            ToShard::Sizes(wanted) => spawn_local(async move { self.sizes(wanted, &files).await }),
            ToShard::Numbers(file, first) => self.numbered(file, first),
            ToShard::Cancel => self.epoch.set(self.epoch.get() + 1),
            ToShard::Ask(number, ask) => {
                let reply = self.shard.borrow_mut().answer(ask);
                self.send(&FromShard::Reply(number, reply));
            }
            ToShard::Read(wanted) => spawn_local(async move { self.read(wanted, files).await }),
            ToShard::Cut(wanted) => {
                spawn_local(async move {
                    // A file that cannot be opened says so when it is read as a whole.
                    match open(files.first()).await {
                        Ok(file) => self.cut(&wanted, &file).await,
                        Err(_) => self.send(&FromShard::CutDone(wanted.file, false, None)),
                    }
                });
            }
            ToShard::Piece(wanted, piece) => {
                spawn_local(async move {
                    match open(files.first()).await {
                        Ok(file) => self.piece(&wanted, &file, piece).await,
                        Err(error) => {
                            let report = Shard::unreadable(wanted.file, &why(&error));
                            self.send(&FromShard::Read(vec![(report, 0)]));
                        }
                    }
                });
            }
        }
    }

    async fn read(&self, wanted: Vec<FileToRead>, sources: Vec<JsValue>) {
        let epoch = self.epoch.get();
        let (wanted, files) = self.open_all(wanted, sources).await;
        let mut at = 0;
        while at < files.len() {
            if epoch != self.epoch.get() {
                self.skip(&wanted[at..]);
                return;
            }
            // As many as fit together, at least one.
            let mut end = at;
            let mut bytes = 0.0;
            while end < files.len() && (end == at || bytes + files[end].size() <= TOGETHER) {
                bytes += files[end].size();
                end += 1;
            }
            if end == at + 1 && bytes > TOGETHER {
                let (wanted, file) = (&wanted[at], &files[at]);
                if bytes > WORTH_CUTTING as f64 && !wanted.whole {
                    self.send(&FromShard::Large(wanted.file, bytes as u64));
                } else {
                    self.stream(wanted, file, epoch).await;
                }
            } else {
                self.together(&wanted[at..end], &files[at..end], bytes, epoch).await;
            }
            at = end;
        }
    }

    /// Says that these will not be read, since a person cancelled.
    fn skip(&self, wanted: &[FileToRead]) {
        self.send(&FromShard::Skipped(wanted.iter().map(|wanted| wanted.file).collect()));
    }

    /// Opens files, all at once; those that cannot be are reported.
    async fn open_all(&self, wanted: Vec<FileToRead>, sources: Vec<JsValue>) -> (Vec<FileToRead>, Vec<File>) {
        let opening: Vec<_> = sources.iter().map(|source| opening(Some(source))).collect();
        let (mut opened, mut files, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for (wanted, opening) in wanted.into_iter().zip(opening) {
            match opening.file().await {
                Ok(file) => {
                    opened.push(wanted);
                    files.push(file);
                }
                Err(error) => failed.push((Shard::unreadable(wanted.file, &why(&error)), 0)),
            }
        }
        if !failed.is_empty() {
            self.send(&FromShard::Read(failed));
        }
        (opened, files)
    }

    /// Reads small files with one read; when that fails, one by one, to find out which of them is the trouble.
    async fn together(&self, wanted: &[FileToRead], files: &[File], bytes: f64, epoch: u32) {
        let parts: Array = files.iter().collect();
        let read = match Blob::new_with_blob_sequence(&parts) {
            Ok(blob) => buffer(&blob).await.ok().filter(|read| f64::from(read.length()) == bytes),
            Err(_) => None,
        };
        let mut reports = Vec::with_capacity(files.len());
        let mut archives = Vec::new();
        match read {
            Some(read) => {
                if epoch != self.epoch.get() {
                    self.skip(wanted);
                    return;
                }
                let all = read.to_vec();
                let mut start = 0;
                let mut shard = self.shard.borrow_mut();
                for (wanted, file) in wanted.iter().zip(files) {
                    let end = start + file.size() as usize;
                    let (report, archive) = self.read_small(&mut shard, wanted, &all[start..end]);
                    archives.extend(archive.map(|archive| (wanted, archive)));
                    reports.push((report, file.size() as u64));
                    start = end;
                }
            }
            None => {
                for (wanted, file) in wanted.iter().zip(files) {
                    let report = match buffer(file).await {
                        Ok(read) => {
                            let (report, archive) =
                                self.read_small(&mut self.shard.borrow_mut(), wanted, &read.to_vec());
                            archives.extend(archive.map(|archive| (wanted, archive)));
                            report
                        }
                        Err(error) => Shard::unreadable(wanted.file, &why(&error)),
                    };
                    reports.push((report, file.size() as u64));
                }
            }
        }
        self.send(&FromShard::Read(reports));
        for (wanted, archive) in archives {
            self.unpack(wanted.file, &wanted.path, archive, epoch).await;
        }
    }

    /// Opens files only to see how large they are.
    async fn sizes(&self, wanted: Vec<u32>, sources: &[JsValue]) {
        let opening: Vec<_> = sources.iter().map(|source| opening(Some(source))).collect();
        let mut sizes = Vec::with_capacity(wanted.len());
        for (file, opening) in wanted.into_iter().zip(opening) {
            let size = opening.file().await.ok().map(|file| file.size() as u64);
            sizes.push((file, size));
        }
        self.send(&FromShard::Sizes(sizes));
    }

    /// Reads a large file slice by slice.
    async fn stream(&self, wanted: &FileToRead, file: &File, epoch: u32) {
        let size = file.size();
        let mut stream = self.shard.borrow_mut().begin(wanted.file, &wanted.path, Reading::default());
        let mut at = 0.0;
        let mut slice = SLICE_GZIP;
        let mut events = 0;
        let mut archive = None;
        let report = loop {
            let end = (at + slice).min(size);
            let bytes = match part(file, at, end).await {
                Ok(bytes) => bytes,
                Err(error) => {
                    // What was read before is in the store already: say both.
                    let mut report = self.shard.borrow_mut().finish(stream);
                    report.add(Shard::unreadable(wanted.file, &why(&error)));
                    break report;
                }
            };
            if epoch != self.epoch.get() {
                let mut report = self.shard.borrow_mut().finish(stream);
                report.cancelled(at as u64);
                break report;
            }
            if at == 0.0 && !gzip::is_gzip(&bytes) {
                slice = SLICE_PLAIN;
            }
            let last = end >= size;
            // To its end, even where no more is read out of it: the hash is of the whole file.
            self.shard.borrow_mut().push(&mut stream, &bytes, last);
            let now = stream.events();
            self.send(&FromShard::Reading((end - at) as u64, now - events));
            events = now;
            at = end;
            if last {
                let mut shard = self.shard.borrow_mut();
                let report = shard.finish(stream);
                archive = shard.take_archive();
                break report;
            }
        };
        if let Some(archive) = &archive {
            self.announce(wanted.file, archive);
        }
        self.send(&FromShard::Read(vec![(report, size as u64)]));
        if let Some(archive) = archive {
            self.unpack(wanted.file, &wanted.path, archive, epoch).await;
        }
    }

    async fn cut(&self, wanted: &FileToRead, file: &File) {
        let epoch = self.epoch.get();
        let size = file.size();
        let mut splitter = Splitter::new(WORTH_CUTTING / 2);
        let mut hashed = None;
        let mut at = 0.0;
        let mut found = false;
        let mut failed = false;
        // When all cuts are known the rest still counts for the hash; what cannot be cut is hashed as it is read.
        while at < size && (!splitter.is_over() || (found && hashed.is_none())) {
            let end = (at + SLICE_PLAIN).min(size);
            let Ok(bytes) = part(file, at, end).await else {
                // A file that cannot be read will say so when its pieces are.
                failed = true;
                break;
            };
            if epoch != self.epoch.get() {
                self.skip(std::slice::from_ref(wanted));
                return;
            }
            if at == 0.0 {
                if is_packed(&bytes) {
                    break;
                }
                // Hashing 300 MB here would take longer than reading them; the browser has faster code and another thread.
                hashed = (size <= DIGEST_MAX).then(|| digest(file)).flatten();
                if hashed.is_some() {
                    splitter = splitter.without_hash();
                }
            }
            let mut pieces = Vec::new();
            splitter.push(&bytes, &mut pieces);
            if !pieces.is_empty() {
                found = true;
                self.send(&FromShard::Pieces(wanted.file, pieces));
            }
            at = end;
        }
        let streamed = (found && !failed && hashed.is_none()).then(|| splitter.sha256());
        if found {
            self.send(&FromShard::Pieces(wanted.file, vec![splitter.finish()]));
        }
        let sha256 = match hashed {
            Some(hashed) if found => hashed.await,
            _ => streamed,
        };
        self.send(&FromShard::CutDone(wanted.file, found, sha256));
    }

    async fn piece(&self, wanted: &FileToRead, file: &File, piece: Piece) {
        let epoch = self.epoch.get();
        let end = piece.end.map_or(file.size(), |end| end as f64);
        let reading = Reading::of(&piece);
        let mut stream = self.shard.borrow_mut().begin(wanted.file, &wanted.path, reading);
        let mut at = piece.start as f64;
        let mut events = 0;
        let mut report = None;
        let mut cancelled = false;
        while at < end {
            let to = (at + SLICE_PLAIN).min(end);
            match part(file, at, to).await {
                Ok(bytes) => {
                    cancelled = epoch != self.epoch.get();
                    if cancelled {
                        break;
                    }
                    let more = self.shard.borrow_mut().push(&mut stream, &bytes, to >= end);
                    self.send(&FromShard::Reading((to - at) as u64, stream.events() - events));
                    events = stream.events();
                    if !more {
                        break;
                    }
                }
                Err(error) => {
                    report = Some(Shard::unreadable(wanted.file, &why(&error)));
                    break;
                }
            }
            at = to;
        }
        let mut read = self.shard.borrow_mut().finish(stream);
        if let Some(report) = report {
            read.add(report);
        }
        if cancelled {
            read.cancelled(at as u64);
        }
        self.send(&FromShard::Read(vec![(read, 0)]));
    }
}

/// A file that is open, or asked of its handle.
enum Opening {
    Open(File),
    Asked(JsFuture),
}

fn opening(source: Option<&JsValue>) -> Opening {
    let source = source.cloned().unwrap_or(JsValue::NULL);
    match source.dyn_into::<File>() {
        Ok(file) => Opening::Open(file),
        Err(handle) => {
            let method = Reflect::get(&handle, &"getFile".into()).and_then(JsCast::dyn_into::<Function>);
            let asked = method.and_then(|method| method.call0(&handle)).and_then(JsCast::dyn_into::<Promise>);
            Opening::Asked(JsFuture::from(asked.unwrap_or_else(|error| Promise::reject(&error))))
        }
    }
}

impl Opening {
    async fn file(self) -> Result<File, JsValue> {
        match self {
            Self::Open(file) => Ok(file),
            Self::Asked(asked) => asked.await.map(JsCast::unchecked_into),
        }
    }
}

async fn open(source: Option<&JsValue>) -> Result<File, JsValue> {
    opening(source).file().await
}

/// Larger files are not put into memory whole to be hashed.
const DIGEST_MAX: f64 = 400e6;

/// The SHA-256 of a whole file by the browser's own code, begun at once; `None` where the page has none (it is served from
/// another machine without https).
fn digest(file: &File) -> Option<impl Future<Output = Option<[u8; 32]>> + use<>> {
    let subtle = Reflect::get(&js_sys::global(), &"crypto".into())
        .and_then(|crypto| Reflect::get(&crypto, &"subtle".into()))
        .ok()
        .filter(|subtle| subtle.is_object())?;
    let method: Function = Reflect::get(&subtle, &"digest".into()).ok()?.dyn_into().ok()?;
    let (sender, receiver) = futures_channel::oneshot::channel();
    let file = file.clone();
    spawn_local(async move {
        let hash = async {
            let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
            let hashing: Promise = method.call2(&subtle, &"SHA-256".into(), &bytes).ok()?.dyn_into().ok()?;
            let hash = JsFuture::from(hashing).await.ok()?;
            <[u8; 32]>::try_from(Uint8Array::new(&hash).to_vec()).ok()
        };
        // The receiver goes when the reading is cancelled.
        let _gone = sender.send(hash.await);
    });
    Some(async move { receiver.await.ok().flatten() })
}

async fn buffer(blob: &Blob) -> Result<Uint8Array, JsValue> {
    let buffer: ArrayBuffer = JsFuture::from(blob.array_buffer()).await?.unchecked_into();
    Ok(Uint8Array::new(&buffer))
}

async fn part(file: &File, from: f64, to: f64) -> Result<Vec<u8>, JsValue> {
    let slice = file.slice_with_f64_and_f64(from, to)?;
    Ok(buffer(&slice).await?.to_vec())
}

/// What the browser says about a file it would not read.
fn why(error: &JsValue) -> String {
    let error: Option<&js_sys::Error> = error.dyn_ref();
    let said = error.map_or_else(|| "no reason was given".to_owned(), |error| String::from(error.message()));
    format!("the browser could not read it ({said}): it may have been moved, changed or deleted after it was dropped")
}
