//! The few things asked of the browser itself.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlElement, ResizeObserver};

/// Watches an element's size as long as the current owner lives.
pub fn on_resize(element: &Element, then: impl Fn(f64, f64) + 'static) {
    let watched = element.clone();
    let told = Closure::<dyn FnMut()>::new(move || {
        let rect = watched.get_bounding_client_rect();
        then(rect.width(), rect.height());
    });
    if let Ok(observer) = ResizeObserver::new(told.as_ref().unchecked_ref()) {
        observer.observe(element);
        // Held by the owner: dropped, and the watching ended, when the part of the page goes.
        let _held = StoredValue::new_local(Watching { observer, _told: told });
    }
}

/// Says something to whoever looks at the browser's console.
pub fn warn(words: &str) {
    web_sys::console::warn_1(&words.into());
}

/// Waits so many milliseconds.
pub async fn later(milliseconds: u32) {
    gloo::timers::future::TimeoutFuture::new(milliseconds).await;
}

struct Watching {
    observer: ResizeObserver,
    _told: Closure<dyn FnMut()>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Calls `then` whenever the browser changes between the light and the dark theme.
pub fn on_theme_change(then: impl Fn() + 'static) {
    let Ok(Some(query)) = window().match_media("(prefers-color-scheme: dark)") else { return };
    let told = Closure::<dyn FnMut()>::new(then);
    let _ = query.add_event_listener_with_callback("change", told.as_ref().unchecked_ref());
    let _held = StoredValue::new_local((query, told));
}

/// The value of a custom property of the theme, such as `--bar`.
#[must_use]
pub fn theme(name: &str) -> String {
    let style = document().body().and_then(|body| window().get_computed_style(&body).ok().flatten());
    style.and_then(|style| style.get_property_value(name).ok()).unwrap_or_default().trim().to_owned()
}

/// Puts text on the clipboard.
pub fn copy(text: &str) {
    // A refusal (no permission, no focus) leaves the clipboard as it was; there is nothing to undo.
    let _promise = window().navigator().clipboard().write_text(text);
}

/// Bytes that the browser keeps: texts and others of its kind joined.
#[must_use]
pub fn blob(parts: &js_sys::Array, mime: &str) -> Option<web_sys::Blob> {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type(mime);
    web_sys::Blob::new_with_blob_sequence_and_options(parts, &options).ok()
}

/// Lets a person save a text as a file. Nothing is sent anywhere: the browser takes it from the page's own memory.
pub fn save(name: &str, mime: &str, text: &str) {
    let _taken = save_parts(name, mime, &js_sys::Array::of1(&text.into()));
}

/// The same for a file in parts, texts or [`blob`]s; whether the browser took it.
pub fn save_parts(name: &str, mime: &str, parts: &js_sys::Array) -> bool {
    let Some(url) = blob(parts, mime).and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob).ok()) else {
        return false;
    };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok());
    let clicked = link.map(|link| {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    });
    // The browser has taken hold of it by then.
    set_timeout(
        move || {
            let _gone = web_sys::Url::revoke_object_url(&url);
        },
        std::time::Duration::from_secs(30),
    );
    clicked.is_some()
}

/// Whether a person has selected text somewhere, which a copy is then of.
#[must_use]
pub fn is_text_selected() -> bool {
    let get = js_sys::Reflect::get(&window(), &"getSelection".into()).ok();
    let get = get.and_then(|get| get.dyn_into::<js_sys::Function>().ok());
    let selection = get.and_then(|get| get.call0(&window()).ok()).filter(|selection| !selection.is_null());
    selection.and_then(|selection| js_sys::Reflect::get(&selection, &"isCollapsed".into()).ok()?.as_bool())
        == Some(false)
}

/// Milliseconds on a clock that only goes forward.
#[must_use]
pub fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// The elements right inside an element.
pub fn children(element: &Element) -> impl Iterator<Item = Element> + use<> {
    std::iter::successors(element.first_element_child(), Element::next_element_sibling)
}

/// The elements right inside the first that a selector finds.
#[must_use]
pub fn children_of(css: &str) -> Vec<Element> {
    let found = document().query_selector(css).ok().flatten();
    found.iter().flat_map(children).collect()
}

/// Width of the window in CSS pixels.
#[must_use]
pub fn width() -> f64 {
    window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or(1_440.0)
}

/// Gives the focus to the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id)
        && let Ok(element) = element.dyn_into::<HtmlElement>()
    {
        let _ = element.focus();
    }
}

/// Gives the focus to the first element that matches; whether there was one that took it.
pub fn focus_first(css: &str) -> bool {
    let found = document().query_selector(css).ok().flatten();
    found.and_then(|element| element.dyn_into::<HtmlElement>().ok()).is_some_and(|element| element.focus().is_ok())
}

/// Whether the mouse is beside a dialog and not in it: what is there belongs to the dialog's element, too.
#[must_use]
pub fn is_backdrop(event: &web_sys::MouseEvent) -> bool {
    let dialog = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(dialog) = dialog.filter(|element| element.tag_name() == "DIALOG") else { return false };
    let rect = dialog.get_bounding_client_rect();
    let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
    !(rect.left()..=rect.right()).contains(&x) || !(rect.top()..=rect.bottom()).contains(&y)
}

/// Whether keys typed now are text, not commands.
#[must_use]
pub fn is_typing() -> bool {
    document()
        .active_element()
        .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

/// Whether a dialog is open, which then has all keys.
#[must_use]
pub fn is_dialog_open() -> bool {
    document().query_selector("dialog[open]").is_ok_and(|dialog| dialog.is_some())
}
