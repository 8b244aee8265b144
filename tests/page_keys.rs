//! The page by its keys alone: no click in this file comes before the keyboard has the page.

mod common;
mod page_support;

use page_support::{OpenCase, SOON, invictus, open};
use std::collections::BTreeMap;

impl Keys for OpenCase {}

trait Keys: AsCase {
    /// The id of what has the keyboard.
    fn focus(&self) -> String {
        self.case().page.eval("document.activeElement?.id ?? ''").unwrap()
    }

    fn press(&self, keys: &[&str]) {
        for key in keys {
            self.case().page.press(key).unwrap();
        }
    }

    fn room(&self, title: &str) {
        let js = format!("document.querySelector('#rail [aria-current=page] span')?.textContent === {title:?}");
        self.case().page.wait_for(&js, SOON).unwrap_or_else(|error| panic!("{title} should be open: {error}"));
    }

    fn is_open(&self, dialog: &str) -> bool {
        self.case().page.eval(&format!("document.querySelector('{dialog}').open")).unwrap()
    }

    fn open_is(&self, dialog: &str, open: bool) {
        self.case().page.wait_for(&format!("document.querySelector('{dialog}').open === {open}"), SOON).unwrap();
    }

    /// Opens the palette, types, and waits for the command to be the one that Enter does.
    fn type_command(&self, typed: &str, id: &str) {
        self.press(&["Control+k"]);
        self.open_is("#palette", true);
        self.case().page.type_text(typed).unwrap();
        let js = format!("document.querySelector('#palette [aria-selected=true]')?.dataset.command === {id:?}");
        self.case()
            .page
            .wait_for(&js, SOON)
            .unwrap_or_else(|_| panic!("{typed:?} should find {id}: {:?}", self.case().page.text("#palette-list")));
    }

    /// What is written beside a heading of the open event, wherever the panel has it.
    fn detail_has(&self, words: &str) {
        let js = format!("document.querySelector('#detail')?.textContent.includes({words:?})");
        self.case().page.wait_for(&js, SOON).unwrap_or_else(|error| panic!("{words:?} in the detail: {error}"));
    }
}

trait AsCase {
    fn case(&self) -> &OpenCase;
}

impl AsCase for OpenCase {
    fn case(&self) -> &OpenCase {
        self
    }
}

#[test]
fn who_stopped_logging_from_where_and_what_else_did_they_do() {
    let Some(case) = invictus() else { return };
    let page = &case.page;
    case.press(&["/"]);
    page.type_text("name: (StopLogging or DeleteTrail)").unwrap();
    case.press(&["Enter"]);
    page.wait_for("Number(document.querySelector('#shown').textContent.replace(/\\D/g, '')) < 100", SOON).unwrap();
    case.settled();
    let found = case.number("#shown");
    assert!(found > 0, "somebody did");
    // Down into the table, to the first row, and into it.
    case.press(&["ArrowDown"]);
    assert_eq!(case.focus(), "grid");
    case.press(&["j", "Enter"]);
    page.wait_element("#detail").unwrap();
    let name = case.cell(0, 1);
    assert!(["StopLogging", "DeleteTrail"].contains(&name.as_str()), "{name}");
    let headings: Vec<String> =
        page.eval("[...document.querySelectorAll('#grid .head .cell')].map(cell => cell.textContent.trim())").unwrap();
    let column = |title: &str| headings.iter().position(|heading| heading.starts_with(title)).unwrap();
    let (who, address) = (case.cell(0, column("Actor")), case.cell(0, column("Source IP")));
    assert!(!who.is_empty() && address.split('.').count() == 4, "{who} from {address}");
    case.detail_has(&name);
    case.detail_has(&address);
    // Into the detail and back by keys.
    case.press(&["e"]);
    page.wait_for("document.activeElement?.closest('#detail')", SOON).unwrap();
    case.press(&["Escape"]);
    page.wait_for("!document.querySelector('#detail') && document.activeElement?.id === 'grid'", SOON).unwrap();
    // What else came from that address.
    case.press(&["/", "Control+a"]);
    page.type_text(&format!("ip: {address}")).unwrap();
    case.press(&["Enter"]);
    let more = format!("Number(document.querySelector('#shown').textContent.replace(/\\D/g, '')) > {found}");
    page.wait_for(&more, SOON).unwrap();
    case.settled();
    case.press(&["Escape", "Escape"]);
    // A step deeper, so that there is something to come back from; then one key.
    case.shows(2_900);
    case.press(&["j", "Enter", "w", "2"]);
    case.room("Timeline");
    case.settled();
    assert!(case.number("#shown") < 2_900);
    case.press(&["0"]);
    case.shows(2_900);
    case.room("Events");
    assert_eq!(page.eval::<String>("document.querySelector('#search').value").unwrap(), "");
    assert_eq!(page.count("#detail").unwrap() + page.count(".row.here").unwrap(), 0);
    page.wait_for("document.activeElement?.id === 'grid'", SOON).unwrap();
}

#[test]
fn the_palette_finds_commands_and_does_them() {
    let Some(case) = invictus() else { return };
    let page = &case.page;
    // It has the keyboard, and gives it back.
    page.focus("#room-events").unwrap();
    case.press(&["Control+k"]);
    case.open_is("#palette", true);
    assert_eq!(case.focus(), "palette-input");
    case.press(&["Escape"]);
    case.open_is("#palette", false);
    assert_eq!(case.focus(), "room-events");
    // A command by a few letters.
    case.type_command("files", "room-files");
    case.press(&["Enter"]);
    case.open_is("#palette", false);
    case.room("Files");
    case.type_command("lanes res", "lanes-by-result");
    case.press(&["Enter"]);
    case.room("Timeline");
    // Typed in the search box it opens as well.
    case.press(&["/", "Control+k"]);
    case.open_is("#palette", true);
    // What was used last comes first.
    let first: Vec<String> = page
        .eval("[...document.querySelectorAll('#palette .option')].slice(0, 2).map(it => it.dataset.command)")
        .unwrap();
    assert_eq!(first, ["lanes-by-result", "room-files"]);
    // The arrows go round.
    case.press(&["ArrowUp"]);
    page.wait_for("[...document.querySelectorAll('#palette .option')].at(-1).ariaSelected === 'true'", SOON).unwrap();
    case.press(&["ArrowDown", "ArrowDown"]);
    page.wait_for("[...document.querySelectorAll('#palette .option')][1].ariaSelected === 'true'", SOON).unwrap();
    let active: bool = page
        .eval(
            "document.getElementById(document.querySelector('#palette-input').getAttribute('aria-activedescendant')) === \
             document.querySelector('#palette [aria-selected=true]')",
        )
        .unwrap();
    assert!(active, "who does not see it is told which is chosen");
    // What is no command can be searched for.
    page.type_text("StopLogging").unwrap();
    page.wait_for("document.querySelector('#palette-list').textContent.includes('Search for “StopLogging”')", SOON)
        .unwrap();
    case.press(&["ArrowUp", "Enter"]);
    page.wait_for("document.querySelector('#search').value === 'StopLogging'", SOON).unwrap();
    assert_eq!(case.focus(), "search");
    case.settled();
    assert!(case.number("#shown") < 100);
    // A click beside it closes it, and does nothing else.
    case.press(&["Control+k"]);
    case.open_is("#palette", true);
    page.click_at(20.0, 200.0).unwrap();
    case.open_is("#palette", false);
    case.room("Timeline");
    // Nothing that makes no sense now: there is no range to leave.
    case.press(&["Control+k"]);
    case.open_is("#palette", true);
    assert_eq!(page.count("#palette [data-command=zoom-out]").unwrap(), 0);
    assert_eq!(page.count("#palette [data-command=zoom-in]").unwrap(), 1);
}

#[test]
fn the_help_lists_every_key_and_its_queries_are_queries() {
    let Some(case) = invictus() else { return };
    let page = &case.page;
    let keys = |within: &str| -> BTreeMap<String, String> {
        let js = format!(
            "Object.fromEntries([...document.querySelectorAll('{within} [data-keys]')].map(it => \
             [it.dataset.command, it.dataset.keys + ' as ' + [...it.querySelectorAll('kbd')].map(key => key.textContent)]))"
        );
        page.eval(&js).unwrap()
    };
    // Somewhere where nearly all of them can be done.
    case.press(&["w"]);
    case.settled();
    case.press(&["j", "Enter"]);
    page.wait_element("#detail").unwrap();
    case.press(&["Control+k"]);
    case.open_is("#palette", true);
    let commands = keys("#palette");
    case.press(&["Escape", "?"]);
    case.open_is("#keys", true);
    let help = keys("#keys");
    assert!(commands.len() > 20, "{commands:?}");
    for (id, said) in &commands {
        assert_eq!(help.get(id), Some(said), "{id}");
    }
    // What only the Logs room can do is in the help, and not offered here.
    assert_eq!(help.len(), commands.len() + 3, "{help:?}");
    // It scrolls by the keyboard, where it has to, and Escape closes nothing but it.
    assert_eq!(case.focus(), "keys-body");
    case.press(&["Escape"]);
    case.open_is("#keys", false);
    assert_eq!(page.count("#detail").unwrap(), 1);
    // Its queries are taken.
    let queries: Vec<String> =
        page.eval("[...document.querySelectorAll('#keys [data-query]')].map(it => it.dataset.query)").unwrap();
    assert_eq!(queries.len(), 8);
    for query in &queries {
        case.query(query);
        assert_eq!(page.count("#search-error, #search-warning").unwrap(), 0, "{query}");
    }
}

#[test]
fn keys_do_what_they_say_and_nothing_while_one_types() {
    let Some(case) = invictus() else { return };
    let page = &case.page;
    for (key, room) in [
        ("2", "Timeline"),
        ("3", "Logs"),
        ("4", "Filters"),
        ("5", "Metrics"),
        ("6", "Integrity"),
        ("7", "Files"),
        ("1", "Events"),
    ] {
        case.press(&[key]);
        case.room(room);
    }
    // The first thing that Tab reaches leads past everything else.
    page.eval::<()>("document.activeElement?.blur()").unwrap();
    case.press(&["Tab"]);
    assert_eq!(case.focus(), "skip");
    case.press(&["Enter"]);
    page.wait_for("document.activeElement?.id === 'grid'", SOON).unwrap();
    // Range of time.
    case.press(&["w"]);
    case.settled();
    let zoomed = case.number("#shown");
    assert!(zoomed < 2_900);
    case.press(&["w", "s"]);
    case.shows(zoomed);
    case.press(&["Escape"]);
    case.shows(2_900);
    let zone = page.text("#zone").unwrap();
    case.press(&["t"]);
    page.wait_for(&format!("document.querySelector('#zone').textContent !== {zone:?}"), SOON).unwrap();
    case.press(&["t"]);
    // What is typed is text.
    case.press(&["/"]);
    page.type_text("2 w t ? 0 j").unwrap();
    page.wait_for("document.querySelector('#search').value === '2 w t ? 0 j'", SOON).unwrap();
    case.settled();
    case.room("Events");
    assert_eq!(page.text("#zone").unwrap(), zone);
    assert!(!case.is_open("#keys"));
    case.press(&["Escape", "Escape"]);
    case.shows(2_900);
    // A key with Ctrl or Alt is the browser's.
    case.press(&["Control+2", "Alt+3"]);
    case.settled();
    case.room("Events");
    // Who listens is told what changed.
    case.query("result: denied");
    page.wait_for(
        "/^\\d+ of 2,900 events; search: result: denied$/.test(document.querySelector('#spoken').textContent)",
        SOON,
    )
    .unwrap();
}

#[test]
fn the_palette_and_the_help_are_there_before_any_file_is() {
    let case = open(900, 700);
    let page = &case.page;
    page.wait_element("#drop-zone").unwrap();
    case.press(&["Control+k"]);
    case.open_is("#palette", true);
    let ids: Vec<String> =
        page.eval("[...document.querySelectorAll('#palette .option')].map(it => it.dataset.command)").unwrap();
    assert!(ids.contains(&"choose-folder".to_owned()) && !ids.contains(&"room-files".to_owned()), "{ids:?}");
    case.press(&["Escape", "?"]);
    case.open_is("#keys", true);
    case.press(&["Escape"]);
    case.open_is("#keys", false);
}
