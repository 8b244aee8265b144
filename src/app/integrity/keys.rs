//! The public keys that were supplied: all that is proved rests on them.

use super::copy::Copy;
use super::custody::custody;
use crate::app::shown::{grouped, visible};
use crate::app::view::view;
use crate::integrity::verdict::KeyVerdict;
use crate::integrity::words;
use crate::session::page::Session;
use leptos::prelude::*;

/// Keys that are shown; a case has one for each region and year.
const MOST: usize = 400;

/// The table of keys.
#[component]
pub fn Keys() -> impl IntoView {
    let custody = custody();
    let view = view();
    let session = expect_context::<Session>();
    let one = move |key: &KeyVerdict| {
        let zone = view.zone.get();
        let at = |at: Option<i64>| at.map_or_else(|| "not told".to_owned(), |at| zone.full(at));
        let files: Vec<String> = key.files.iter().take(3).map(|file| session.path(*file)).collect();
        let problem = key.problem.clone();
        view! {
            <tr class:bad=key.problem.is_some()>
                <td class="data"><span class="fingerprint">{visible(&key.fingerprint)}</span>" "<Copy text=key.fingerprint.clone() what="the fingerprint"/></td>
                <td>{if key.regions.is_empty() { "not told".to_owned() } else { key.regions.join(", ") }}</td>
                <td class="data">{at(key.validity.0)}" – "{at(key.validity.1)}</td>
                <td class="data number">{key.bits.map_or_else(|| "–".to_owned(), |bits| grouped(u64::from(bits)))}</td>
                <td class="data number">{grouped(u64::from(key.digests))}</td>
                <td class="data">{visible(&files.join(", "))}</td>
                <td>
                    {match problem {
                        Some(problem) => view! { <span class="failed"><span aria-hidden="true">"✕ "</span>{visible(&problem)}</span> }.into_any(),
                        None => view! { <span class="dim">"none"</span> }.into_any(),
                    }}
                </td>
            </tr>
        }
    };
    move || {
        let judgement = custody.shown();
        let keys = &judgement.keys;
        let more = keys.len().saturating_sub(MOST);
        view! {
            <div id="custody-keys">
                <p>
                    {words::KEYS}" "<code>{words::LIST_KEYS}</code>" "<Copy text=words::LIST_KEYS what="the command"/>
                </p>
                {keys.is_empty().then(|| view! {
                    <p class="denied">"No public key was supplied: nothing can be proved. The table of digests has the command that fetches each."</p>
                })}
                {(!keys.is_empty()).then(|| view! {
                    <table>
                        <thead><tr>
                            <th>"Fingerprint"</th><th>"Region"</th><th>{format!("Valid ({})", view.zone.get().name())}</th>
                            <th class="number">"Bits"</th><th class="number">"Digests naming it"</th><th>"File"</th><th>"Problems"</th>
                        </tr></thead>
                        <tbody>{keys.iter().take(MOST).map(one).collect_view()}</tbody>
                    </table>
                })}
                {(more > 0).then(|| view! { <p class="dim">{format!("{} more keys were supplied.", grouped(more as u64))}</p> })}
            </div>
        }
    }
}
