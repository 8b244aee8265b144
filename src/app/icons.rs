//! The page's icons, drawn with one stroke each.

use leptos::prelude::*;

fn icon(path: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
            <path d=path></path>
        </svg>
    }
}

/// Lines of a table.
pub fn events() -> impl IntoView {
    icon("M3 5h14M3 10h14M3 15h14M7 5v10")
}

/// Marks in lanes.
pub fn timeline() -> impl IntoView {
    icon("M2.5 5h4M9 5h3M14.5 5h3M4.5 10h7M14 10h2M2.5 15h2M7 15h2.5M12 15h5.5")
}

/// Lines of text of different lengths.
pub fn logs() -> impl IntoView {
    icon("M3 4.5h9M3 8h13M3 11.5h7M3 15h11")
}

/// A funnel.
pub fn filters() -> impl IntoView {
    icon("M3 4h14l-5.5 6.5V16l-3 1.5v-7z")
}

/// A line with a peak over its axis.
pub fn metrics() -> impl IntoView {
    icon("M3 3v14h14M5.5 13l3-3.5 2 2 3-6.5 3 4")
}

/// Links of a chain.
pub fn integrity() -> impl IntoView {
    icon("M8.5 6.5H6a3.5 3.5 0 0 0 0 7h2.5M11.5 6.5H14a3.5 3.5 0 0 1 0 7h-2.5M7 10h6")
}

/// A sheet with a corner.
pub fn files() -> impl IntoView {
    icon("M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5")
}

/// A looking glass.
pub fn search() -> impl IntoView {
    icon("M8.5 3a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11M12.6 12.6L17 17")
}

/// A cross.
pub fn close() -> impl IntoView {
    icon("M5 5l10 10M15 5L5 15")
}

/// An arrow into a tray.
pub fn drop_in() -> impl IntoView {
    icon("M10 2.5v9M6.5 8l3.5 3.5L13.5 8M3 12.5v4.5h14v-4.5")
}

/// Two sheets.
pub fn copy() -> impl IntoView {
    icon("M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7")
}

/// A plus: only events with this.
pub fn include() -> impl IntoView {
    icon("M10 4.5v11M4.5 10h11")
}

/// A minus: without events with this.
pub fn exclude() -> impl IntoView {
    icon("M4.5 10h11")
}

/// A pin.
pub fn pin() -> impl IntoView {
    icon("M7 3h6l-1 5.5 2.5 2.5h-9L8 8.5zM10 11v6")
}

/// A closed eye.
pub fn hide() -> impl IntoView {
    icon("M3 8c3.5 4.5 10.5 4.5 14 0M5 11l-1.5 2M10 12v2.5M15 11l1.5 2")
}

/// Three sliders.
pub fn facets() -> impl IntoView {
    icon("M3 5h14M3 10h14M3 15h14M7 3.5v3M13 8.5v3M6 13.5v3")
}

/// Columns of a table.
pub fn columns() -> impl IntoView {
    icon("M3 4h14v12H3zM8 4v12M12.5 4v12")
}

/// An arrow onto a line: save as a file.
pub fn save() -> impl IntoView {
    icon("M10 3v9M6.5 8.5L10 12l3.5-3.5M4 16h12")
}

/// A line that goes on below.
pub fn wrap() -> impl IntoView {
    icon("M3 5h14M3 10h11a3 3 0 0 1 0 6h-4M12 13.5L9.5 16l2.5 2.5M3 15h4")
}

/// Lines close to each other.
pub fn density() -> impl IntoView {
    icon("M3 4h14M3 7h14M3 10h14M3 13h14M3 16h14")
}
