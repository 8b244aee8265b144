//! `cargo xtask build`: Trunk's release build into `dist/`, with the build id behind every name.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::run::{answer, bytes_text, cargo, root, run, say};
use crate::sample;
use crate::tools;
use crate::wasm;

/// Everything the page is made of. A change in here, and only here, makes a new build.
const INPUTS: [&str; 9] = [
    "src",
    "style",
    "index.html",
    "Cargo.toml",
    "Cargo.lock",
    "Trunk.toml",
    ".cargo/config.toml",
    // What the sample case beside the page is made with.
    "xtask/src/sample",
    "xtask/src/corpus",
];

/// The files of `dist/` that ask for others by name, and the token they carry in place of the build id.
const NAMING: [&str; 2] = ["index.html", "start.js"];
const TOKEN: &str = "__BUILD__";

/// How the page is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// As it is published: small and fast, minutes to build.
    Release,
    /// To look at while working on it: built in a fraction of the time, several times as large and slower. Never measured.
    Dev,
}

/// Builds the page unless `dist/` already holds this very source, and returns the folder.
pub fn build(profile: Profile) -> Result<PathBuf> {
    let dist = root().join("dist");
    let content = match profile {
        Profile::Release => content_hash()?,
        Profile::Dev => format!("dev{}", content_hash()?),
    };
    if is_built(&dist, &content) {
        println!("dist/ is up to date ({content})");
        return Ok(dist);
    }
    tools::ensure(&tools::FOR_BUILD)?;
    // The commit tells a person where it comes from, the content tells apart two states of a working copy.
    let commit = answer(Command::new("git").current_dir(root()).args(["rev-parse", "--short=7", "HEAD"]));
    let id = format!("{}-{content}", commit.as_deref().unwrap_or("local"));

    let mut trunk = Command::new("trunk");
    trunk.current_dir(root()).arg("build").env("TRAILGLASS_BUILD", &id);
    if profile == Profile::Release {
        trunk.arg("--release");
    }
    trunk.env("TRUNK_SKIP_VERSION_CHECK", "true");
    // Everybody else's NO_COLOR=1 is a parse error to Trunk 0.21, which wants `true`.
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env_remove("NO_COLOR").env("TRUNK_COLOR", "never");
    }
    if tools::trunk_has_its_tools() {
        // Offline Trunk also makes cargo offline, so the crates have to be there first. When even that has no network, the
        // crates may still be there.
        let _ = run(cargo().args(["fetch", "--quiet"]));
        trunk.env("TRUNK_OFFLINE", "true");
    }
    run(&mut trunk)?;
    repair(&dist)?;
    put_sample(&dist)?;
    stamp(&dist, &id)?;
    println!("dist/ is build {id}");
    print_sizes(&dist)?;
    Ok(dist)
}

/// Puts the sample case beside the page, and says what it is.
pub fn put_sample(dist: &Path) -> Result<String> {
    let packed = sample::packed()?;
    fs::create_dir_all(dist).with_context(|| format!("creating {}", dist.display()))?;
    fs::write(dist.join(sample::FILE), &packed).with_context(|| format!("writing {}", sample::FILE))?;
    Ok(format!("{}: {}", sample::FILE, bytes_text(packed.len() as u64)))
}

fn repair(dist: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(dist, &mut files)?;
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "wasm")) {
        let mut module = fs::read(file)?;
        if wasm::repair_table_export(&mut module).with_context(|| format!("looking at {}", file.display()))? {
            fs::write(file, module)?;
            let name = file.file_name().unwrap_or_default().display();
            println!("repaired the exported table of {name} (an old wasm-opt breaks it)");
        }
    }
    Ok(())
}

/// Puts the build id behind every name that a page asks for, so that a browser never mixes the files of two builds.
fn stamp(dist: &Path, id: &str) -> Result<()> {
    // index.html last: `is_built` believes it.
    for name in NAMING.iter().rev() {
        let path = dist.join(name);
        let content = fs::read_to_string(&path).with_context(|| format!("reading dist/{name}"))?;
        if !content.contains(TOKEN) {
            say(&format!("dist/{name} has no {TOKEN}: it will be cached across builds"));
        }
        let mut stamped = content.replace(TOKEN, id);
        if *name == "index.html" {
            // A style sheet's address is written by Trunk, with a checksum beside it: an older sheet out of a cache would
            // not only look wrong but be refused. Trunk's minifier leaves the quotes out, so both spellings.
            for sheet in style_sheets(dist)? {
                for found in [format!("href=\"./{sheet}\""), format!("href=./{sheet}")] {
                    stamped = stamped.replace(&found, &format!("href=\"./{sheet}?v={id}\""));
                }
            }
            stamped = without_trunk_links(&stamped);
        }
        fs::write(&path, stamped)?;
    }
    Ok(())
}

/// The names of the style sheets in a build.
fn style_sheets(dist: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dist)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".css") {
            names.push(name);
        }
    }
    Ok(names)
}

/// Without the `<link rel=rust>` that Trunk leaves behind when it is told to inject no script.
fn without_trunk_links(page: &str) -> String {
    let mut pieces = page.split("<link ");
    let mut kept = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once('>') {
            Some((attributes, rest)) if attributes.contains("data-trunk") => kept += rest,
            _ => kept = kept + "<link " + piece,
        }
    }
    kept
}

/// Whether `dist/` was built from content with this hash. By content and not by time: a checkout touches files.
fn is_built(dist: &Path, content: &str) -> bool {
    fs::read_to_string(dist.join("index.html")).is_ok_and(|page| page.contains(&format!("-{content}")))
}

/// FNV-1a over the names and bytes of all inputs: it tells states apart, nothing depends on it being hard to forge.
fn content_hash() -> Result<String> {
    let mut files = Vec::new();
    for input in INPUTS {
        collect(&root().join(input), &mut files)?;
    }
    files.sort();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        // With one kind of slash and relative, or two machines would name the same content differently.
        let name = file.strip_prefix(root())?.to_string_lossy().replace('\\', "/");
        let content = fs::read(&file).with_context(|| format!("reading {name}"))?;
        for byte in name.bytes().chain([0]).chain(content) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    Ok(format!("{hash:016x}")[..10].to_owned())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            collect(&entry?.path(), files)?;
        }
    } else if path.is_file() {
        files.push(path.to_path_buf());
    }
    Ok(())
}

fn print_sizes(dist: &Path) -> Result<()> {
    let mut files = Vec::new();
    collect(dist, &mut files)?;
    files.sort();
    println!("{:>12} {:>12}", "bytes", "gzip");
    let (mut raw, mut packed, mut wasm) = (0, 0, 0);
    for file in &files {
        let content = fs::read(file)?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
        encoder.write_all(&content)?;
        let (size, gzip) = (content.len() as u64, encoder.finish()?.len() as u64);
        raw += size;
        packed += gzip;
        if file.extension().is_some_and(|extension| extension == "wasm") {
            wasm += gzip;
        }
        println!("{:>12} {:>12}  {}", bytes_text(size), bytes_text(gzip), file.strip_prefix(dist)?.display());
    }
    println!("{:>12} {:>12}  in all, {} of it wasm", bytes_text(raw), bytes_text(packed), bytes_text(wasm));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_only_links_for_the_browser() {
        let page = "<head><link data-trunk rel=rust data-wasm-opt=z><link href=./main.css rel=stylesheet></head>";
        assert_eq!(without_trunk_links(page), "<head><link href=./main.css rel=stylesheet></head>");
    }

    #[test]
    fn stamps_every_name() {
        let dist = tempfile::tempdir().unwrap();
        fs::write(dist.path().join("start.js"), "const build = \"__BUILD__\";").unwrap();
        fs::write(dist.path().join("main.css"), "").unwrap();
        let page = |css: &str| format!("<link {css} rel=stylesheet><script src=start.js?v=__BUILD__></script>");
        for css in ["href=./main.css", "href=\"./main.css\""] {
            fs::write(dist.path().join("index.html"), page(css)).unwrap();
            stamp(dist.path(), "0a1-ff").unwrap();
            let stamped = fs::read_to_string(dist.path().join("index.html")).unwrap();
            let expected = page("href=\"./main.css?v=0a1-ff\"").replace("__BUILD__", "0a1-ff");
            assert_eq!(stamped, expected);
        }
        assert!(is_built(dist.path(), "ff") && !is_built(dist.path(), "fe"));
    }
}
