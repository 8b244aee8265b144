//! The folder dropped last, kept by the browser so that it can be opened again: its handle, which holds its name and nothing
//! of what is in it. Only browsers with file system handles can; elsewhere nothing is kept and nothing offered.

use super::intake;
use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

const DATABASE: &str = "trailglass";
const STORE: &str = "folders";
const LAST: &str = "last";

/// A folder that can be opened again.
#[derive(Clone, Debug)]
pub struct Folder(JsValue);

/// Why a folder could not be opened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The browser was not allowed to read it.
    Denied,
    /// It is not where it was.
    Gone,
    /// The browser would not read it.
    Unreadable,
}

impl Folder {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        intake::name_of(&self.0)
    }

    pub(super) fn handle(&self) -> JsValue {
        self.0.clone()
    }

    /// Asks for leave to read it. To be called in the handler of a click itself: browsers ask a person only then.
    pub fn ask(&self) -> impl Future<Output = Result<(), Refused>> + use<> {
        let options = Object::new();
        let _set = Reflect::set(&options, &"mode".into(), &"read".into());
        let asked = call(&self.0, "requestPermission", &[&options]);
        let handle = self.0.clone();
        async move {
            let answer = settle(asked).await.map_err(|_| Refused::Denied)?;
            if answer.as_string().as_deref() != Some("granted") {
                return Err(Refused::Denied);
            }
            // Leave is given for what is no longer there, too; looking for a first entry tells.
            let first = call(&handle, "values", &[]).and_then(|entries| call(&entries, "next", &[]));
            match settle(first).await {
                Ok(_) => Ok(()),
                Err(error) if intake::name_of(&error) == "NotFoundError" => Err(Refused::Gone),
                Err(_) => Err(Refused::Unreadable),
            }
        }
    }
}

fn call(object: &JsValue, method: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let method: Function = Reflect::get(object, &method.into())?.dyn_into()?;
    method.apply(object, &arguments.iter().copied().collect::<Array>())
}

/// What a promise comes to.
async fn settle(promise: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(promise?.dyn_into::<Promise>()?).await
}

/// What a request to the database comes to.
async fn answer(request: JsValue) -> Result<JsValue, JsValue> {
    let promise = Promise::new(&mut |done, failed| {
        let _set = Reflect::set(&request, &"onsuccess".into(), &done);
        let _set = Reflect::set(&request, &"onerror".into(), &failed);
    });
    JsFuture::from(promise).await?;
    Reflect::get(&request, &"result".into())
}

/// Asks the store of folders for something, in a transaction of its own.
async fn with_store(mode: &str, method: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let database = Reflect::get(&js_sys::global(), &"indexedDB".into())?;
    let opening = call(&database, "open", &[&DATABASE.into(), &1.into()])?;
    let made = opening.clone();
    let upgrade = Closure::once_into_js(move || {
        let made =
            Reflect::get(&made, &"result".into()).and_then(|it| call(&it, "createObjectStore", &[&STORE.into()]));
        // Without a store the request that follows fails, and nothing is remembered.
        let _failed = made;
    });
    Reflect::set(&opening, &"onupgradeneeded".into(), &upgrade)?;
    let database = answer(opening).await?;
    let transaction = call(&database, "transaction", &[&STORE.into(), &mode.into()])?;
    let store = call(&transaction, "objectStore", &[&STORE.into()])?;
    let found = answer(call(&store, method, arguments)?).await;
    let _closed = call(&database, "close", &[]);
    found
}

/// Keeps a folder in place of the one kept before.
pub(super) async fn keep(handle: &JsValue) {
    // In a private window, or with storage switched off, nothing is kept: then nothing will be offered.
    let _failed = with_store("readwrite", "put", &[handle, &LAST.into()]).await;
}

/// The folder that was kept, if there is one.
pub async fn kept() -> Option<Folder> {
    let handle = with_store("readonly", "get", &[&LAST.into()]).await.ok()?;
    (handle.is_object() && intake::is_folder(&handle)).then_some(Folder(handle))
}

/// Forgets it.
pub async fn forget() {
    let _failed = with_store("readwrite", "delete", &[&LAST.into()]).await;
}
