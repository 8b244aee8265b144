//! Finding Chromium on this machine, starting it and getting rid of it again.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use super::Options;
use crate::run::{answer, which};

/// Names on PATH, best first. `chromium-browser` comes last since on Ubuntu it stands for a snap, which sees neither our
/// temporary folders nor the files we drop.
const NAMES: [&str; 5] = ["chromium", "google-chrome", "google-chrome-stable", "chrome", "chromium-browser"];

/// Places outside PATH.
const PLACES: [&str; 5] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
];

/// How long Chromium may take to listen; a cold start on a busy machine takes seconds.
const START_LIMIT: Duration = Duration::from_secs(60);

/// The Chromium to use: what `CHROME` names, or the first one found.
pub fn executable() -> Option<PathBuf> {
    if let Some(chosen) = env::var_os("CHROME").filter(|value| !value.is_empty()) {
        let path = PathBuf::from(&chosen);
        return if path.is_file() { Some(path) } else { which(path.to_str()?) };
    }
    let on_path = NAMES.iter().find_map(|name| which(name));
    on_path.or_else(|| PLACES.iter().map(PathBuf::from).find(|place| place.is_file()))
}

pub(super) struct Process {
    child: Child,
    /// `None` once it is removed.
    profile: Option<TempDir>,
    pub port: u16,
    pub path: String,
}

impl Process {
    pub fn start(options: &Options) -> Result<Process> {
        let executable = executable()
            .context("no Chromium found: `cargo xtask tools` installs one, or CHROME names the one to use")?;
        let first = Process::start_once(&executable, options, false);
        match first {
            // Containers without user namespaces: the sandbox cannot be set up although we are not root.
            Err(error) if error.to_string().contains("sandbox") => Process::start_once(&executable, options, true),
            other => other,
        }
    }

    fn start_once(executable: &Path, options: &Options, no_sandbox: bool) -> Result<Process> {
        let profile = tempfile::Builder::new().prefix("trailglass-chromium-").tempdir()?;
        let log = profile.path().join("stderr.log");
        let mut command = Command::new(executable);
        command
            .args(["--headless", "--remote-debugging-port=0", "--disable-gpu", "--disable-quic", "--no-first-run"])
            .args(["--no-default-browser-check", "--disable-background-networking", "--disable-component-update"])
            .args(["--disable-sync", "--disable-extensions", "--mute-audio", "--enable-precise-memory-info"])
            // Without these a page whose window is covered by another one is slowed down, and tests with it.
            .args(["--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows"])
            .args(["--disable-renderer-backgrounding", "--hide-scrollbars"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg(format!("--window-size={},{}", options.width, options.height));
        if no_sandbox || owned_by_root(profile.path()) {
            command.arg("--no-sandbox");
        }
        if small_shared_memory() {
            command.arg("--disable-dev-shm-usage");
        }
        command.args(&options.switches).arg("about:blank");
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log)?)
            .spawn()
            .with_context(|| format!("starting {}", executable.display()))?;
        // From here on `Drop` ends the child, whatever happens.
        let mut process = Process { child, profile: Some(profile), port: 0, path: String::new() };
        process.wait_until_listening(&log)?;
        Ok(process)
    }

    fn wait_until_listening(&mut self, log: &Path) -> Result<()> {
        let active = log.with_file_name("DevToolsActivePort");
        let end = Instant::now() + START_LIMIT;
        loop {
            // Two lines: the port and the path of the browser's WebSocket. It may be read half written.
            if let Ok(content) = fs::read_to_string(&active)
                && let Some((port, path)) = content.split_once('\n')
                && let Ok(port) = port.trim().parse()
                && path.trim().len() > 1
            {
                (self.port, self.path) = (port, path.trim().to_owned());
                return Ok(());
            }
            let ended = self.child.try_wait()?;
            if ended.is_some() || Instant::now() > end {
                let said = fs::read_to_string(log).unwrap_or_default();
                match ended {
                    Some(status) => bail!("Chromium ended at once ({status}): {}", said.trim()),
                    None => bail!("Chromium does not listen after {START_LIMIT:?}: {}", said.trim()),
                }
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits a moment for Chromium to end by itself, then ends it, and removes its profile.
    pub fn end(&mut self) {
        let patience = Instant::now() + Duration::from_secs(3);
        while Instant::now() < patience {
            match self.child.try_wait() {
                Ok(None) => thread::sleep(Duration::from_millis(10)),
                _ => break,
            }
        }
        self.kill();
    }

    fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let Some(profile) = self.profile.take() else { return };
        let path = profile.keep();
        // Helper processes may write for a moment after their parent is gone, and then the removal fails half-way.
        for _ in 0..20 {
            if fs::remove_dir_all(&path).is_ok() || !path.exists() {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Whether we are root, for whom Chromium refuses its sandbox: root owns what we have just made.
#[cfg(unix)]
fn owned_by_root(ours: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(ours).is_ok_and(|metadata| metadata.uid() == 0)
}

#[cfg(not(unix))]
fn owned_by_root(_: &Path) -> bool {
    false
}

/// Containers often have 64 MB of shared memory, in which a renderer that reads large files dies.
fn small_shared_memory() -> bool {
    let sizes = answer(Command::new("df").args(["-Pk", "/dev/shm"]));
    let kilobytes = sizes.and_then(|table| table.lines().nth(1)?.split_whitespace().nth(1)?.parse::<u64>().ok());
    kilobytes.is_some_and(|kilobytes| kilobytes < 512 * 1024)
}
