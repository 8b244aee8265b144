//! The workers: starting them under the page's policy, talking to them, noticing that one is gone and starting another.

use crate::session::protocol::{Ask, Reply, decode, encode};
use crate::session::questions::{Lost, Shards};
use crate::session::worker::wire::{BUILD, FromShard, ToShard};
use futures_channel::oneshot;
use js_sys::{Array, Uint8Array};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, BlobPropertyBag, ErrorEvent, MessageEvent, Url, Worker};

/// What happened in a worker that the loading must know of.
pub(super) enum Happened {
    /// It is ready for work.
    Ready,
    /// It said something about files.
    Said(FromShard),
    /// It died; another was started in its place and is empty.
    Restarted,
    /// Its program is of another build than the page.
    Stale,
}

type Listener = Rc<dyn Fn(usize, Happened)>;

/// All workers of the page.
#[derive(Clone)]
pub struct Workers {
    inner: Rc<Inner>,
}

struct Inner {
    slots: RefCell<Vec<Slot>>,
    next_question: Cell<u32>,
    listener: RefCell<Option<Listener>>,
}

struct Slot {
    worker: Worker,
    /// Kept alive as long as the worker: the browser calls them.
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut(ErrorEvent)>,
    ready: bool,
    /// Rises with every restart; messages of a worker that was replaced are not listened to.
    life: u32,
    waiting: HashMap<u32, oneshot::Sender<Reply>>,
    /// Questions that came before the worker was ready.
    early: Vec<(u32, Ask)>,
    /// Signs of life asked for and not given.
    silent: u32,
}

/// A worker that leaves this many signs of life (one a second) unanswered is taken for dead. Its longest block of work is
/// well below a second.
const SILENT_MAX: u32 = 8;

impl Workers {
    /// Starts as many workers as the machine has use for: 2 to 8.
    pub(super) fn start() -> Self {
        let cores = web_sys::window().map_or(2.0, |window| window.navigator().hardware_concurrency());
        let inner = Inner { slots: RefCell::default(), next_question: Cell::new(1), listener: RefCell::default() };
        let workers = Self { inner: Rc::new(inner) };
        for at in 0..(cores as usize).clamp(2, 8) {
            if let Some(slot) = workers.spawn(at, 0) {
                workers.inner.slots.borrow_mut().push(slot);
            }
        }
        workers.watch();
        workers
    }

    /// Says who wants to hear what happens in the workers.
    pub(super) fn listen(&self, listener: Listener) {
        *self.inner.listener.borrow_mut() = Some(listener);
    }

    fn tell(&self, at: usize, happened: Happened) {
        let listener = self.inner.listener.borrow().clone();
        if let Some(listener) = listener {
            listener(at, happened);
        }
    }

    fn spawn(&self, at: usize, life: u32) -> Option<Slot> {
        let worker = start_worker()?;
        let heard = {
            let workers = self.clone();
            Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
                let bytes: Uint8Array = event.data().unchecked_into();
                match decode::<FromShard>(&bytes.to_vec()) {
                    Some(message) => workers.hear(at, life, message),
                    None => workers.tell(at, Happened::Stale),
                }
            })
        };
        let failed = {
            let workers = self.clone();
            Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
                event.prevent_default();
                web_sys::console::error_1(&format!("a worker failed: {}", event.message()).into());
                workers.restart(at, life);
            })
        };
        worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        Some(Slot {
            worker,
            _heard: heard,
            _failed: failed,
            ready: false,
            life,
            waiting: HashMap::new(),
            early: Vec::new(),
            silent: 0,
        })
    }

    fn hear(&self, at: usize, life: u32, message: FromShard) {
        {
            let mut slots = self.inner.slots.borrow_mut();
            let Some(slot) = slots.get_mut(at).filter(|slot| slot.life == life) else { return };
            // Anything said is a sign of life.
            slot.silent = 0;
        }
        match message {
            FromShard::Ready(build) if build != BUILD => self.tell(at, Happened::Stale),
            FromShard::Ready(_) => {
                let early = {
                    let mut slots = self.inner.slots.borrow_mut();
                    slots[at].ready = true;
                    std::mem::take(&mut slots[at].early)
                };
                for (number, ask) in early {
                    self.send(at, &ToShard::Ask(number, ask), &[]);
                }
                self.tell(at, Happened::Ready);
            }
            FromShard::Reply(number, reply) => {
                let asked = self.inner.slots.borrow_mut()[at].waiting.remove(&number);
                if let Some(asked) = asked {
                    // Whoever asked may not want to know any more.
                    let _unwanted = asked.send(reply);
                }
            }
            FromShard::Pong(_) => {}
            said => self.tell(at, Happened::Said(said)),
        }
    }

    /// Sends a message with the files that it speaks of.
    pub(super) fn send(&self, at: usize, message: &ToShard, files: &[JsValue]) {
        let bytes = Uint8Array::from(encode(message).as_slice());
        let parts = Array::of1(&bytes);
        files.iter().for_each(|file| {
            parts.push(file);
        });
        let transfer = Array::of1(&bytes.buffer());
        let slots = self.inner.slots.borrow();
        if let Some(slot) = slots.get(at)
            && let Err(error) = slot.worker.post_message_with_transfer(&parts, &transfer)
        {
            web_sys::console::error_2(&"a message to a worker was refused".into(), &error);
        }
    }

    /// Whether a worker can be given work.
    pub(super) fn is_ready(&self, at: usize) -> bool {
        self.inner.slots.borrow().get(at).is_some_and(|slot| slot.ready)
    }

    fn restart(&self, at: usize, life: u32) {
        {
            let slots = self.inner.slots.borrow();
            let Some(slot) = slots.get(at).filter(|slot| slot.life == life) else { return };
            slot.worker.terminate();
        }
        let Some(fresh) = self.spawn(at, life + 1) else { return };
        // Dropping the old one drops the senders of its questions: whoever waits learns that the answer is lost.
        let old = std::mem::replace(&mut self.inner.slots.borrow_mut()[at], fresh);
        old.worker.set_onmessage(None);
        old.worker.set_onerror(None);
        // Not dropped here: this may run inside one of its closures.
        gloo::timers::callback::Timeout::new(0, move || drop(old)).forget();
        self.tell(at, Happened::Restarted);
    }

    /// Asks for a sign of life every second.
    fn watch(&self) {
        let workers = self.clone();
        gloo::timers::callback::Interval::new(1_000, move || {
            let count = workers.count();
            for at in 0..count {
                let (life, silent) = {
                    let mut slots = workers.inner.slots.borrow_mut();
                    let slot = &mut slots[at];
                    slot.silent += u32::from(slot.ready);
                    (slot.life, slot.silent)
                };
                if silent > SILENT_MAX {
                    workers.restart(at, life);
                } else if silent > 0 {
                    workers.send(at, &ToShard::Ping(silent), &[]);
                }
            }
        })
        .forget();
    }
}

impl Shards for Workers {
    fn count(&self) -> usize {
        self.inner.slots.borrow().len()
    }

    async fn ask(&self, asks: Vec<Ask>) -> Result<Vec<Reply>, Lost> {
        let mut replies = Vec::with_capacity(asks.len());
        for (at, ask) in asks.into_iter().enumerate() {
            let number = self.inner.next_question.get();
            self.inner.next_question.set(number.wrapping_add(1));
            let (sender, receiver) = oneshot::channel();
            let ready = {
                let mut slots = self.inner.slots.borrow_mut();
                let slot = slots.get_mut(at).ok_or(Lost)?;
                slot.waiting.insert(number, sender);
                slot.ready
            };
            if ready {
                self.send(at, &ToShard::Ask(number, ask), &[]);
            } else {
                self.inner.slots.borrow_mut()[at].early.push((number, ask));
            }
            replies.push(receiver);
        }
        let mut all = Vec::with_capacity(replies.len());
        for reply in replies {
            all.push(reply.await.map_err(|_| Lost)?);
        }
        Ok(all)
    }
}

/// The address of a file of this very build, beside the page.
pub(super) fn beside(file: &str) -> Option<String> {
    let base = web_sys::window()?.document()?.base_uri().ok()??;
    Url::new_with_base(&format!("{file}?v={BUILD}"), &base).ok().map(|url| url.href())
}

/// Starts the worker's program from a `blob:`: a worker started from a URL would not inherit the page's policy, and the
/// shards hold all the data.
fn start_worker() -> Option<Worker> {
    let (program, wasm) = (beside("shard.js")?, beside("shard_bg.wasm")?);
    let source = format!("importScripts({program:?});wasm_bindgen({{module_or_path:{wasm:?}}});");
    let options = BlobPropertyBag::new();
    options.set_type("text/javascript");
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&source.into()), &options).ok()?;
    let url = Url::create_object_url_with_blob(&blob).ok()?;
    let worker = Worker::new(&url).ok();
    // The worker has its own hold on the blob once it has begun to load; a moment later the name can go.
    gloo::timers::callback::Timeout::new(30_000, move || {
        let _gone = Url::revoke_object_url(&url);
    })
    .forget();
    worker
}
