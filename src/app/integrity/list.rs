//! Which digests and logs the table lists, in which order.

use super::chart::Chart;
use super::custody::{Filter, Item, Narrow};
use crate::integrity::verdict::{DigestStatus, Judgement, LogStatus};

/// How soon a person should see it: what is not as it was recorded, then what is open, then what is proved.
fn place(judgement: &Judgement, item: Item) -> u8 {
    match item {
        Item::Digest(at) => match judgement.digests[at as usize].status {
            DigestStatus::NotAuthentic => 3,
            DigestStatus::Unproven => 7,
            DigestStatus::Authentic => 11,
        },
        Item::Log(at) => {
            let log = &judgement.logs[at as usize];
            match log.status {
                LogStatus::Modified => 0,
                LogStatus::ExtraDataAppended => 1,
                LogStatus::Damaged => 2,
                LogStatus::UnprovenHashDiffers => 4,
                LogStatus::ReferencedNotSupplied => 5,
                LogStatus::NotListedInAnyDigest if log.within_coverage == Some(true) => 6,
                LogStatus::NotListedInAnyDigest => 8,
                LogStatus::UnprovenNoHashRecorded => 9,
                LogStatus::UnprovenHashAgrees => 10,
                LogStatus::Authentic => 12,
            }
        }
    }
}

/// The list.
#[must_use]
pub fn listed(judgement: &Judgement, chart: &Chart, filter: Filter, narrow: Option<Narrow>, text: &str) -> Vec<Item> {
    let text = text.to_lowercase();
    let has_text = |key: &str| text.is_empty() || key.to_lowercase().contains(&text);
    let digests = judgement.digests.iter().enumerate().filter(|(at, digest)| {
        let wanted = match filter {
            Filter::All => true,
            Filter::Digests(status) => digest.status == status,
            Filter::Logs(_) => false,
        };
        let here = match narrow {
            None => true,
            Some(Narrow::Digest(one)) => one as usize == *at,
            Some(Narrow::Cell { row, from, to }) => {
                digest.stream == Some(row) && digest.span.0 < to && digest.span.1 > from
            }
        };
        wanted && here && has_text(&digest.object.key)
    });
    let logs = judgement.logs.iter().enumerate().filter(|(at, log)| {
        let wanted = match filter {
            Filter::All => true,
            Filter::Logs(status) => log.status == status,
            Filter::Digests(_) => false,
        };
        let here = match narrow {
            None => true,
            Some(Narrow::Digest(one)) => {
                judgement.digests.get(one as usize).is_some_and(|digest| digest.logs.contains(&(*at as u32)))
            }
            Some(Narrow::Cell { row, from, to }) => {
                chart.row_of(*at) == Some(row) && log.delivered.is_some_and(|at| (from..to).contains(&at))
            }
        };
        wanted && here && has_text(&log.object.key)
    });
    let mut items: Vec<Item> =
        digests.map(|(at, _)| Item::Digest(at as u32)).chain(logs.map(|(at, _)| Item::Log(at as u32))).collect();
    items.sort_by_key(|item| place(judgement, *item));
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrity::Object;
    use crate::integrity::verdict::{DigestVerdict, LogVerdict, Stream};

    fn judgement() -> Judgement {
        let object = |key: &str| Object { bucket: String::new(), key: key.to_owned() };
        let digest = |key: &str, status, at: i64| DigestVerdict {
            object: object(key),
            status,
            stream: Some(0),
            span: (at, at + 10),
            logs: vec![at as u32 / 10],
            ..DigestVerdict::default()
        };
        let log = |key: &str, status, at: i64| LogVerdict {
            object: object(key),
            status,
            digest: Some(0),
            delivered: Some(at),
            ..LogVerdict::default()
        };
        Judgement {
            digests: vec![digest("d/One", DigestStatus::Authentic, 0), digest("d/two", DigestStatus::Unproven, 10)],
            logs: vec![log("l/one", LogStatus::Authentic, 5), log("l/two", LogStatus::Modified, 15)],
            streams: vec![Stream::default()],
            ..Judgement::default()
        }
    }

    #[test]
    fn the_gravest_come_first() {
        let judgement = judgement();
        let chart = Chart::of(&judgement, 90);
        let list = |filter, narrow, text: &str| listed(&judgement, &chart, filter, narrow, text);
        let (d, l) = (Item::Digest, Item::Log);
        assert_eq!(list(Filter::All, None, ""), [l(1), d(1), d(0), l(0)]);
        assert_eq!(list(Filter::All, None, "ONE"), [d(0), l(0)]);
        assert_eq!(list(Filter::Logs(LogStatus::Modified), None, ""), [l(1)]);
        assert_eq!(list(Filter::Digests(DigestStatus::Unproven), None, ""), [d(1)]);
        assert_eq!(list(Filter::All, Some(Narrow::Cell { row: 0, from: 10, to: 20 }), ""), [l(1), d(1)]);
        assert_eq!(list(Filter::All, Some(Narrow::Digest(0)), ""), [d(0), l(0)]);
        assert!(list(Filter::All, Some(Narrow::Cell { row: 1, from: 0, to: 20 }), "").is_empty());
    }
}
