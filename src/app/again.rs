//! On the empty page: the folder that was dropped last, one click away, where the browser can keep hold of it.

use super::shown::{elided, visible, visible_text};
use crate::session::page::{Folder, Refused, Session, forget, kept};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// See the module.
#[component]
pub fn Again() -> impl IntoView {
    let session = expect_context::<Session>();
    let folder = RwSignal::new_local(None::<Folder>);
    let refused = RwSignal::new(None::<Refused>);
    spawn_local(async move {
        let found = kept().await;
        // The page may show something else by now.
        let _gone = folder.try_set(found);
    });
    let open = move |_| {
        let Some(folder) = folder.get_untracked() else { return };
        refused.set(None);
        // Asked here and now, while the click counts as a person's wish.
        let asked = folder.ask();
        spawn_local(async move {
            match asked.await {
                Ok(()) => session.open_folder(&folder),
                Err(why) => {
                    let _gone = refused.try_set(Some(why));
                }
            }
        });
    };
    let drop_it = move |_| {
        refused.set(None);
        spawn_local(async move {
            forget().await;
            // Said to be forgotten when it is.
            let _gone = folder.try_set(None);
        });
    };
    let why = move || {
        let words = match refused.get()? {
            Refused::Denied => {
                "The browser was not allowed to read this folder. Click again to be asked again, or drop it."
            }
            Refused::Gone => {
                "This folder is not where it was: it was moved, renamed or deleted. Drop it from its new place."
            }
            Refused::Unreadable => "The browser could not read this folder. Drop it instead.",
        };
        Some(view! { <p class="failed" role="alert">{words}</p> })
    };
    move || {
        folder.get().map(|folder| {
            let name = folder.name();
            view! {
                <div id="again">
                    <button id="open-again" class="button" title=visible_text(&name).into_owned() on:click=open>
                        "Open folder "<b>{visible(&elided(&name, 40))}</b>" again"
                    </button>
                    <button
                        id="forget-folder"
                        class="plain"
                        title="The browser keeps the name of this folder and the way to it, nothing that is in it"
                        on:click=drop_it
                    >
                        "Forget"
                    </button>
                    {why}
                </div>
            }
        })
    }
}
