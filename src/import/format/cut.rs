//! CSV text cut into rows and cells, and what quotes out of place do to that.

use csv_core::ReadRecordResult;

/// A header may name this many columns.
const COLUMNS_MAX: usize = 4_096;

/// The cells of a row that was cut into fields.
pub(super) fn cells<'f>(fields: &'f [u8], ends: &'f [usize], count: usize) -> impl Iterator<Item = &'f [u8]> {
    let mut start = 0;
    ends[..count].iter().map(move |&end| &fields[std::mem::replace(&mut start, end)..end])
}

/// Cuts the row that begins `text` into fields: their bytes in `fields`, where each ends in `ends`. The number of fields
/// and the position after the row; `None` when the text ends inside the row.
pub(super) fn cut(
    reader: &mut csv_core::Reader,
    text: &[u8],
    delimiter: u8,
    fields: &mut Vec<u8>,
    ends: &mut Vec<usize>,
) -> Option<(usize, usize)> {
    reader.reset();
    fields.resize(fields.len().max(4_096), 0);
    ends.resize(ends.len().max(64), 0);
    let (mut at, mut filled, mut ended) = (0, 0, 0);
    loop {
        let (result, taken, written, fields_ended) =
            reader.read_record(&text[at..], &mut fields[filled..], &mut ends[ended..]);
        at += taken;
        filled += written;
        ended += fields_ended;
        match result {
            ReadRecordResult::OutputFull => fields.resize(fields.len() * 2, 0),
            ReadRecordResult::OutputEndsFull if ends.len() > COLUMNS_MAX => return None,
            ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
            ReadRecordResult::Record => return Some((ended, at)),
            // The text is all there is: a last row without a line end is whole, one inside a quote is not. Reading on
            // from nothing tells the reader so.
            ReadRecordResult::InputEmpty if in_quotes(text, delimiter) => return None,
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::End => return None,
        }
    }
}

/// Whether a row that goes over several lines is quoted as it must be: a quote that was closed by the next row's opening
/// one has text right behind it.
pub(super) fn is_one_row(row: &[u8], delimiter: u8) -> bool {
    if !row.trim_ascii_end().contains(&b'\n') {
        return true;
    }
    let (mut inside, mut begins) = (false, true);
    let mut at = 0;
    while at < row.len() {
        let byte = row[at];
        if !inside {
            inside = byte == b'"' && begins;
            begins = byte == delimiter;
        } else if byte == b'"' {
            match row.get(at + 1) {
                Some(b'"') => at += 1,
                None | Some(b'\r' | b'\n') => inside = false,
                Some(&next) if next == delimiter => inside = false,
                Some(_) => return false,
            }
        }
        at += 1;
    }
    true
}

/// Whether the text of one row ends inside a quoted field.
fn in_quotes(text: &[u8], delimiter: u8) -> bool {
    let (mut inside, mut begins) = (false, true);
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        if inside {
            if byte == b'"' {
                if text.get(at + 1) == Some(&b'"') {
                    at += 1;
                } else {
                    inside = false;
                }
            }
        } else {
            inside = byte == b'"' && begins;
            begins = byte == delimiter;
        }
        at += 1;
    }
    inside
}

/// The delimiter, the names of the columns and the position after the header of a CSV text; `None` when its first line is
/// not whole. A line `sep=;` before it, as spreadsheets want it, names the delimiter.
pub(in crate::import) fn header(text: &[u8], last: bool) -> Option<(u8, Vec<String>, usize)> {
    let mut at = 0;
    let mut stated = None;
    if let Some(rest) = text.strip_prefix(b"sep=").or_else(|| text.strip_prefix(b"\"sep=")) {
        stated = rest.first().copied();
        at = memchr::memchr(b'\n', text)? + 1;
    }
    let line = &text[at..];
    let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
    let count = |byte: u8| line.iter().filter(|&&b| b == byte).count();
    let delimiter = stated.unwrap_or_else(|| {
        let others = [b',', b';', b'\t'];
        others.into_iter().rev().max_by_key(|&byte| count(byte)).unwrap_or(b',')
    });
    let (mut fields, mut ends) = (Vec::new(), Vec::new());
    let mut reader = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
    let (width, after) = cut(&mut reader, &text[at..], delimiter, &mut fields, &mut ends)?;
    if at + after >= text.len() && !last {
        return None;
    }
    let mut from = 0;
    let names = ends[..width].iter().map(|&end| {
        let name = String::from_utf8_lossy(&fields[from..end]).into_owned();
        from = end;
        name
    });
    Some((delimiter, names.collect(), at + after))
}
