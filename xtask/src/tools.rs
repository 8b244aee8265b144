//! The tools that building and testing need: each is looked for, installed when it is missing, and named in one line.
//!
//! What we cannot install without asking (a system package, when we are not root) is not tried: the line to type is
//! printed instead.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::browser;
use crate::run::{answer, cargo, root, run, say, which};

/// 0.22 asks for a newer Rust than the one in `rust-version`.
const TRUNK: &str = "0.21.14";

/// Something that has to be on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// rustfmt and clippy.
    RustComponents,
    /// The standard library for wasm32-unknown-unknown.
    WasmTarget,
    /// Trunk, which bundles the page.
    Trunk,
    /// wasm-bindgen's command, of exactly the version of the crate.
    WasmBindgen,
    /// Binaryen's wasm-opt.
    WasmOpt,
    /// A Chromium of any kind.
    Chromium,
    /// cargo-fuzz.
    Fuzz,
}

/// What building the page needs.
pub const FOR_BUILD: [Tool; 4] = [Tool::WasmTarget, Tool::Trunk, Tool::WasmBindgen, Tool::WasmOpt];

/// What `cargo xtask tools` installs.
pub const ALL: [Tool; 6] =
    [Tool::RustComponents, Tool::WasmTarget, Tool::Trunk, Tool::WasmBindgen, Tool::WasmOpt, Tool::Chromium];

/// Makes sure that these tools are there.
pub fn ensure(tools: &[Tool]) -> Result<()> {
    tools.iter().try_for_each(|tool| match tool {
        Tool::RustComponents => rust_components(),
        Tool::WasmTarget => wasm_target(),
        Tool::Trunk => cargo_tool("trunk", TRUNK, &["--locked"]),
        // Its lock file names a crate version that not every registry offers, so not `--locked`.
        Tool::WasmBindgen => cargo_tool("wasm-bindgen", &locked_version("wasm-bindgen")?, &[]),
        Tool::WasmOpt => wasm_opt(),
        Tool::Chromium => chromium(),
        Tool::Fuzz => cargo_fuzz(),
    })
}

/// Whether Trunk would download nothing: the tools it fetches by itself are on PATH.
pub fn trunk_has_its_tools() -> bool {
    which("wasm-bindgen").is_some() && which("wasm-opt").is_some()
}

fn there(name: &str, version: &str) {
    println!("tool {name}: {version}");
}

fn rust_components() -> Result<()> {
    let missing: Vec<&str> = [("rustfmt", "fmt"), ("clippy", "clippy")]
        .into_iter()
        .filter(|(_, command)| answer(cargo().args([command, "--version"])).is_none())
        .map(|(component, _)| component)
        .collect();
    if missing.is_empty() {
        there("rustfmt, clippy", "there");
        return Ok(());
    }
    say(&format!("tool {}: missing, adding with rustup", missing.join(", ")));
    run(Command::new("rustup").args(["component", "add"]).args(&missing))
}

fn wasm_target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    // rustc is asked and not rustup: a distribution's Rust has no rustup, but may well have the target.
    let libraries =
        answer(Command::new("rustc").current_dir(root()).args(["--print=target-libdir", "--target", TARGET]));
    if libraries.is_some_and(|dir| Path::new(&dir).is_dir()) {
        there(TARGET, "there");
        return Ok(());
    }
    say(&format!("tool {TARGET}: missing, adding with rustup"));
    run(Command::new("rustup").current_dir(root()).args(["target", "add", TARGET]))
}

/// A command that cargo installs as `<name>` or `<name>-cli`.
fn cargo_tool(name: &str, version: &str, options: &[&str]) -> Result<()> {
    let found = which(name).and_then(|path| answer(Command::new(path).arg("--version")));
    // "trunk 0.21.14", "wasm-bindgen 0.2.130"
    if found.as_deref().and_then(|text| text.split_whitespace().nth(1)) == Some(version) {
        there(name, version);
        return Ok(());
    }
    let why = found.map_or("missing".to_owned(), |found| format!("found {found}"));
    say(&format!("tool {name}: {why}, installing {version} (some minutes, once)"));
    let crate_name = if name == "wasm-bindgen" { "wasm-bindgen-cli" } else { name };
    run(cargo().args(["install", crate_name, "--version", version, "--force"]).args(options))
}

/// The version of a crate in Cargo.lock.
fn locked_version(name: &str) -> Result<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("reading Cargo.lock")?;
    let (_, after) = lock.split_once(&format!("name = \"{name}\"\nversion = \"")).context("it is not in Cargo.lock")?;
    Ok(after.split('"').next().unwrap_or_default().to_owned())
}

fn wasm_opt() -> Result<()> {
    if let Some(version) = which("wasm-opt").and_then(|path| answer(Command::new(path).arg("--version"))) {
        there("wasm-opt", &version);
        return Ok(());
    }
    if is_root() && which("apt-get").is_some() {
        say("tool wasm-opt: missing, installing Debian's binaryen");
        if apt_install(&["binaryen"]).is_ok() {
            return Ok(());
        }
    }
    // Not an error: Trunk downloads one of its own where it can.
    say("tool wasm-opt: not on PATH, left to Trunk, which downloads it; without a network: `npm install -g binaryen`");
    Ok(())
}

fn chromium() -> Result<()> {
    if let Some(path) = browser::executable() {
        there("Chromium", &path.display().to_string());
        return Ok(());
    }
    // Ubuntu's package of that name is a snap, which does not run in a container and does not see our files.
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let debian = release.lines().any(|line| line == "ID=debian");
    if debian && is_root() {
        say("tool Chromium: missing, installing Debian's");
        apt_install(&["chromium", "chromium-driver", "fonts-dejavu-core"])?;
        return if browser::executable().is_some() { Ok(()) } else { bail!("still no Chromium after installing it") };
    }
    let line = if debian {
        "sudo apt-get install chromium fonts-dejavu-core"
    } else if which("apt-get").is_some() {
        "curl -LO https://dl.google.com/linux/direct/google-chrome-stable_current_amd64.deb && \
         sudo apt-get install ./google-chrome-stable_current_amd64.deb"
    } else if which("dnf").is_some() {
        "sudo dnf install chromium"
    } else if which("pacman").is_some() {
        "sudo pacman -S chromium"
    } else if cfg!(target_os = "macos") {
        "brew install --cask google-chrome"
    } else if cfg!(windows) {
        "winget install Google.Chrome"
    } else {
        "install Chromium or Chrome"
    };
    bail!("no Chromium found. Type this, or set CHROME to one that is elsewhere:\n    {line}")
}

fn cargo_fuzz() -> Result<()> {
    if let Some(version) = answer(cargo().args(["fuzz", "--version"])) {
        there("cargo-fuzz", &version);
        return Ok(());
    }
    say("tool cargo-fuzz: missing, installing (a minute, once)");
    run(cargo().args(["install", "cargo-fuzz", "--locked"]))
}

fn apt_install(packages: &[&str]) -> Result<()> {
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    // A fresh container has no package lists; that the lists of a used one are old is no reason to stop.
    let _ = run(apt().args(["update", "-qq"]));
    run(apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
}

fn is_root() -> bool {
    answer(Command::new("id").arg("-u")).as_deref() == Some("0")
}
