//! A static file server of a few lines: what `cargo xtask serve` and the browser tests use.
//!
//! Ours, because the tests need two things that ready-made ones do not offer together: the page under any sub-folder (as
//! GitHub Pages serves it) and a server that stops when a value is dropped.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// How long the head of a request may be; a browser's is far below.
const HEAD_LIMIT: u64 = 64 * 1024;

/// A folder being served on the loopback interface, until the value is dropped.
pub struct Server {
    /// The port it listens on.
    pub port: u16,
    prefix: String,
    shared: Arc<Shared>,
}

struct Shared {
    dir: PathBuf,
    prefix: String,
    stopped: AtomicBool,
    /// Open connections, so that a stopped server also hangs up: a page that is kept must not go on fetching.
    open: Mutex<HashMap<u64, TcpStream>>,
}

impl Server {
    /// Serves `dir` under `prefix` (`"/"`, or a sub-folder such as `"/any/sub/folder/"`) on a free port.
    pub fn start(dir: impl AsRef<Path>, prefix: &str) -> Result<Server> {
        Server::start_at(dir, prefix, 0)
    }

    /// The same on a given port; 0 means any free one.
    pub fn start_at(dir: impl AsRef<Path>, prefix: &str, port: u16) -> Result<Server> {
        let dir = dir.as_ref().canonicalize().with_context(|| format!("no folder {}", dir.as_ref().display()))?;
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).with_context(|| format!("cannot listen on port {port}"))?;
        let port = listener.local_addr()?.port();
        let trimmed = prefix.trim_matches('/');
        let prefix = if trimmed.is_empty() { "/".to_owned() } else { format!("/{trimmed}/") };
        let shared = Arc::new(Shared {
            dir,
            prefix: prefix.clone(),
            stopped: AtomicBool::new(false),
            open: Mutex::new(HashMap::new()),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accept(&listener, &accepting));
        Ok(Server { port, prefix, shared })
    }

    /// The address of the served folder, ending in `/`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}{}", self.port, self.prefix)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        for stream in self.shared.connections().values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // The accepting thread sleeps in the kernel; one connection wakes it, and it sees that it is over.
        let _ =
            TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)), Duration::from_millis(500));
    }
}

impl Shared {
    fn connections(&self) -> std::sync::MutexGuard<'_, HashMap<u64, TcpStream>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for (id, stream) in (0_u64..).zip(listener.incoming()) {
        if shared.stopped.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let _ = stream.set_nodelay(true);
        if let Ok(clone) = stream.try_clone() {
            shared.connections().insert(id, clone);
        }
        let shared = Arc::clone(shared);
        // A thread per connection: a browser opens six.
        thread::spawn(move || {
            // A browser that hangs up mid-answer is not news.
            let _ = converse(stream, &shared);
            shared.connections().remove(&id);
        });
    }
}

/// Answers requests on one connection until either side has enough.
fn converse(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    loop {
        let mut head = reader.by_ref().take(HEAD_LIMIT);
        let mut request = String::new();
        if head.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let mut close = false;
        loop {
            let mut header = String::new();
            if head.read_line(&mut header)? == 0 {
                return Ok(());
            }
            if header == "\r\n" || header == "\n" {
                break;
            }
            close |= header.to_ascii_lowercase().starts_with("connection: close");
        }
        let mut words = request.split_ascii_whitespace();
        let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        if shared.stopped.load(Ordering::SeqCst) {
            return Ok(());
        }
        match method {
            "GET" | "HEAD" => reply(&mut writer, shared, target, method == "HEAD")?,
            _ => {
                // A body may follow that we do not read, so the connection cannot be used further.
                write_head(&mut writer, "405 Method Not Allowed", "text/plain", 0, "Connection: close\r\n")?;
                return Ok(());
            }
        }
        if close {
            return Ok(());
        }
    }
}

fn reply(writer: &mut TcpStream, shared: &Shared, target: &str, head_only: bool) -> io::Result<()> {
    let path = target.split(['?', '#']).next().unwrap_or("");
    // `/sub/folder` without its slash would break relative addresses: send the browser to the one with it.
    if path.len() + 1 == shared.prefix.len() && shared.prefix.starts_with(path) {
        let to = format!("Location: {}\r\n", shared.prefix);
        return write_head(writer, "301 Moved Permanently", "text/plain", 0, &to);
    }
    let file = path.strip_prefix(&shared.prefix).and_then(|rest| resolve(&shared.dir, rest));
    let Some((mut file, size, mime)) = file.and_then(|path| {
        let file = File::open(&path).ok()?;
        let size = file.metadata().ok()?.len();
        Some((file, size, mime(&path)))
    }) else {
        let body = "not found\n";
        write_head(writer, "404 Not Found", "text/plain", body.len() as u64, "")?;
        return if head_only { Ok(()) } else { writer.write_all(body.as_bytes()) };
    };
    write_head(writer, "200 OK", mime, size, "")?;
    if !head_only {
        io::copy(&mut (&mut file).take(size), writer)?;
    }
    Ok(())
}

fn write_head(writer: &mut TcpStream, status: &str, mime: &str, length: u64, more: &str) -> io::Result<()> {
    // `no-cache`: a person who rebuilds and reloads must see the new build.
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {mime}\r\nContent-Length: {length}\r\nCache-Control: no-cache\r\n\
         X-Content-Type-Options: nosniff\r\n{more}\r\n"
    );
    writer.write_all(head.as_bytes())
}

/// The file inside `dir` that a request path (without the prefix) names. Anything that could leave `dir` names nothing.
fn resolve(dir: &Path, path: &str) -> Option<PathBuf> {
    let decoded = percent_decoded(path)?;
    if decoded.contains(['\\', '\0', ':']) {
        return None;
    }
    let relative = Path::new(&decoded);
    if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return None;
    }
    let mut file = dir.join(relative);
    if file.is_dir() {
        file.push("index.html");
    }
    // Resolved once more because of symbolic links.
    file.canonicalize().ok().filter(|real| real.starts_with(dir) && real.is_file())
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| (byte? as char).to_digit(16);
            bytes.push((digit(rest.next())? * 16 + digit(rest.next())?) as u8);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn mime(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        // Without exactly this type a browser refuses to compile while it downloads.
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" | "map" => "application/json",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// `cargo xtask serve`: serves `dir` until the person stops it. Without a port it takes 8080 or the next free one.
pub fn serve(dir: &Path, port: Option<u16>, open: bool) -> Result<()> {
    let server = match port {
        Some(port) => Server::start_at(dir, "/", port)?,
        None => (8080..8180)
            .find_map(|port| Server::start_at(dir, "/", port).ok())
            .map_or_else(|| Server::start(dir, "/"), Ok)?,
    };
    println!("Trailglass is at {}  (Ctrl+C ends it)", server.url());
    if open && let Err(error) = open_browser(&server.url()) {
        println!("could not open a browser: {error}");
    }
    loop {
        thread::park();
    }
}

fn open_browser(url: &str) -> io::Result<()> {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        Command::new("explorer")
    } else {
        Command::new("xdg-open")
    };
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(port: u16, target: &str) -> String {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        write!(stream, "GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn serves_only_what_is_below_the_folder() {
        let outer = tempfile::tempdir().unwrap();
        let dir = outer.path().join("dist");
        std::fs::create_dir_all(dir.join("a b")).unwrap();
        std::fs::write(outer.path().join("secret.txt"), "secret").unwrap();
        std::fs::write(dir.join("index.html"), "home").unwrap();
        std::fs::write(dir.join("a b/x.wasm"), "wasm").unwrap();
        let server = Server::start(&dir, "any/sub").unwrap();

        assert!(ask(server.port, "/any/sub/?v=1").ends_with("home"));
        assert!(ask(server.port, "/any/sub").contains("Location: /any/sub/\r\n"));
        let wasm = ask(server.port, "/any/sub/a%20b/x.wasm");
        assert!(wasm.contains("Content-Type: application/wasm\r\n") && wasm.ends_with("wasm"), "{wasm}");
        for path in ["/", "/index.html", "/any/sub/../secret.txt", "/any/sub/%2e%2e/secret.txt"] {
            assert!(ask(server.port, path).starts_with("HTTP/1.1 404"), "{path}");
        }
        for path in ["/any/sub//secret.txt", "/any/sub/..%2fsecret.txt", "/any/sub/%", "/any/sub/a%20b/", "x"] {
            assert!(ask(server.port, path).starts_with("HTTP/1.1 404"), "{path}");
        }
    }

    #[test]
    fn stops_when_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let server = Server::start(dir.path(), "/").unwrap();
        let port = server.port;
        let mut kept = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
        // One answer first, so that the server surely knows this connection.
        write!(kept, "GET /x HTTP/1.1\r\n\r\n").unwrap();
        assert!(kept.read(&mut [0; 9]).unwrap() > 0);
        drop(server);
        let mut rest = Vec::new();
        let _ = kept.read_to_end(&mut rest);
        thread::sleep(Duration::from_millis(100));
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
    }
}
