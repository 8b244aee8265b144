//! A small driver for headless Chromium over the DevTools protocol: what the tests and benches of the page use.
//!
//! Ours, because the page's first gesture is a folder dropped from the desktop, and of the ways to drive a browser only
//! `Input.dispatchDragEvent` with file paths makes real directory entries. It also reaches into the workers, where the
//! data is. A new need is usually one `page.cdp(method, params)` away.

mod chromium;
mod connection;
mod input;
mod keys;
mod page;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

pub use chromium::executable;
pub use input::Spot;
pub use page::{Page, WorkerHandle};

use chromium::Process;
use connection::{COMMAND_LIMIT, Connection, auto_attach, text};

/// How a browser is started, and what its pages look like at first.
#[derive(Clone, Debug)]
pub struct Options {
    /// Width of the viewport in CSS pixels.
    pub width: u32,
    /// Height of the viewport in CSS pixels.
    pub height: u32,
    /// Device pixels for each CSS pixel.
    pub scale: f64,
    /// Whether the page sees `prefers-color-scheme: dark`.
    pub dark: bool,
    /// Whether the page sees `prefers-reduced-motion: reduce`.
    pub reduced_motion: bool,
    /// More switches for Chromium's command line.
    pub switches: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Options { width: 1280, height: 800, scale: 1.0, dark: false, reduced_motion: false, switches: Vec::new() }
    }
}

/// A running Chromium with an empty profile of its own; both are gone when the value is dropped.
pub struct Browser {
    connection: Arc<Connection>,
    process: Process,
    options: Options,
}

/// One process of the browser: what a measurement of memory reads.
#[derive(Clone, Debug)]
pub struct BrowserProcess {
    /// `"browser"`, `"renderer"`, `"GPU"` …
    pub kind: String,
    /// The operating system's number for it.
    pub pid: u32,
    /// Bytes resident in memory, where the system tells (Linux).
    pub resident: Option<u64>,
}

impl Browser {
    /// Starts Chromium and waits until it listens.
    pub fn launch(options: Options) -> Result<Browser> {
        let process = Process::start(&options)?;
        let connection = Connection::open(process.port, &process.path)?;
        Ok(Browser { connection, process, options })
    }

    /// Opens a window of its own on `url` and waits for its `load` event.
    pub fn new_page(&self, url: &str) -> Result<Page> {
        let (width, height) = (self.options.width, self.options.height);
        // A window, not a tab: a page in the background gets no animation frames.
        let blank = json!({ "url": "about:blank", "newWindow": true, "width": width, "height": height });
        let target = text(&self.cdp("Target.createTarget", blank)?["targetId"]);
        let attached = self.cdp("Target.attachToTarget", json!({ "targetId": target, "flatten": true }))?;
        let session = text(&attached["sessionId"]);
        self.connection.adopt_page(&session);
        let page = Page::new(Arc::clone(&self.connection), session, target, self.options.scale);
        for domain in ["Page", "Runtime", "Log", "Performance", "Inspector"] {
            page.cdp(&format!("{domain}.enable"), json!({}))?;
        }
        page.cdp("Page.setLifecycleEventsEnabled", json!({ "enabled": true }))?;
        page.cdp("Target.setAutoAttach", auto_attach())?;
        // Every page behaves as the one in front, so that two can be driven at the same time.
        page.cdp("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }))?;
        page.resize(width, height)?;
        page.set_media(self.options.dark, self.options.reduced_motion)?;
        page.goto(url)?;
        Ok(page)
    }

    /// Any command of the DevTools protocol that is for the browser and not for a page.
    pub fn cdp(&self, method: &str, params: Value) -> Result<Value> {
        self.connection.call(None, method, params, COMMAND_LIMIT)
    }

    /// The processes this browser consists of.
    pub fn processes(&self) -> Result<Vec<BrowserProcess>> {
        let answer = self.cdp("SystemInfo.getProcessInfo", json!({}))?;
        let processes = answer["processInfo"].as_array().context("no process info")?;
        Ok(processes
            .iter()
            .map(|process| {
                let pid = process["id"].as_u64().unwrap_or(0) as u32;
                BrowserProcess { kind: text(&process["type"]), pid, resident: resident(pid) }
            })
            .collect())
    }

    /// Lets downloads through, into `dir`, without asking.
    pub fn allow_downloads(&self, dir: &std::path::Path) -> Result<()> {
        let params = json!({ "behavior": "allow", "downloadPath": dir.canonicalize()? });
        self.cdp("Browser.setDownloadBehavior", params).map(drop)
    }

    /// Gives the pages of an origin permissions such as `"clipboardReadWrite"`.
    pub fn grant(&self, origin: &str, permissions: &[&str]) -> Result<()> {
        self.cdp("Browser.grantPermissions", json!({ "origin": origin, "permissions": permissions })).map(drop)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Asked politely it also takes its helper processes along; `Process` kills it when it does not listen.
        let _ = self.connection.call(None, "Browser.close", json!({}), Duration::from_secs(2));
        self.process.end();
    }
}

/// Resident memory of a process, from the one place that tells without a dependency.
fn resident(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
