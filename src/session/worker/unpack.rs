//! A worker with an archive in its hands: the files in it get numbers from the page and are read one after the other, and
//! between two of them the worker listens to what else is said.

use super::program::Worker;
use super::wire::{FileToRead, FromShard};
use crate::import::Reading;
use crate::import::archive::{Archive, DEPTH_MAX, too_deep};
use crate::session::protocol::FileReport;
use crate::session::shard::Shard;
use futures_channel::oneshot;
use js_sys::{Function, Promise};
use std::ops::Range;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

/// Files of an archive are reported when this many are read, or ...
const TOGETHER: usize = 64;

/// ... when the first of them has waited for this many milliseconds.
const WAITED: f64 = 50.0;

/// Larger ones are read in pieces of this size, for the same reason.
const PIECE: usize = 8 << 20;

impl Worker {
    /// Says that a file is an archive, before it is reported itself.
    pub(super) fn announce(&self, file: u32, archive: &Archive) {
        if archive.entries().is_empty() {
            return;
        }
        let (sender, receiver) = oneshot::channel();
        self.numbers.borrow_mut().insert(file, (Some(sender), Some(receiver)));
        let entries = archive.entries().iter().map(|entry| (entry.path.clone(), entry.bytes)).collect();
        self.send(&FromShard::Archive(file, entries));
    }

    /// Reads the files of an archive that was announced.
    pub(super) async fn unpack(&self, file: u32, path: &str, mut archive: Archive, epoch: u32) {
        let answer = self.numbers.borrow_mut().get_mut(&file).and_then(|(_, receiver)| receiver.take());
        let Some(answer) = answer else { return };
        let Ok(first) = answer.await else { return };
        let mut breath = Breath::new();
        let mut reports: Vec<(FileReport, u64)> = Vec::new();
        let mut since = js_sys::Date::now();
        let count = archive.entries().len();
        for entry in 0..count {
            if epoch != self.epoch.get() {
                self.report(&mut reports);
                self.skip_numbers(first + entry as u32..first + count as u32);
                return;
            }
            let path = format!("{path}/{}", archive.entries()[entry].path);
            let (report, bytes, inner) =
                self.entry(first + entry as u32, &path, &mut archive, entry, &mut breath).await;
            let number = report.file;
            reports.push((report, bytes));
            if let Some(inner) = &inner {
                self.announce(number, inner);
            }
            if inner.is_some() || reports.len() == TOGETHER || js_sys::Date::now() - since > WAITED {
                self.report(&mut reports);
                since = js_sys::Date::now();
            }
            if let Some(inner) = inner {
                Box::pin(self.unpack(number, &path, inner, epoch)).await;
            }
            breath.take().await;
        }
        self.report(&mut reports);
    }

    /// One file of an archive: what came of it, its size, and the archive that it is itself.
    async fn entry(
        &self,
        file: u32,
        path: &str,
        archive: &mut Archive,
        entry: usize,
        breath: &mut Breath,
    ) -> (FileReport, u64, Option<Archive>) {
        let content = archive.content(entry);
        let bytes = content.as_ref().map_or(archive.entries()[entry].bytes, |content| content.len() as u64);
        match content {
            Ok(content) if content.len() > PIECE => {
                let mut stream = self.shard.borrow_mut().begin(file, path, Reading::default());
                let last = content.len().div_ceil(PIECE) - 1;
                for (at, piece) in content.chunks(PIECE).enumerate() {
                    self.shard.borrow_mut().push(&mut stream, piece, at == last);
                    breath.take().await;
                }
                drop(content);
                let mut shard = self.shard.borrow_mut();
                let mut report = shard.finish(stream);
                let mut inner = shard.take_archive().map(|inner| inner.at_depth(archive.depth() + 1));
                if inner.take_if(|inner| inner.depth() > DEPTH_MAX).is_some() {
                    report.problems.push(too_deep());
                }
                (report, bytes, inner)
            }
            content => {
                let mut shard = self.shard.borrow_mut();
                let report = shard.read_entry(file, path, content, archive.depth());
                (report, bytes, shard.take_archive())
            }
        }
    }

    /// The page has numbered the files of an archive.
    pub(super) fn numbered(&self, file: u32, first: u32) {
        let sender = self.numbers.borrow_mut().get_mut(&file).and_then(|(sender, _)| sender.take());
        if let Some(sender) = sender {
            // Nobody waits for it where the reading was given up.
            let _unwanted = sender.send(first);
        }
    }

    fn report(&self, reports: &mut Vec<(FileReport, u64)>) {
        if !reports.is_empty() {
            self.send(&FromShard::Read(std::mem::take(reports)));
        }
    }

    fn skip_numbers(&self, files: Range<u32>) {
        self.send(&FromShard::Skipped(files.collect()));
    }

    /// Reads a small file, and says what it holds when it is an archive.
    pub(super) fn read_small(
        &self,
        shard: &mut Shard,
        wanted: &FileToRead,
        bytes: &[u8],
    ) -> (FileReport, Option<Archive>) {
        let report = shard.read(wanted.file, &wanted.path, bytes);
        let archive = shard.take_archive();
        if let Some(archive) = &archive {
            self.announce(wanted.file, archive);
        }
        (report, archive)
    }
}

/// A pause in which messages are heard. A timer would wait for 4 ms each time; a message to oneself does not.
struct Breath {
    channel: Option<MessageChannel>,
}

impl Breath {
    fn new() -> Self {
        Self { channel: MessageChannel::new().ok() }
    }

    async fn take(&mut self) {
        let Some(channel) = &self.channel else { return };
        let heard = Promise::new(&mut |resolve: Function, _| channel.port1().set_onmessage(Some(&resolve)));
        if channel.port2().post_message(&JsValue::NULL).is_ok() {
            // It cannot be rejected.
            let _heard = JsFuture::from(heard).await;
        }
    }
}

impl Drop for Breath {
    fn drop(&mut self) {
        if let Some(channel) = &self.channel {
            channel.port1().close();
        }
    }
}
