//! axe-core, which looks for what keeps people from using a page: fetched for the tests, and never a part of the project.
//!
//! By Deque Systems, under the Mozilla Public License 2.0 (<https://github.com/dequelabs/axe-core>). npm fetches it into
//! `target/axe`, which is ignored; nothing of it goes into the page.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::run::{root, run, say, which};

/// Another version knows other rules: the same for everybody.
const VERSION: &str = "4.14.1";

fn folder() -> PathBuf {
    root().join("target/axe")
}

/// The script, when it was fetched.
pub fn script() -> Option<PathBuf> {
    let package = folder().join("node_modules/axe-core");
    let known = fs::read_to_string(package.join("package.json")).unwrap_or_default();
    let script = package.join("axe.min.js");
    (known.contains(&format!("\"version\": \"{VERSION}\"")) && script.is_file()).then_some(script)
}

/// Fetches it, unless it is here.
pub fn ensure() -> Result<()> {
    if script().is_some() {
        println!("tool axe-core: {VERSION}");
        return Ok(());
    }
    let Some(npm) = which("npm") else { bail!("npm is not here, which fetches it") };
    say(&format!("tool axe-core: missing, fetching {VERSION} with npm"));
    fs::create_dir_all(folder())?;
    // `--prefix` alone would find a package.json further up, where there is one.
    let mut install = Command::new(npm);
    install.current_dir(folder()).arg("install").arg(format!("axe-core@{VERSION}"));
    run(install.args([
        "--prefix",
        ".",
        "--no-save",
        "--no-package-lock",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]))?;
    if script().is_none() {
        bail!("npm did not bring axe-core {VERSION}");
    }
    Ok(())
}

/// What to say where it is missing: in two lines that nobody overlooks.
pub fn missing() -> String {
    "!!! axe-core was NOT THERE, so the page was not looked at for what keeps people from using it.\n\
     !!! Install npm and run `cargo xtask test --only page`, which fetches it."
        .to_owned()
}
