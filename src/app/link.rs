//! The view as a link.

use super::view::View;
use crate::session::page::Session;

/// Keeps the address of the page in step with the view.
pub fn keep(_session: Session, _view: View) {}
