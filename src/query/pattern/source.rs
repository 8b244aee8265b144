//! Where the value of a metric, or of a dimension, comes from: `1`, `$.latency`, `$size`, `$3` (`spec/FILTERPATTERN.md` 6).

use super::cursor::Cursor;
use super::json::{number, selector};
use super::{Fault, Kind, Pattern};
use crate::query::series::Source;
use crate::query::spaces::{Spaces, When};

impl Pattern {
    /// Understands a metric's value, or that of a dimension.
    ///
    /// # Errors
    /// When it is neither a number nor anything that the pattern defines.
    pub fn source(&self, value: &str) -> Result<Source, Fault> {
        let value = value.trim();
        if let Some(number) = number(value) {
            return Ok(Source::Number(number));
        }
        let Some(name) = value.strip_prefix('$') else {
            return Err(Fault::new(
                1,
                "A value is a number, or begins with $: $.latency of a JSON pattern, $size of a space-delimited one.",
            ));
        };
        match self.kind {
            Kind::Json => {
                let chars: Vec<char> = value.chars().collect();
                let mut cursor = Cursor::new(&chars, 0);
                let select = selector(&mut cursor)?;
                if !cursor.is_over() {
                    return Err(cursor.fault("A selector was expected, and nothing behind it."));
                }
                Ok(Source::Field(select))
            }
            Kind::Columns => self.of_column(name),
            _ => Err(Fault::new(
                1,
                "Only JSON and space-delimited patterns define fields; of this pattern a value is a number.",
            )),
        }
    }

    fn of_column(&self, name: &str) -> Result<Source, Fault> {
        let open = self.spaces.as_ref().is_some_and(|spaces| spaces.any || self.columns.is_empty());
        if let Some(at) = self.columns.iter().position(|column| column.as_deref() == Some(name))
            && let Some(spaces) = &self.spaces
        {
            return Ok(Source::Column(Spaces { when: When::Always, ..spaces.clone() }, at as u32));
        }
        match name.parse::<u32>() {
            Ok(place) if place > 0 && (open || place as usize <= self.columns.len()) => Ok(Source::Place(place)),
            _ => Err(Fault::new(1, format!("The pattern has no field called {name}."))),
        }
    }
}
