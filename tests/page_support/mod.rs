//! What the tests of the page share: the built page served below a folder of its own, a browser, and waiting for answers.
#![allow(dead_code, reason = "each test binary uses some of it")]

use crate::common;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use xtask::browser::{Browser, Options, Page};
use xtask::serve::Server;

/// For what should happen at once.
pub const SOON: Duration = Duration::from_secs(15);

/// For loading much.
pub const LONG: Duration = Duration::from_secs(180);

/// The page, open.
pub struct OpenCase {
    pub page: Page,
    pub server: Server,
    // Dropped last: the page's connection goes through it.
    pub browser: Browser,
}

/// Opens the page in a fresh browser.
pub fn open(width: u32, height: u32) -> OpenCase {
    open_with(Options { width, height, ..Options::default() })
}

/// The same with everything said.
pub fn open_with(options: Options) -> OpenCase {
    let dist = std::env::var_os("TRAILGLASS_DIST").map_or_else(xtask::run::dist, PathBuf::from);
    assert!(
        dist.join("index.html").is_file(),
        "the page is not built: run `cargo xtask build` (or `cargo xtask test`)"
    );
    // In a subfolder, as on GitHub Pages.
    let server = Server::start(&dist, "/any/sub/folder/").unwrap();
    let browser = Browser::launch(options).unwrap();
    let page = browser.new_page(&server.url()).unwrap();
    page.wait_element("#app").unwrap();
    OpenCase { page, server, browser }
}

/// The page with real logs of 2,900 events in it, if those are here.
pub fn invictus() -> Option<OpenCase> {
    let folder = shared_folder("data/invictus-ir")?;
    let case = open(1440, 900);
    case.page.drop_files("#drop-zone", &[folder]).unwrap();
    case.settled();
    Some(case)
}

/// A folder of `../shared`, if that is here.
pub fn shared_folder(name: &str) -> Option<PathBuf> {
    Some(common::shared()?.join(name).canonicalize().unwrap())
}

impl OpenCase {
    /// Waits until loading is over and the answer on the page is the newest.
    pub fn settled(&self) {
        self.settled_within(SOON);
    }

    /// The same for long loads.
    pub fn settled_within(&self, limit: Duration) {
        let quiet = "(() => { const app = document.querySelector('#app').dataset; \
                     return app.phase === 'done' && app.busy === 'false'; })()";
        let until = Instant::now() + limit;
        // Twice with a pause, since a key press is acted on a moment later.
        loop {
            self.page.wait_for(quiet, limit).unwrap();
            std::thread::sleep(Duration::from_millis(250));
            if self.page.eval::<bool>(quiet).unwrap() {
                return;
            }
            assert!(Instant::now() < until, "the page does not come to rest: {:?}", self.page.text("#status"));
        }
    }

    /// Reads all that is offered for choosing, as a drop of a thousand files is.
    pub fn read_all(&self) {
        self.page.wait_element("#choice-read").unwrap();
        self.page.click("#choice-read").unwrap();
    }

    /// The number that an element says, thousands separators or not.
    pub fn number(&self, css: &str) -> u64 {
        let text = self.page.text(css).unwrap();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_else(|_| panic!("{css} says {text:?}"))
    }

    /// Waits until this many events are shown.
    #[track_caller]
    pub fn shows(&self, count: u64) {
        let js = format!("document.querySelector('#shown')?.textContent.replace(/[^0-9]/g, '') === '{count}'");
        self.page.wait_for(&js, SOON).unwrap_or_else(|error| {
            panic!("{count} events should be shown, not {:?}: {error}", self.page.text("#shown"))
        });
        self.settled();
    }

    /// The text of a cell of the table: row by its index in the list, column from 0.
    pub fn cell(&self, row: u64, column: usize) -> String {
        let js = format!("document.querySelector('.row[data-index=\"{row}\"]').children[{column}].textContent");
        self.page.eval(&js).unwrap()
    }

    /// Empties the search box and types a query.
    pub fn query(&self, text: &str) {
        self.page.focus("#search").unwrap();
        self.page.press("Control+a").unwrap();
        self.page.press("Delete").unwrap();
        if !text.is_empty() {
            self.page.insert_text(text).unwrap();
        }
        self.settled();
    }
}
