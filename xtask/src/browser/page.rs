//! One page of the browser: running JavaScript in it, waiting for it, looking at it, and reaching its workers.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::connection::{COMMAND_LIMIT, Connection, exception_text, text};

/// How long `click`, `text` and their like wait for an element to come.
const ELEMENT_LIMIT: Duration = Duration::from_secs(5);

/// How long a page may take to load.
const LOAD_LIMIT: Duration = Duration::from_secs(60);

/// The pause between two looks of `wait_for`.
const PAUSE: Duration = Duration::from_millis(10);

/// An open page. Closed when the value is dropped.
pub struct Page {
    connection: Arc<Connection>,
    session: String,
    target: String,
    scale: f64,
}

/// A dedicated worker of a page.
pub struct WorkerHandle {
    /// The address of its script; `blob:…` for one started from a blob.
    pub url: String,
    connection: Arc<Connection>,
    session: String,
}

impl Page {
    pub(super) fn new(connection: Arc<Connection>, session: String, target: String, scale: f64) -> Page {
        Page { connection, session, target, scale }
    }

    /// Goes to an address and waits for its `load` event. A change of the hash alone loads nothing and returns at once.
    pub fn goto(&self, url: &str) -> Result<()> {
        let answer = self.cdp("Page.navigate", json!({ "url": url }))?;
        if let Some(error) = answer.get("errorText").map(text).filter(|error| !error.is_empty()) {
            bail!("{url} does not load: {error}");
        }
        match answer.get("loaderId").map(text) {
            Some(loader) => self.connection.wait_loaded(&self.session, &loader, LOAD_LIMIT).map_err(|error| {
                anyhow!("waiting for {url} to load: {error:#}\nconsole:\n{}", self.console().join("\n"))
            }),
            None => Ok(()),
        }
    }

    /// Loads the page again and waits for its `load` event.
    pub fn reload(&self) -> Result<()> {
        // By `goto`, a page with a hash would not load anew.
        let before = self.connection.session(&self.session, |session| session.loaded.len()).unwrap_or(0);
        self.cdp("Page.reload", json!({}))?;
        let end = Instant::now() + LOAD_LIMIT;
        while self.connection.session(&self.session, |session| session.loaded.len()).unwrap_or(0) <= before {
            if Instant::now() > end {
                bail!("the page does not load again");
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    /// The value of a JavaScript expression, by value; a promise is awaited, an exception becomes an error. `()`
    /// takes any value. Several statements go into `(async () => { … })()`.
    pub fn eval<T: DeserializeOwned>(&self, js: &str) -> Result<T> {
        eval(&self.connection, &self.session, js, COMMAND_LIMIT)
    }

    /// `eval` that gives up after `limit`.
    pub fn eval_within<T: DeserializeOwned>(&self, js: &str, limit: Duration) -> Result<T> {
        eval(&self.connection, &self.session, js, limit)
    }

    /// Waits until a JavaScript condition is truthy. An exception counts as "not yet" (the element is not there yet, the
    /// page is between two documents); on time-out the error tells the last one and what the console said.
    pub fn wait_for(&self, condition: &str, limit: Duration) -> Result<()> {
        wait_for(&self.connection, &self.session, condition, limit)
            .map_err(|error| anyhow!("{error:#}\nconsole:\n{}", self.console().join("\n")))
    }

    /// Waits until an element that matches `css` is in the page and takes up space.
    pub fn wait_element(&self, css: &str) -> Result<()> {
        let css = Value::from(css);
        self.wait_for(&format!("document.querySelector({css})?.getClientRects().length"), ELEMENT_LIMIT)
    }

    /// The text a person sees in the first element that matches.
    pub fn text(&self, css: &str) -> Result<String> {
        self.wait_for(&format!("document.querySelector({})", Value::from(css)), ELEMENT_LIMIT)?;
        self.eval(&format!("(e => e.innerText ?? e.textContent)(document.querySelector({}))", Value::from(css)))
    }

    /// How many elements match.
    pub fn count(&self, css: &str) -> Result<usize> {
        self.eval(&format!("document.querySelectorAll({}).length", Value::from(css)))
    }

    /// Gives the keyboard to the first element that matches.
    pub fn focus(&self, css: &str) -> Result<()> {
        self.wait_element(css)?;
        let found = format!("document.querySelector({})", Value::from(css));
        if self.eval::<bool>(&format!("({found}.focus(), document.activeElement === {found})"))? {
            return Ok(());
        }
        bail!("{css} does not take the focus")
    }

    /// What the page sees of the person's preferences: colour scheme and reduced motion.
    pub fn set_media(&self, dark: bool, reduced_motion: bool) -> Result<()> {
        let features = json!([
            { "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } },
            { "name": "prefers-reduced-motion", "value": if reduced_motion { "reduce" } else { "no-preference" } },
        ]);
        self.cdp("Emulation.setEmulatedMedia", json!({ "features": features })).map(drop)
    }

    /// Sets the size of the viewport in CSS pixels.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        let params = json!({ "width": width, "height": height, "deviceScaleFactor": self.scale, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", params).map(drop)
    }

    /// Writes what the viewport shows as a PNG.
    pub fn screenshot(&self, path: impl AsRef<Path>) -> Result<()> {
        let answer = self.cdp("Page.captureScreenshot", json!({ "format": "png" }))?;
        let encoded = answer["data"].as_str().context("a screenshot without data")?;
        let png = data_encoding::BASE64.decode(encoded.as_bytes())?;
        std::fs::write(&path, png).with_context(|| format!("writing {}", path.as_ref().display()))
    }

    /// The page as it would be printed on A4, as a PDF: in the style sheets' own margins, without the browser's head and foot.
    pub fn print_to_pdf(&self) -> Result<Vec<u8>> {
        let params = json!({ "paperWidth": 8.27, "paperHeight": 11.69, "preferCSSPageSize": false });
        let answer = self.cdp("Page.printToPDF", params)?;
        let encoded = answer["data"].as_str().context("a PDF without data")?;
        Ok(data_encoding::BASE64.decode(encoded.as_bytes())?)
    }

    /// Everything the page and its workers printed, threw or were refused so far; a worker's lines begin with `worker`.
    pub fn console(&self) -> Vec<String> {
        self.connection.session(&self.session, |session| session.console.clone()).unwrap_or_default()
    }

    /// From now on `requests` collects the addresses that the page and its workers ask for.
    pub fn watch_requests(&self) -> Result<()> {
        self.connection.session(&self.session, |session| session.watch_requests = true);
        self.cdp("Network.enable", json!({}))?;
        for worker in self.workers() {
            worker.cdp("Network.enable", json!({}))?;
        }
        Ok(())
    }

    /// The addresses asked for since `watch_requests`.
    pub fn requests(&self) -> Vec<String> {
        self.connection.session(&self.session, |session| session.requests.clone()).unwrap_or_default()
    }

    /// The living dedicated workers of the page, oldest first.
    pub fn workers(&self) -> Vec<WorkerHandle> {
        let handle = |(session, url)| WorkerHandle { url, connection: Arc::clone(&self.connection), session };
        self.connection.workers(&self.session).into_iter().map(handle).collect()
    }

    /// Waits until the page has at least `count` workers. Attaching takes a moment after `new Worker`.
    pub fn wait_workers(&self, count: usize, limit: Duration) -> Result<Vec<WorkerHandle>> {
        let end = Instant::now() + limit;
        loop {
            let workers = self.workers();
            if workers.len() >= count {
                return Ok(workers);
            }
            if Instant::now() > end {
                bail!("{} workers instead of {count}\nconsole:\n{}", workers.len(), self.console().join("\n"));
            }
            thread::sleep(PAUSE);
        }
    }

    /// Chromium's own counters (`JSHeapUsedSize`, `LayoutDuration`, `TaskDuration` …).
    pub fn metrics(&self) -> Result<HashMap<String, f64>> {
        let answer = self.cdp("Performance.getMetrics", json!({}))?;
        let metrics = answer["metrics"].as_array().context("no metrics")?;
        Ok(metrics.iter().map(|metric| (text(&metric["name"]), metric["value"].as_f64().unwrap_or(0.0))).collect())
    }

    /// Any command of the DevTools protocol, sent to this page.
    pub fn cdp(&self, method: &str, params: Value) -> Result<Value> {
        self.connection.call(Some(&self.session), method, params, COMMAND_LIMIT)
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // The browser may be gone before its pages: then this fails at once, and there is nothing to close.
        let params = json!({ "targetId": self.target });
        let _ = self.connection.call(None, "Target.closeTarget", params, Duration::from_secs(2));
    }
}

impl WorkerHandle {
    /// The value of a JavaScript expression inside the worker; as `Page::eval`.
    pub fn eval<T: DeserializeOwned>(&self, js: &str) -> Result<T> {
        eval(&self.connection, &self.session, js, COMMAND_LIMIT)
    }

    /// Waits until a JavaScript condition is truthy inside the worker. A worker is here before its script has run: wait
    /// for something of the script's before you rely on it.
    pub fn wait_for(&self, condition: &str, limit: Duration) -> Result<()> {
        wait_for(&self.connection, &self.session, condition, limit)
    }

    /// Ends the worker from inside, as a crash would: `self.close()` and no further answer.
    pub fn close(&self) -> Result<()> {
        self.eval("self.close()")
    }

    /// Whether it is still there.
    pub fn alive(&self) -> bool {
        self.connection.session(&self.session, |session| session.alive).unwrap_or(false)
    }

    /// Any command of the DevTools protocol, sent to this worker.
    pub fn cdp(&self, method: &str, params: Value) -> Result<Value> {
        self.connection.call(Some(&self.session), method, params, COMMAND_LIMIT)
    }
}

fn eval<T: DeserializeOwned>(connection: &Connection, session: &str, js: &str, limit: Duration) -> Result<T> {
    // Who asks for `()` wants it done and not what it returns, which may be large or have no JSON.
    let wanted = size_of::<T>() > 0;
    let params = json!({ "expression": js, "awaitPromise": true, "returnByValue": wanted, "userGesture": true });
    let mut answer = connection.call(Some(session), "Runtime.evaluate", params, limit)?;
    if let Some(details) = answer.get("exceptionDetails") {
        bail!("JavaScript: {}", exception_text(details));
    }
    let result = &mut answer["result"];
    // NaN, Infinity and -0 have no JSON; as null they reach an `Option` and fail for a number, as they should.
    let value = result.get_mut("value").filter(|_| wanted).map(Value::take).unwrap_or(Value::Null);
    let shown = value.to_string();
    serde_json::from_value(value).with_context(|| format!("the value {shown:.200} of `{js:.200}`"))
}

fn wait_for(connection: &Connection, session: &str, condition: &str, limit: Duration) -> Result<()> {
    let end = Instant::now() + limit;
    let mut last = String::new();
    loop {
        let left = end.saturating_duration_since(Instant::now()).max(PAUSE);
        match eval::<bool>(connection, session, &format!("(async () => !!({condition}))()"), left) {
            Ok(true) => return Ok(()),
            Ok(false) => last.clear(),
            Err(error) => last = format!("\nlast error: {error:#}"),
        }
        if !connection.session(session, |session| session.alive).unwrap_or(false) {
            bail!("the page or worker is gone, waiting for: {condition}{last}");
        }
        if Instant::now() >= end {
            bail!("not within {limit:?}: {condition}{last}");
        }
        thread::sleep(PAUSE);
    }
}
