//! Where the project lies and how its child processes are run: always without a stdin, always saying which command it was.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The project's root folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask/ lies in the project").to_path_buf()
}

/// Where the built page lies: `TRAILGLASS_DIST`, or `dist/` in the project.
pub fn dist() -> PathBuf {
    env::var_os("TRAILGLASS_DIST").map_or_else(|| root().join("dist"), PathBuf::from)
}

/// Where the spec vectors and other people's real files lie: `TRAILGLASS_SHARED`, or `shared/` beside the project.
/// They are not part of the project (they keep their own licences), so a fresh clone alone has none.
pub fn shared() -> Option<PathBuf> {
    let dir = env::var_os("TRAILGLASS_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    dir.join("spec").is_dir().then_some(dir)
}

/// A `cargo` command in the project's root; the same cargo that runs us, when one does.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(root());
    command
}

/// The file that `name` on PATH stands for.
pub fn which(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|dir| dir.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
        .find(|file| file.is_file())
}

/// The command as a person would type it.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut words = vec![program];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Prints the command, runs it, and makes a failure of it an error.
pub fn run(command: &mut Command) -> Result<()> {
    say(&format!("$ {}", line(command)));
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("starting `{}`", line(command)))?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// What a command prints, trimmed; `None` when it is not there or fails. For asking questions, so it stays silent.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a command, shows its output as it comes, and hands every line of stdout to `each` as well.
pub fn tee(command: &mut Command, mut each: impl FnMut(&str)) -> Result<ExitStatus> {
    say(&format!("$ {}", line(command)));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting `{}`", line(command)))?;
    each_line(child.stdout.take().expect("stdout is piped"), &mut |text| {
        println!("{text}");
        each(text);
    })?;
    Ok(child.wait()?)
}

/// Runs a command and hands every line of stderr to `each`, which decides what of it to show.
pub fn watch_errors(command: &mut Command, mut each: impl FnMut(&str)) -> Result<ExitStatus> {
    say(&format!("$ {}", line(command)));
    let mut child = command
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting `{}`", line(command)))?;
    each_line(child.stderr.take().expect("stderr is piped"), &mut each)?;
    Ok(child.wait()?)
}

fn each_line(stream: impl Read, each: &mut impl FnMut(&str)) -> Result<()> {
    let mut stream = BufReader::new(stream);
    let mut bytes = Vec::new();
    // Bytes, not `lines()`: a test may print something that is not UTF-8, and that must not end the run.
    while stream.read_until(b'\n', &mut bytes)? > 0 {
        each(String::from_utf8_lossy(&bytes).trim_end());
        bytes.clear();
    }
    Ok(())
}

/// Something cargo can build.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name.
    pub name: String,
    kinds: Vec<String>,
}

impl Target {
    /// Whether it is a `"test"`, a `"bench"`, a `"bin"` …
    pub fn is(&self, kind: &str) -> bool {
        self.kinds.iter().any(|one| one == kind)
    }
}

/// The targets of the workspace.
pub fn targets() -> Result<Vec<Target>> {
    targets_of(&root().join("Cargo.toml"))
}

/// The targets of the workspace that a manifest belongs to.
pub fn targets_of(manifest: &Path) -> Result<Vec<Target>> {
    let mut command = cargo();
    command.args(["metadata", "--no-deps", "--format-version=1", "--manifest-path"]).arg(manifest);
    let answer = answer(&mut command).with_context(|| format!("`{}` failed", line(&command)))?;
    let metadata: Value = serde_json::from_str(&answer)?;
    let packages = metadata["packages"].as_array().context("no packages")?;
    Ok(packages
        .iter()
        .flat_map(|package| package["targets"].as_array().into_iter().flatten())
        .map(|target| Target {
            name: target["name"].as_str().unwrap_or_default().to_owned(),
            kinds: target["kind"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|kind| Some(kind.as_str()?.into()))
                .collect(),
        })
        .collect())
}

/// One line of our own, told apart from what the tools print.
pub fn say(text: &str) {
    if std::io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none() {
        println!("\x1b[1m{text}\x1b[0m");
    } else {
        println!("{text}");
    }
    // Children write to the same place; without a flush our line could come after theirs.
    let _ = std::io::stdout().flush();
}

/// A count of bytes for people.
pub fn bytes_text(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{:.1} KB", bytes as f64 / 1024.0),
        _ => format!("{:.2} MB", bytes as f64 / 1_048_576.0),
    }
}
