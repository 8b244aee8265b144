//! Series in a case of shards: what each was told, gathered; one shard holds them all and draws. Which one does follows from
//! where the points are, so that the largest part need not travel.

mod draw;
mod events;

pub use draw::{draw, period_of};

use super::protocol::{Ask, Reply};
use super::questions::{Lost, Shards, ask_all};
use crate::import::metrics::{FILE, Metric, Origin, Request, Sheet, Told};
use crate::watch::definitions::{Definitions, MetricFilter};
use crate::watch::series::{Catalog, Naming};
use std::collections::BTreeMap;

/// What a person said of a metric that files only give a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The metric as it is listed.
    pub listed: Metric,
    /// What it is.
    pub metric: Metric,
    /// Its statistic.
    pub statistic: Option<String>,
}

/// Where the series of a case are, and which there are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held {
    /// The shard that holds them.
    pub shard: usize,
    /// What there is.
    pub catalog: Catalog,
    /// What could not be joined, in sentences: the file, where one is to blame, and a sentence.
    pub faults: Vec<(Option<u32>, String)>,
}

/// Puts the series of a case together. `paths` of the files by number; `names`: what a person said of some.
///
/// # Errors
/// See [`Lost`].
pub async fn gather(
    shards: &impl Shards,
    paths: &[String],
    definitions: &Definitions,
    names: &[Named],
) -> Result<Held, Lost> {
    let mut sheets = Vec::new();
    for reply in ask_all(shards, Ask::MetricHeads).await? {
        let Reply::Metrics(sheet) = reply else { return Err(Lost) };
        sheets.push(*sheet);
    }
    let size = |sheet: &Sheet| sheet.told.iter().flat_map(|told| &told.origins).map(|(_, count)| count).sum::<u64>();
    let shard = (0..sheets.len()).max_by_key(|&at| (size(&sheets[at]), usize::MAX - at)).unwrap_or(0);
    let requests: Vec<Request> = sheets.iter().flat_map(|sheet| sheet.requests.clone()).collect();
    let mut faults = Vec::new();
    let mut naming = |told: &Told| name(told, &requests, paths, names, &mut faults);
    let own: Vec<Naming> = sheets[shard].told.iter().map(&mut naming).collect();
    let asks = sheets.iter().enumerate().map(|(at, sheet)| {
        if at == shard || sheet.told.is_empty() { Ask::Counts(Vec::new()) } else { Ask::MetricPoints }
    });
    let mut others = Vec::new();
    for reply in shards.ask(asks.collect()).await? {
        if let Reply::Metrics(sheet) = reply {
            others.extend(sheet.told.into_iter().map(|told| naming(&told).give(&told)));
        }
    }
    let mut tried: Vec<&MetricFilter> = Vec::new();
    let mut filtered = Vec::new();
    for filter in &definitions.metric_filters {
        // The same description in two files is one filter.
        let same = |other: &&MetricFilter| {
            (&other.name, &other.group, &other.pattern, &other.transformations)
                == (&filter.name, &filter.group, &filter.pattern, &filter.transformations)
        };
        if !tried.iter().any(same) {
            tried.push(filter);
            filtered.extend(events::filtered(shards, filter).await?);
        }
    }
    others.extend(events::together(filtered));
    let sheet_faults: Vec<(String, u64)> = sheets.iter().flat_map(|sheet| sheet.faults.clone()).collect();
    let mut listed: Vec<Metric> = sheets.into_iter().flat_map(|sheet| sheet.listed).collect();
    listed.sort();
    listed.dedup();
    let mut asks = vec![Ask::HoldMetrics { own: Vec::new(), others: Vec::new(), listed: Vec::new() }; shards.count()];
    asks[shard] = Ask::HoldMetrics { own, others, listed };
    let mut catalog = Catalog::default();
    for (at, reply) in shards.ask(asks).await?.into_iter().enumerate() {
        let Reply::Catalog(found) = reply else { return Err(Lost) };
        if at == shard {
            catalog = *found;
        }
    }
    faults.extend(invalid(sheet_faults));
    faults.sort();
    faults.dedup();
    Ok(Held { shard, catalog, faults })
}

/// What is wrong with embedded metrics, in sentences.
fn invalid(faults: Vec<(String, u64)>) -> impl Iterator<Item = (Option<u32>, String)> {
    let mut sums: BTreeMap<String, u64> = BTreeMap::new();
    for (fault, count) in faults {
        *sums.entry(fault).or_default() += count;
    }
    sums.into_iter().map(|(fault, count)| (None, format!("Embedded metrics, {count} times: {fault}")))
}

/// What values are called: by a person, else by the request of their id, else by their label and file.
fn name(
    told: &Told,
    requests: &[Request],
    paths: &[String],
    names: &[Named],
    faults: &mut Vec<(Option<u32>, String)>,
) -> Naming {
    let mut naming = Naming { metric: told.metric.clone(), id: told.id.clone(), statistic: None, period: told.period };
    if told.metric.namespace.is_some() {
        naming.id = None;
        return naming;
    }
    let file = told.origins.first().and_then(|(origin, _)| match origin {
        Origin::File(file) => Some(*file),
        _ => None,
    });
    let path = |file: u32| paths.get(file as usize).map_or("", String::as_str);
    let own = file.map(path).unwrap_or_default();
    let folder = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    let mut known: Vec<&Request> =
        requests.iter().filter(|request| told.id.as_ref().is_some_and(|id| *id == request.id)).collect();
    if known.len() > 1 {
        let near: Vec<&Request> =
            known.iter().copied().filter(|request| folder(path(request.file)) == folder(own)).collect();
        if !near.is_empty() {
            known = near;
        }
        known.dedup_by(|a, b| {
            a.metric == b.metric && a.statistic == b.statistic && a.period == b.period && a.expression == b.expression
        });
    }
    match known[..] {
        [request] => {
            naming.statistic.clone_from(&request.statistic);
            naming.period = naming.period.or(request.period);
            if let Some(metric) = &request.metric {
                let unit = told.metric.unit.clone().or_else(|| metric.unit.clone());
                naming.metric = Metric { unit, ..metric.clone() };
                naming.id = None;
                return naming;
            }
        }
        [] => {}
        _ => faults.push((
            file,
            format!(
                "Several requests ask for the id {}, and not just one of them lies beside this file: which one it answers is not known.",
                told.id.as_deref().unwrap_or_default()
            ),
        )),
    }
    naming.metric.dimensions = vec![(FILE.to_owned(), own.to_owned())];
    if let Some(named) = names.iter().find(|named| named.listed == naming.metric) {
        naming.metric = named.metric.clone();
        naming.statistic = named.statistic.clone().or(naming.statistic);
        naming.id = None;
    }
    naming
}
