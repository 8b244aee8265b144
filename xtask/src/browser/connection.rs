//! One WebSocket to Chromium: numbered commands go out, answers and events come in.
//!
//! A thread of its own reads all the time. So nothing is lost or jammed while a test sleeps or a command takes a minute,
//! and several pages can be driven from several threads over the one socket.

use std::collections::HashMap;
use std::net::{Ipv4Addr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use serde_json::{Value, json};
use tungstenite::protocol::{Role, WebSocket, WebSocketConfig};
use tungstenite::{Message, client};

/// How long any one command may take. Far above the longest load a test waits for: it only ends what hangs for good.
pub(super) const COMMAND_LIMIT: Duration = Duration::from_secs(300);

/// What is known about one attached target: a page or a worker.
pub(super) struct Session {
    /// The page this belongs to: itself for a page, the page at the top for a worker.
    pub page: String,
    pub url: String,
    /// Sessions are numbered as they come.
    number: usize,
    /// False once it ended, was closed or crashed.
    pub alive: bool,
    /// The documents (CDP: loader ids) whose `load` event has fired.
    pub loaded: Vec<String>,
    /// What it printed, threw or was refused. Kept at the page's session, also for its workers.
    pub console: Vec<String>,
    /// Addresses it asked for, once `watch_requests` is set. Kept at the page's session.
    pub requests: Vec<String>,
    pub watch_requests: bool,
}

#[derive(Default)]
struct State {
    answers: HashMap<u64, Value>,
    sessions: HashMap<String, Session>,
    /// Why nothing comes in any more.
    closed: Option<String>,
}

pub(super) struct Connection {
    state: Mutex<State>,
    changed: Condvar,
    writer: Mutex<Writer>,
}

struct Writer {
    socket: WebSocket<TcpStream>,
    next_id: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A test that panicked while it held the lock must not turn every later clean-up into a second panic.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Connection {
    pub fn open(port: u16, path: &str) -> Result<Arc<Connection>> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("connecting to Chromium")?;
        stream.set_nodelay(true)?;
        // Screenshots and returned values may be of any size.
        let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let url = format!("ws://127.0.0.1:{port}{path}");
        let (reader, _) = client::client_with_config(url, stream.try_clone()?, Some(config))
            .map_err(|error| anyhow!("Chromium refused the WebSocket: {error}"))?;
        // Chromium says nothing before it is asked, so no byte is stuck in the handshake's buffer, and the two directions
        // can be two values over the same socket, one for each thread.
        let socket = WebSocket::from_raw_socket(stream, Role::Client, Some(config));
        let connection = Arc::new(Connection {
            state: Mutex::default(),
            changed: Condvar::new(),
            writer: Mutex::new(Writer { socket, next_id: 1 }),
        });
        let listening = Arc::clone(&connection);
        thread::spawn(move || listening.listen(reader));
        Ok(connection)
    }

    /// Sends a command to a session (or to the browser itself) and waits for its answer.
    pub fn call(&self, session: Option<&str>, method: &str, params: Value, limit: Duration) -> Result<Value> {
        let id = self.send(session, method, params)?;
        let mut answer = self
            .wait(limit, |state| {
                if let Some(answer) = state.answers.remove(&id) {
                    return Some(Ok(answer));
                }
                let gone = session.is_some_and(|name| state.sessions.get(name).is_some_and(|session| !session.alive));
                gone.then(|| Err(anyhow!("{method}: the page or worker is gone")))
            })
            .with_context(|| format!("waiting for the answer to {method}"))??;
        match answer.get("error") {
            Some(error) => {
                bail!("{method}: {} {}", text(&error["message"]), text(error.get("data").unwrap_or(&Value::Null)))
            }
            None => Ok(answer["result"].take()),
        }
    }

    /// Sends a command whose answer nobody needs.
    fn tell(&self, session: &str, method: &str, params: Value) {
        // The target may be gone already; the answers are left in the map: a handful for each worker.
        let _ = self.send(Some(session), method, params);
    }

    fn send(&self, session: Option<&str>, method: &str, params: Value) -> Result<u64> {
        let mut writer = lock(&self.writer);
        let id = writer.next_id;
        writer.next_id += 1;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        writer.socket.send(Message::text(message.to_string())).with_context(|| format!("sending {method}"))?;
        Ok(id)
    }

    /// Waits until `look` finds something in the state.
    fn wait<T>(&self, limit: Duration, mut look: impl FnMut(&mut State) -> Option<T>) -> Result<T> {
        let end = Instant::now() + limit;
        let mut state = lock(&self.state);
        loop {
            if let Some(found) = look(&mut state) {
                return Ok(found);
            }
            if let Some(why) = &state.closed {
                bail!("the connection to Chromium is closed: {why}");
            }
            let Some(left) = end.checked_duration_since(Instant::now()) else {
                bail!("nothing within {limit:?}");
            };
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Makes a page's session known before its first event.
    pub fn adopt_page(&self, session: &str) {
        let mut state = lock(&self.state);
        let number = state.sessions.len();
        state.sessions.insert(session.to_owned(), Session::new(session, "", number));
    }

    /// Looks at one session.
    pub fn session<T>(&self, name: &str, look: impl FnOnce(&mut Session) -> T) -> Option<T> {
        lock(&self.state).sessions.get_mut(name).map(look)
    }

    /// The living workers of a page, nested ones among them: session and address, oldest first.
    pub fn workers(&self, page: &str) -> Vec<(String, String)> {
        let state = lock(&self.state);
        let of_page = |(name, session): &(&String, &Session)| session.page == page && *name != page && session.alive;
        let mut found: Vec<_> = state.sessions.iter().filter(of_page).collect();
        found.sort_by_key(|(_, session)| session.number);
        found.into_iter().map(|(name, session)| (name.clone(), session.url.clone())).collect()
    }

    /// Waits for the `load` event of one document.
    pub fn wait_loaded(&self, name: &str, loader: &str, limit: Duration) -> Result<()> {
        self.wait(limit, |state| {
            let session = state.sessions.get(name)?;
            if !session.alive {
                return Some(Err(anyhow!("the page is gone")));
            }
            session.loaded.iter().any(|loaded| loaded == loader).then_some(Ok(()))
        })?
    }

    fn listen(&self, mut reader: WebSocket<TcpStream>) {
        let why = loop {
            match reader.read() {
                Ok(Message::Text(message)) => match serde_json::from_str(&message) {
                    Ok(message) => self.receive(message),
                    Err(error) => break error.to_string(),
                },
                Ok(Message::Close(_)) => break "Chromium ended".to_owned(),
                Ok(_) => {}
                Err(error) => break error.to_string(),
            }
        };
        lock(&self.state).closed = Some(why);
        self.changed.notify_all();
    }

    fn receive(&self, mut message: Value) {
        if let Some(id) = message["id"].as_u64() {
            lock(&self.state).answers.insert(id, message);
        } else {
            let (params, session) = (message["params"].take(), text(&message["sessionId"]));
            self.note(&text(&message["method"]), &session, &params);
        }
        self.changed.notify_all();
    }

    /// Takes in an event.
    fn note(&self, method: &str, session: &str, params: &Value) {
        let mut state = lock(&self.state);
        match method {
            "Target.attachedToTarget" => {
                let name = text(&params["sessionId"]);
                // Pages attach by our own command and are adopted there; what attaches by itself are workers.
                let Some(parent) = state.sessions.get(session) else { return };
                let (page, watch) = (parent.page.clone(), parent.watch_requests);
                let number = state.sessions.len();
                let mut worker = Session::new(&page, &text(&params["targetInfo"]["url"]), number);
                worker.watch_requests = watch;
                state.sessions.insert(name.clone(), worker);
                drop(state);
                self.tell(&name, "Runtime.enable", json!({}));
                self.tell(&name, "Target.setAutoAttach", auto_attach());
                if watch {
                    self.tell(&name, "Network.enable", json!({}));
                }
            }
            "Target.detachedFromTarget" => {
                if let Some(session) = state.sessions.get_mut(&text(&params["sessionId"])) {
                    session.alive = false;
                }
            }
            "Inspector.targetCrashed" => {
                if let Some(session) = state.sessions.get_mut(session) {
                    session.alive = false;
                    session.console.push("crash: the renderer died".to_owned());
                }
            }
            "Page.lifecycleEvent" if params["name"] == "load" => {
                if let Some(session) = state.sessions.get_mut(session) {
                    session.loaded.push(text(&params["loaderId"]));
                }
            }
            "Network.requestWillBeSent" | "Network.webSocketCreated" => {
                let url = params.get("url").unwrap_or(&params["request"]["url"]);
                if let Some((page, _)) = state.page_of(session) {
                    page.requests.push(text(url));
                }
            }
            _ => {
                let Some(line) = console_line(method, params) else { return };
                if let Some((page, worker)) = state.page_of(session) {
                    page.console.push(if worker { format!("worker {line}") } else { line });
                }
            }
        }
    }
}

impl State {
    /// The session of the page that a session belongs to, and whether that session is a worker.
    fn page_of(&mut self, session: &str) -> Option<(&mut Session, bool)> {
        let page = self.sessions.get(session)?.page.clone();
        let worker = page != session;
        self.sessions.get_mut(&page).map(|found| (found, worker))
    }
}

impl Session {
    fn new(page: &str, url: &str, number: usize) -> Session {
        Session {
            page: page.to_owned(),
            url: url.to_owned(),
            number,
            alive: true,
            loaded: Vec::new(),
            console: Vec::new(),
            requests: Vec::new(),
            watch_requests: false,
        }
    }
}

/// The request to be attached to every worker at once. Not `waitForDebuggerOnStart`: the measured page must start its
/// workers as fast as it does without us; what a worker printed before we came is told again by `Runtime.enable`.
pub(super) fn auto_attach() -> Value {
    json!({ "autoAttach": true, "waitForDebuggerOnStart": false, "flatten": true })
}

/// The words of a JSON value: a string without its quotes, nothing for null.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// One line for an event that belongs on the console; `None` for every other event.
fn console_line(method: &str, params: &Value) -> Option<String> {
    match method {
        "Runtime.consoleAPICalled" => {
            let words: Vec<String> = params["args"].as_array()?.iter().map(remote_text).collect();
            Some(format!("{}: {}", text(&params["type"]), words.join(" ")))
        }
        "Runtime.exceptionThrown" => Some(format!("exception: {}", exception_text(&params["exceptionDetails"]))),
        "Log.entryAdded" => {
            let entry = &params["entry"];
            Some(format!("log {}: {} {}", text(&entry["level"]), text(&entry["text"]), text(&entry["url"])))
        }
        _ => None,
    }
}

/// A value of the page, as far as its event carries it.
fn remote_text(value: &Value) -> String {
    ["value", "unserializableValue", "description", "type"]
        .iter()
        .find_map(|key| value.get(*key))
        .map(text)
        .unwrap_or_default()
}

/// What a JavaScript exception says, with its stack when it has one.
pub(super) fn exception_text(details: &Value) -> String {
    let thrown = details.get("exception").map(remote_text).unwrap_or_default();
    match details.get("url").map(text).filter(|url| !url.is_empty()) {
        Some(url) => format!("{} {thrown} ({url}:{})", text(&details["text"]), text(&details["lineNumber"])),
        None => format!("{} {thrown}", text(&details["text"])),
    }
}
