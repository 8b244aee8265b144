//! The days that the paths say: a bar for each, and the range that is selected, by dragging over the bars or by its dates.

use super::{Offer, size};
use crate::app::shown::{counted, grouped};
use crate::session::choice::{Day, Tally};
use jiff::Unit;
use leptos::html::Div;
use leptos::prelude::*;
use web_sys::PointerEvent;

/// More bars than this cannot be told apart: each then stands for several days.
const BARS_MAX: i64 = 366;

/// Bars, from the first day to the last with no day left out.
#[derive(Clone, Debug, Default, PartialEq)]
struct Bars {
    first: Option<Day>,
    /// Days that a bar stands for.
    days: i64,
    bars: Vec<Tally>,
    most: u32,
}

fn days_between(from: Day, to: Day) -> i64 {
    from.until((Unit::Day, to)).map_or(0, |span| i64::from(span.get_days()))
}

impl Bars {
    fn of(days: &[(Day, Tally)]) -> Self {
        let (Some((first, _)), Some((last, _))) = (days.first(), days.last()) else { return Self::default() };
        let length = days_between(*first, *last) + 1;
        let each = (length + BARS_MAX - 1) / BARS_MAX;
        let mut bars = vec![Tally::default(); ((length + each - 1) / each) as usize];
        for (day, tally) in days {
            let bar = &mut bars[(days_between(*first, *day) / each) as usize];
            bar.files += tally.files;
            bar.bytes += tally.bytes;
            bar.unsized_files += tally.unsized_files;
        }
        let most = bars.iter().map(|bar| bar.files).max().unwrap_or(0);
        Self { first: Some(*first), days: each, bars, most }
    }

    /// The first and the last day of a bar.
    fn range(&self, bar: usize) -> Option<(Day, Day)> {
        let from = self.first?.checked_add(jiff::Span::new().days(bar as i64 * self.days)).ok()?;
        Some((from, from.checked_add(jiff::Span::new().days(self.days - 1)).ok()?))
    }

    /// The bar at a share of the width.
    fn at(&self, share: f64) -> usize {
        ((share * self.bars.len() as f64).max(0.0) as usize).min(self.bars.len().saturating_sub(1))
    }
}

/// The part of the chooser that is about days.
#[component]
pub(super) fn Days(offer: Offer) -> impl IntoView {
    let Offer { selection, counts } = offer;
    let bars = Memo::new(move |_| counts.with(|counts| Bars::of(&counts.days)));
    let ends = Memo::new(move |_| counts.with(|counts| Some((counts.days.first()?.0, counts.days.last()?.0))));
    let range = Memo::new(move |_| selection.with(|selection| selection.days()).or(ends.get()));
    let whole = Memo::new(move |_| selection.with(|selection| selection.days().is_none()));
    let pointed = RwSignal::new(None::<usize>);
    let said = move || {
        let bars = bars.get();
        let (from, to) = bars.range(pointed.get()?)?;
        let tally = *bars.bars.get(pointed.get()?)?;
        let days = if from == to { from.strftime("%a %F").to_string() } else { format!("{from} – {to}") };
        Some(format!("{days} · {} · {}", counted(u64::from(tally.files), "file", "files"), size(tally)))
    };
    let number = move || {
        let days = counts.with(|counts| counts.days.len());
        let inside = counts.with(|counts| {
            let range = range.get();
            counts.days.iter().filter(|(day, _)| range.is_some_and(|(from, to)| from <= *day && *day <= to)).count()
        });
        if inside == days { counted(days as u64, "day", "days") } else { format!("{inside} of {days} days") }
    };
    let date = move |id: &'static str, label: &'static str, first: bool| {
        let value =
            move || range.get().map_or_else(String::new, |(from, to)| if first { from } else { to }.to_string());
        let changed = move |event: web_sys::Event| {
            let Some((from, to)) = range.get_untracked() else { return };
            let Ok(day) = event_target_value(&event).trim().parse::<Day>() else {
                // What is no day goes back to the one that stands.
                let input: web_sys::HtmlInputElement = event_target(&event);
                input.set_value(&if first { from } else { to }.to_string());
                return;
            };
            // The other end follows where the two would cross.
            let days = if first { (day, to.max(day)) } else { (from.min(day), day) };
            selection.update(|selection| selection.set_days((Some(days) != ends.get_untracked()).then_some(days)));
        };
        view! {
            <label class="date">
                {label}
                <input id=id class="data" autocomplete="off" spellcheck="false" placeholder="YYYY-MM-DD" prop:value=value on:change=changed/>
            </label>
        }
    };
    let some = Memo::new(move |_| ends.get().is_some());
    view! {
        <Show when=move || some.get()>
            <section id="choice-day" aria-label="Time">
                <header>
                    <h2>"Time"</h2>
                    <span class="dim data">{number}</span>
                    {date("choice-from", "from", true)}
                    {date("choice-to", "to", false)}
                    <Show when=move || !whole.get()>
                        <button
                            id="choice-day-all"
                            class="plain"
                            on:click=move |_| selection.update(|selection| selection.set_days(None))
                        >
                            "All days"
                        </button>
                    </Show>
                    <span class="grow"></span>
                    <Undated offer/>
                </header>
                <Chart offer bars range whole pointed said=Signal::derive(said)/>
            </section>
        </Show>
    }
}

/// Whether files are read whose path says no day.
#[component]
fn Undated(offer: Offer) -> impl IntoView {
    let Offer { selection, counts } = offer;
    let any = Memo::new(move |_| counts.with(|counts| counts.undated.1 > 0));
    let toggle = move |_| selection.update(|selection| selection.set_undated(!selection.undated()));
    view! {
        <Show when=move || any.get()>
            <label id="choice-undated" class="choice-value" data-value="">
                <input type="checkbox" prop:checked=move || selection.with(|selection| selection.undated()) on:change=toggle/>
                <span class="dim">
                    {move || {
                        let files = counts.with(|counts| counts.undated.0.files);
                        format!("and {} whose path does not say", counted(u64::from(files), "file", "files"))
                    }}
                </span>
            </label>
        </Show>
    }
}

#[component]
fn Chart(
    offer: Offer,
    bars: Memo<Bars>,
    range: Memo<Option<(Day, Day)>>,
    whole: Memo<bool>,
    pointed: RwSignal<Option<usize>>,
    said: Signal<Option<String>>,
) -> impl IntoView {
    let Offer { selection, counts } = offer;
    let plot = NodeRef::<Div>::new();
    let anchor = StoredValue::new(None::<usize>);
    let bar_at = move |event: &PointerEvent| {
        let rect = plot.get_untracked()?.get_bounding_client_rect();
        let share = (f64::from(event.client_x()) - rect.left()) / rect.width().max(1.0);
        Some(bars.with_untracked(|bars| bars.at(share)))
    };
    let select = move |from: usize, to: usize| {
        let days = bars.with_untracked(|bars| Some((bars.range(from.min(to))?.0, bars.range(from.max(to))?.1)));
        let Some((from, to)) = days else { return };
        let all = counts
            .with_untracked(|counts| counts.days.first().map(|day| day.0).zip(counts.days.last().map(|day| day.0)));
        let whole = all.is_some_and(|(first, last)| from <= first && to >= last);
        selection.update(|selection| selection.set_days((!whole).then_some((from, to))));
    };
    let down = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let (Some(bar), Some(plot)) = (bar_at(&event), plot.get_untracked()) {
            let _ = plot.set_pointer_capture(event.pointer_id());
            anchor.set_value(Some(bar));
            select(bar, bar);
        }
    };
    let moved = move |event: PointerEvent| {
        let Some(bar) = bar_at(&event) else { return };
        pointed.set(Some(bar));
        if let Some(from) = anchor.get_value() {
            select(from, bar);
        }
    };
    let shapes = move || {
        let bars = bars.get();
        let range = range.get();
        let shapes = bars.bars.iter().enumerate().filter(|(_, bar)| bar.files > 0).map(|(at, bar)| {
            let chosen =
                bars.range(at).zip(range).is_some_and(|((first, last), (from, to))| last >= from && first <= to);
            let height = (f64::from(bar.files) / f64::from(bars.most.max(1)) * 100.0).max(2.0);
            view! {
                <rect
                    class=if chosen { "day chosen" } else { "day" }
                    x=format!("{:.1}", at as f64 * 10.0 + 0.7)
                    y=format!("{:.2}", 100.0 - height)
                    width="8.6"
                    height=format!("{height:.2}")
                ></rect>
            }
        });
        let width = bars.bars.len() * 10;
        view! {
            <svg class:whole=move || whole.get() viewBox=format!("0 0 {width} 100") preserveAspectRatio="none" aria-hidden="true">
                {shapes.collect_view()}
            </svg>
        }
    };
    let ticks = move || {
        let (first, last) =
            counts.with(|counts| (counts.days.first().map(|day| day.0), counts.days.last().map(|day| day.0)));
        let last = last.filter(|last| first != Some(*last));
        view! {
            <span>{first.map(|day| day.to_string())}</span>
            <span id="choice-pointed">{said}</span>
            <span>{last.map(|day| day.to_string())}</span>
        }
    };
    // The same for those who do not see the bars.
    let table = move || {
        counts.with(|counts| {
            let rows = counts.days.iter().map(|(day, tally)| {
                view! { <tr><th scope="row">{day.to_string()}</th><td>{tally.files}</td><td>{size(*tally)}</td></tr> }
            });
            rows.collect_view()
        })
    };
    view! {
        <div class="day-chart">
            <span class="day-most data" aria-hidden="true">{move || grouped(u64::from(bars.with(|bars| bars.most)))}</span>
            <div
                id="choice-days"
                class="day-plot"
                node_ref=plot
                title="Drag over days to read only those; double-click for all"
                on:pointerdown=down
                on:pointermove=moved
                on:pointerup=move |_| anchor.set_value(None)
                on:pointercancel=move |_| anchor.set_value(None)
                on:pointerleave=move |_| pointed.set(None)
                on:dblclick=move |_| selection.update(|selection| selection.set_days(None))
            >
                {shapes}
            </div>
            <div class="day-ticks data" aria-hidden="true">{ticks}</div>
            <table class="unseen">
                <caption>"Files by day"</caption>
                <thead><tr><th scope="col">"Day"</th><th scope="col">"Files"</th><th scope="col">"Size"</th></tr></thead>
                <tbody>{table}</tbody>
            </table>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn days_without_files_have_their_place() {
        let one = Tally { files: 1, bytes: 5, unsized_files: 0 };
        let bars = Bars::of(&[(day("2024-02-27"), one), (day("2024-03-01"), one)]);
        assert_eq!(bars.bars.iter().map(|bar| bar.files).collect::<Vec<_>>(), [1, 0, 0, 1]);
        assert_eq!(bars.range(2), Some((day("2024-02-29"), day("2024-02-29"))));
        assert_eq!((bars.at(-1.0), bars.at(0.3), bars.at(0.99), bars.at(7.0)), (0, 1, 3, 3));
        assert_eq!(Bars::of(&[]), Bars::default());
    }

    #[test]
    fn years_of_days_share_bars() {
        let one = Tally { files: 1, bytes: 5, unsized_files: 0 };
        let bars = Bars::of(&[(day("2020-01-01"), one), (day("2024-01-01"), one)]);
        assert_eq!((bars.days, bars.bars.len()), (4, 366));
        assert_eq!(bars.bars.last().map(|bar| bar.files), Some(1));
    }
}
