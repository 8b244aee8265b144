//! Definitions: files that say what somebody configured, kept as text while they are read and understood here
//! (`spec/FORMATS.md` 2.9): `logs describe-metric-filters`, `describe-log-groups`, `describe-log-streams`,
//! `describe-subscription-filters` and `describe-export-tasks`.

use crate::import::kind::Kind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A file that defines something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its number.
    pub file: u32,
    /// What it is; see [`Kind::is_definition`].
    pub kind: Kind,
    /// What it holds: JSON, or what should be.
    pub text: String,
}

/// All that the documents define, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definitions {
    /// Metric filters.
    pub metric_filters: Vec<MetricFilter>,
    /// Log groups.
    pub groups: Vec<LogGroup>,
    /// Log streams.
    pub streams: Vec<LogStream>,
    /// Subscription filters.
    pub subscription_filters: Vec<SubscriptionFilter>,
    /// Exports to S3: the id of each task, and the log group that it exported.
    pub export_tasks: Vec<(String, String)>,
    /// What could not be understood: the file, and a sentence.
    pub faults: Vec<(u32, String)>,
}

/// A metric filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MetricFilter {
    /// The file that defines it; `None` for one that a person typed.
    pub file: Option<u32>,
    /// Its name.
    pub name: String,
    /// Its pattern.
    pub pattern: String,
    /// The log group that it is applied to; old outputs do not tell.
    pub group: Option<String>,
    /// What it makes of matches: exactly one, as CloudWatch has it today.
    pub transformations: Vec<Transformation>,
    /// When it was made, milliseconds since the epoch.
    pub created: Option<i64>,
    /// Which of the group's accounts and regions it is applied to, as it was written: shown, and not evaluated.
    pub selection: Option<String>,
    /// It is applied to transformed events, which files do not hold.
    pub on_transformed: bool,
}

/// What a metric filter makes of a match.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transformation {
    /// The name of the metric.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The value of each sample, as it was written: `1`, `$size`, `$.latency`.
    pub value: String,
    /// What is published in a minute with events of which none matches.
    pub default: Option<f64>,
    /// The unit, one of CloudWatch's names.
    pub unit: Option<String>,
    /// Names of dimensions, and where their values stand.
    pub dimensions: Vec<(String, String)>,
}

/// A log group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogGroup {
    /// Its name.
    pub name: String,
    /// Days that its events are kept; `None`: for ever.
    pub retention_days: Option<u64>,
    /// Bytes that it stores, compressed.
    pub stored_bytes: Option<u64>,
    /// The key that encrypts it.
    pub kms_key: Option<String>,
    /// `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.
    pub class: Option<String>,
    /// When it was made, milliseconds since the epoch.
    pub created: Option<i64>,
    /// Number of its metric filters.
    pub metric_filters: Option<u64>,
}

/// A log stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogStream {
    /// The group that it is in, where its ARN tells.
    pub group: Option<String>,
    /// Its name.
    pub name: String,
    /// The time of its first event, milliseconds since the epoch.
    pub first: Option<i64>,
    /// The time of its last event.
    pub last: Option<i64>,
}

/// A subscription filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubscriptionFilter {
    /// Its name.
    pub name: String,
    /// Its pattern.
    pub pattern: String,
    /// The log group.
    pub group: Option<String>,
    /// The ARN of what it sends to.
    pub destination: String,
}

impl Definitions {
    /// Understands documents. What is wrong costs only itself.
    #[must_use]
    pub fn read(documents: &[Document]) -> Self {
        let mut all = Self::default();
        for document in documents {
            // One answer, or several pages one after the other.
            let mut values =
                serde_json::Deserializer::from_str(document.text.trim_start_matches('\u{feff}')).into_iter::<Value>();
            loop {
                match values.next() {
                    None => break,
                    Some(Ok(value)) => all.page(document.file, &value),
                    Some(Err(error)) => {
                        let what = format!(
                            "it is not JSON from line {} on ({error}); what stands before was kept",
                            error.line()
                        );
                        all.faults.push((document.file, what));
                        break;
                    }
                }
            }
        }
        all
    }

    /// Names of streams, and the group of each: of those that stand in one group only.
    #[must_use]
    pub fn groups_of_streams(&self) -> Vec<(String, String)> {
        let mut groups: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for stream in &self.streams {
            let Some(group) = stream.group.as_deref() else { continue };
            let known = groups.entry(&stream.name).or_insert(Some(group));
            *known = known.filter(|known| *known == group);
        }
        let certain = groups.into_iter().filter_map(|(name, group)| Some((name.to_owned(), group?.to_owned())));
        certain.collect()
    }

    fn page(&mut self, file: u32, value: &Value) {
        // A recorder of answers may have put one level around it.
        let value = value.get("data").filter(|inner| inner.is_object()).unwrap_or(value);
        if value.get("nextToken").is_some_and(|token| !token.is_null()) {
            self.faults.push((
                file,
                "it is one page of a longer list: export again without a limit to have the others".to_owned(),
            ));
        }
        let known = ["metricFilters", "logGroups", "logStreams", "subscriptionFilters", "exportTasks"];
        for key in known {
            let Some(list) = value.get(key) else { continue };
            let Some(list) = list.as_array() else {
                self.faults.push((file, format!("`{key}` is not an array; nothing was read from it")));
                continue;
            };
            for (at, element) in list.iter().enumerate() {
                let Some(object) = element.as_object() else {
                    self.faults.push((file, format!("element {at} of `{key}` is not an object; the others were kept")));
                    continue;
                };
                let read = match key {
                    "metricFilters" => metric_filter(file, object).map(|filter| self.metric_filters.push(filter)),
                    "logGroups" => log_group(object).map(|group| self.groups.push(group)),
                    "logStreams" => log_stream(object).map(|stream| self.streams.push(stream)),
                    "exportTasks" => wanted(object, "taskId")
                        .and_then(|task| Ok((task, wanted(object, "logGroupName")?)))
                        .map(|task| self.export_tasks.push(task)),
                    _ => subscription_filter(object).map(|filter| self.subscription_filters.push(filter)),
                };
                if let Err(what) = read {
                    self.faults.push((file, format!("element {at} of `{key}`: {what}; the others were kept")));
                }
            }
        }
    }
}

fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn wanted(object: &Map<String, Value>, key: &str) -> Result<String, String> {
    text(object, key).ok_or_else(|| format!("`{key}` is absent or not a string"))
}

/// A count or a time; a number in quotes is one, too.
fn whole(object: &Map<String, Value>, key: &str) -> Option<i64> {
    let value = object.get(key)?;
    value.as_i64().or_else(|| value.as_f64().map(|number| number as i64)).or_else(|| value.as_str()?.parse().ok())
}

fn count(object: &Map<String, Value>, key: &str) -> Option<u64> {
    whole(object, key).and_then(|number| u64::try_from(number).ok())
}

fn metric_filter(file: u32, object: &Map<String, Value>) -> Result<MetricFilter, String> {
    let transformations = object.get("metricTransformations").and_then(Value::as_array).cloned().unwrap_or_default();
    let transformation = |value: &Value| {
        let object = value.as_object().ok_or("a transformation is not an object")?;
        let default = match object.get("defaultValue") {
            None | Some(Value::Null) => None,
            Some(Value::Number(number)) => number.as_f64(),
            Some(other) => {
                Some(other.as_str().and_then(|text| text.parse().ok()).ok_or("`defaultValue` is not a number")?)
            }
        };
        // A value is a string; one that was exported through YAML may be a number.
        let value = match object.get("metricValue") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err("`metricValue` is absent or not a string".to_owned()),
        };
        let dimensions = object.get("dimensions").and_then(Value::as_object).cloned().unwrap_or_default();
        Ok(Transformation {
            name: wanted(object, "metricName")?,
            namespace: wanted(object, "metricNamespace")?,
            value,
            default,
            unit: text(object, "unit"),
            dimensions: dimensions
                .into_iter()
                .map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()))
                .collect(),
        })
    };
    Ok(MetricFilter {
        file: Some(file),
        name: wanted(object, "filterName")?,
        pattern: text(object, "filterPattern").unwrap_or_default(),
        group: text(object, "logGroupName"),
        transformations: transformations.iter().map(transformation).collect::<Result<_, String>>()?,
        created: whole(object, "creationTime"),
        selection: text(object, "fieldSelectionCriteria"),
        on_transformed: object.get("applyOnTransformedLogs").and_then(Value::as_bool).unwrap_or(false),
    })
}

fn log_group(object: &Map<String, Value>) -> Result<LogGroup, String> {
    Ok(LogGroup {
        name: wanted(object, "logGroupName")?,
        retention_days: count(object, "retentionInDays"),
        stored_bytes: count(object, "storedBytes"),
        kms_key: text(object, "kmsKeyId"),
        class: text(object, "logGroupClass"),
        created: whole(object, "creationTime"),
        metric_filters: count(object, "metricFilterCount"),
    })
}

fn log_stream(object: &Map<String, Value>) -> Result<LogStream, String> {
    // `arn:aws:logs:REGION:ACCOUNT:log-group:GROUP:log-stream:STREAM`
    let arn = text(object, "arn").unwrap_or_default();
    let group = arn.split_once(":log-group:").and_then(|(_, rest)| rest.split_once(":log-stream:"));
    Ok(LogStream {
        group: group.map(|(group, _)| group.to_owned()),
        name: wanted(object, "logStreamName")?,
        first: whole(object, "firstEventTimestamp"),
        last: whole(object, "lastEventTimestamp"),
    })
}

fn subscription_filter(object: &Map<String, Value>) -> Result<SubscriptionFilter, String> {
    Ok(SubscriptionFilter {
        name: wanted(object, "filterName")?,
        pattern: text(object, "filterPattern").unwrap_or_default(),
        group: text(object, "logGroupName"),
        destination: text(object, "destinationArn").unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Kind, text: &str) -> Definitions {
        Definitions::read(&[Document { file: 3, kind, text: text.to_owned() }])
    }

    #[test]
    fn a_bad_element_costs_only_itself() {
        let all = read(
            Kind::MetricFilters,
            r#"{"metricFilters":[
                {"filterName":"denied","filterPattern":"{ $.errorCode = \"AccessDenied*\" }","logGroupName":"trail","creationTime":1580565006000,
                 "metricTransformations":[{"metricName":"Denied","metricNamespace":"Security","metricValue":"1","defaultValue":0.0,"dimensions":{"Name":"$.eventName"}}]},
                {"filterPattern":"x"}, 7,
                {"filterName":"bytes","filterPattern":"[..., size]","metricTransformations":[{"metricName":"Bytes","metricNamespace":"Web","metricValue":"$size","unit":"Bytes"}]}
            ],"nextToken":"t"}"#,
        );
        let names: Vec<&str> = all.metric_filters.iter().map(|filter| filter.name.as_str()).collect();
        assert_eq!(names, ["denied", "bytes"]);
        let metric = &all.metric_filters[0].transformations[0];
        assert_eq!((metric.default, metric.dimensions.len()), (Some(0.0), 1));
        assert_eq!(all.faults.len(), 3, "{:?}", all.faults);
        assert!(all.faults.iter().all(|(file, _)| *file == 3));
    }

    #[test]
    fn groups_streams_and_subscriptions() {
        let all = read(
            Kind::LogsDescription,
            r#"{"logGroups":[{"logGroupName":"/aws/lambda/a","retentionInDays":30,"storedBytes":"120","metricFilterCount":1}]}
               {"logStreams":[{"logStreamName":"s","arn":"arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/a:log-stream:s","firstEventTimestamp":5}]}
               {"exportTasks":[{"taskId":"t","logGroupName":"g"},{"taskId":"u"}]}
               {"subscriptionFilters":[{"filterName":"f","logGroupName":"g","filterPattern":"","destinationArn":"arn:x"}]} {"#,
        );
        assert_eq!((all.groups[0].retention_days, all.groups[0].stored_bytes), (Some(30), Some(120)));
        assert_eq!(all.groups_of_streams(), [("s".to_owned(), "/aws/lambda/a".to_owned())]);
        assert_eq!((all.streams[0].group.as_deref(), all.streams[0].first), (Some("/aws/lambda/a"), Some(5)));
        assert_eq!(all.subscription_filters[0].destination, "arn:x");
        assert_eq!(all.export_tasks, [("t".to_owned(), "g".to_owned())]);
        assert_eq!(all.faults.len(), 2);
    }
}
