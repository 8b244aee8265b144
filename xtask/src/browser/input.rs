//! A person's hands: mouse, keyboard, wheel and files dropped from the desktop. All of it goes through the browser's own
//! input, so the page gets trusted events with the same order and hit-testing as from a person.

use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::keys;
use super::page::Page;

/// Text longer than this is put in at once instead of key by key.
const TYPED_LIMIT: usize = 200;

/// Where something happens: the middle of the first element that matches a selector, or a point of the viewport.
#[derive(Clone, Debug)]
pub enum Spot {
    /// A CSS selector; the element is scrolled into view first.
    Css(String),
    /// CSS pixels from the left and the top of the viewport.
    At(f64, f64),
}

impl From<&str> for Spot {
    fn from(css: &str) -> Self {
        Spot::Css(css.to_owned())
    }
}

impl From<&String> for Spot {
    fn from(css: &String) -> Self {
        Spot::Css(css.clone())
    }
}

impl From<(f64, f64)> for Spot {
    fn from((x, y): (f64, f64)) -> Self {
        Spot::At(x, y)
    }
}

impl Page {
    /// The point of the viewport that a spot stands for; waits for its element, and until it stands still: what comes
    /// above it while the page fills moves it away from under the mouse.
    pub fn point(&self, spot: impl Into<Spot>) -> Result<(f64, f64)> {
        match spot.into() {
            Spot::At(x, y) => Ok((x, y)),
            Spot::Css(css) => {
                self.wait_element(&css)?;
                let css = Value::from(css);
                // Scrolled at once and not smoothly, or the point is where the element no longer is.
                self.eval(&format!(
                    "(async () => {{ let before = []; \
                     for (let tries = 0; tries < 50; tries++) {{ \
                     const e = document.querySelector({css}); \
                     e.scrollIntoView({{ block: 'nearest', inline: 'nearest', behavior: 'instant' }}); \
                     const r = e.getBoundingClientRect(); \
                     const now = [r.x + r.width / 2, r.y + r.height / 2]; \
                     if (now[0] === before[0] && now[1] === before[1]) return now; \
                     before = now; \
                     await new Promise(done => setTimeout(done, 20)); }} \
                     return before; }})()"
                ))
            }
        }
    }

    /// The rectangle of an element in the viewport: x, y, width, height.
    pub fn rect(&self, css: &str) -> Result<(f64, f64, f64, f64)> {
        self.wait_element(css)?;
        let css = Value::from(css);
        self.eval(&format!(
            "(r => [r.x, r.y, r.width, r.height])(document.querySelector({css}).getBoundingClientRect())"
        ))
    }

    /// Clicks the middle of an element.
    pub fn click(&self, spot: impl Into<Spot>) -> Result<()> {
        let (x, y) = self.point(spot)?;
        self.click_at(x, y)
    }

    /// Clicks a point.
    pub fn click_at(&self, x: f64, y: f64) -> Result<()> {
        self.press_button(x, y, "left", 1, "")
    }

    /// Clicks with modifiers held, such as `"Shift"` or `"Control+Shift"`.
    pub fn click_with(&self, spot: impl Into<Spot>, modifiers: &str) -> Result<()> {
        let (x, y) = self.point(spot)?;
        self.press_button(x, y, "left", 1, modifiers)
    }

    /// Clicks twice, as a double click.
    pub fn double_click(&self, spot: impl Into<Spot>) -> Result<()> {
        let (x, y) = self.point(spot)?;
        self.press_button(x, y, "left", 1, "")?;
        self.press_button(x, y, "left", 2, "")
    }

    /// Clicks with the right button.
    pub fn right_click(&self, spot: impl Into<Spot>) -> Result<()> {
        let (x, y) = self.point(spot)?;
        self.press_button(x, y, "right", 1, "")
    }

    /// Moves the mouse to a point, no button held.
    pub fn mouse_move(&self, x: f64, y: f64) -> Result<()> {
        self.mouse("mouseMoved", x, y, json!({}))
    }

    /// Moves the mouse over an element.
    pub fn hover(&self, spot: impl Into<Spot>) -> Result<()> {
        let (x, y) = self.point(spot)?;
        self.mouse_move(x, y)
    }

    /// Presses at one point, moves in steps to another and releases there.
    pub fn drag(&self, from: (f64, f64), to: (f64, f64)) -> Result<()> {
        self.drag_through(from, to, 10, |_| Ok(()))
    }

    /// `drag` in `steps` steps, with something to do or measure after each, while the button is held.
    pub fn drag_through(
        &self,
        from: (f64, f64),
        to: (f64, f64),
        steps: u32,
        mut each: impl FnMut(u32) -> Result<()>,
    ) -> Result<()> {
        self.mouse_move(from.0, from.1)?;
        let held = json!({ "button": "left", "buttons": 1, "clickCount": 1 });
        self.mouse("mousePressed", from.0, from.1, held.clone())?;
        for step in 1..=steps {
            let part = f64::from(step) / f64::from(steps);
            let (x, y) = (from.0 + (to.0 - from.0) * part, from.1 + (to.1 - from.1) * part);
            self.mouse("mouseMoved", x, y, json!({ "button": "left", "buttons": 1 }))?;
            each(step)?;
        }
        self.mouse("mouseReleased", to.0, to.1, json!({ "button": "left", "buttons": 0, "clickCount": 1 }))
    }

    /// Turns the wheel over a spot, by CSS pixels.
    pub fn wheel(&self, spot: impl Into<Spot>, delta_x: f64, delta_y: f64) -> Result<()> {
        let (x, y) = self.point(spot)?;
        self.mouse("mouseWheel", x, y, json!({ "deltaX": delta_x, "deltaY": delta_y }))
    }

    /// Types into what has the focus: key by key, and long text or other scripts as one insertion.
    pub fn type_text(&self, typed: &str) -> Result<()> {
        if typed.len() > TYPED_LIMIT {
            return self.insert_text(typed);
        }
        for character in typed.chars() {
            match keys::of_character(character) {
                Some(key) => self.press_key(&key)?,
                None => self.insert_text(&character.to_string())?,
            }
        }
        Ok(())
    }

    /// Puts text in at the caret at once, as a paste or an input method does.
    pub fn insert_text(&self, inserted: &str) -> Result<()> {
        self.cdp("Input.insertText", json!({ "text": inserted })).map(drop)
    }

    /// Presses and releases a key: `"Enter"`, `"Escape"`, `"ArrowDown"`, `"/"`, `"a"`, with modifiers before it as in
    /// `"Control+Shift+a"`. `Mod` stands for Control, and for Meta on a Mac.
    pub fn press(&self, key: &str) -> Result<()> {
        let key = keys::parse(key).with_context(|| format!("no key is called {key:?}"))?;
        self.press_key(&key)
    }

    /// Drops files and folders from the desktop. Folders arrive as real directory entries.
    pub fn drop_files(&self, spot: impl Into<Spot>, paths: &[PathBuf]) -> Result<()> {
        let (x, y) = self.drag_files_over(spot, paths)?;
        self.cdp("Input.dispatchDragEvent", drag_event("drop", x, y, paths)?).map(drop)
    }

    /// Holds files over a spot without letting go: what the page looks like then. Called again with another
    /// spot it moves them there. Returns the point.
    pub fn drag_files_over(&self, spot: impl Into<Spot>, paths: &[PathBuf]) -> Result<(f64, f64)> {
        let (x, y) = self.point(spot)?;
        for kind in ["dragEnter", "dragOver"] {
            self.cdp("Input.dispatchDragEvent", drag_event(kind, x, y, paths)?)?;
        }
        Ok((x, y))
    }

    /// Chooses files in an `<input type="file">`, as the file dialog would.
    pub fn choose_files(&self, css: &str, paths: &[PathBuf]) -> Result<()> {
        let found = format!("document.querySelector({})", Value::from(css));
        self.wait_for(&found, std::time::Duration::from_secs(5))?;
        let object = self.cdp("Runtime.evaluate", json!({ "expression": found }))?;
        let params = json!({ "files": absolute(paths)?, "objectId": object["result"]["objectId"] });
        self.cdp("DOM.setFileInputFiles", params).map(drop)
    }

    fn press_button(&self, x: f64, y: f64, button: &str, count: u32, modifiers: &str) -> Result<()> {
        let modifiers = keys::modifiers(modifiers).with_context(|| format!("no modifiers are called {modifiers:?}"))?;
        self.mouse("mouseMoved", x, y, json!({ "modifiers": modifiers }))?;
        let held = if button == "right" { 2 } else { 1 };
        let params =
            |buttons: u32| json!({ "button": button, "buttons": buttons, "clickCount": count, "modifiers": modifiers });
        self.mouse("mousePressed", x, y, params(held))?;
        self.mouse("mouseReleased", x, y, params(0))
    }

    fn mouse(&self, kind: &str, x: f64, y: f64, mut params: Value) -> Result<()> {
        params["type"] = kind.into();
        params["x"] = x.into();
        params["y"] = y.into();
        self.cdp("Input.dispatchMouseEvent", params).map(drop)
    }

    fn press_key(&self, key: &keys::Key) -> Result<()> {
        self.cdp("Input.dispatchKeyEvent", key.event(true))?;
        self.cdp("Input.dispatchKeyEvent", key.event(false)).map(drop)
    }
}

fn drag_event(kind: &str, x: f64, y: f64, paths: &[PathBuf]) -> Result<Value> {
    let data = json!({ "items": [], "files": absolute(paths)?, "dragOperationsMask": 1 });
    Ok(json!({ "type": kind, "x": x, "y": y, "data": data }))
}

fn absolute(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    // Chromium takes any path and shows an empty file for one that is not there, so ask first.
    paths.iter().map(|path| path.canonicalize().with_context(|| format!("no file {}", path.display()))).collect()
}
