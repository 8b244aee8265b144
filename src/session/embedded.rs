//! Samples in log events with embedded metrics, read from the events as they are stored: copies of events are left out by then.

use crate::import::metrics::{Metric, Origin, Points, Sheet, Told, Values, embedded};
use crate::query::kql;
use crate::query::predicate::Predicate;
use crate::query::scan::Rows;
use crate::store::write::Secrets;
use crate::store::{Row, Store};
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The events that may have embedded metrics.
const EMBEDDED: &str = "_aws.CloudWatchMetrics.Namespace: *";

/// Which events these are.
pub(super) fn events() -> Predicate {
    kql::parse(EMBEDDED).map_or(Predicate::Nothing, |parsed| parsed.predicate)
}

/// The samples of some events, by metric.
pub(super) fn sheet(store: &Store, rows: &Rows) -> Sheet {
    let mut found: HashMap<(Metric, i64), Points> = HashMap::new();
    let mut faults: BTreeMap<String, u64> = BTreeMap::new();
    let mut record = Vec::new();
    for row in rows.ones().map(|row| row as Row) {
        record.clear();
        store.write_record(row, Secrets::Revealed, &mut record);
        let read = embedded::samples(&record);
        for (metric, resolution, time, values) in read.told {
            let points = found
                .entry((metric, resolution))
                .or_insert_with(|| Points { times: Vec::new(), values: Values::Samples(Vec::new()) });
            points.times.extend(values.iter().map(|_| time));
            points.values.columns_mut().into_iter().for_each(|column| column.extend(&values));
        }
        for fault in read.faults {
            *faults.entry(fault).or_default() += 1;
        }
    }
    let mut sheet = Sheet::default();
    for ((metric, resolution), points) in found {
        let origins = vec![(Origin::Embedded, points.times.len() as u64)];
        sheet.put(Told {
            metric,
            id: None,
            period: Some(resolution),
            points: Arc::new(points),
            origins,
            notes: Vec::new(),
        });
    }
    sheet.told.sort_by(|a, b| (&a.metric, a.period).cmp(&(&b.metric, b.period)));
    sheet.faults = faults.into_iter().collect();
    sheet
}
