//! An event in plain sentences: who did what, on what, when, from where, how it ended and why. Built from the record and its
//! derived values alone; what they do not tell is left out. Names, codes and ids are the record's own words.

use super::calls::{SIGN_IN, SUMMARY, service};
use super::{Derived, reason};
use crate::time;
use serde_json::Value;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words of ours.
    Plain(String),
    /// A value of the event.
    Datum {
        /// As short as it can be said.
        shown: String,
        /// The whole of it, as it is searched for.
        value: String,
        /// Its field as it is written in a query; `None` when it is no value of one field.
        field: Option<&'static str>,
        /// One of the two that the eye should find first: who, and what.
        main: bool,
    },
    /// How it ended, by the value of `@result`.
    Emphasis {
        /// The word for it.
        word: &'static str,
        /// The value of `@result`.
        result: &'static str,
    },
}

/// The sentences as plain text.
#[must_use]
pub fn plain(parts: &[Part]) -> String {
    let texts = parts.iter().map(|part| match part {
        Part::Plain(words) => words.as_str(),
        Part::Datum { shown, .. } => shown.as_str(),
        Part::Emphasis { word, .. } => word,
    });
    texts.collect()
}

/// What the service said about a failure, in its own words; they may be long.
#[must_use]
pub fn message(record: &Value) -> Option<&str> {
    text(record, &["errorMessage"])
}

/// The sentences about an event. `when` writes a time (milliseconds since the epoch) with its day and its zone.
#[must_use]
pub fn sentence(record: &Value, derived: &[(Derived, String)], when: &dyn Fn(i64) -> String) -> Vec<Part> {
    let told = Told { record, derived, when };
    let mut parts = Parts::default();
    let category = told.derived(Derived::Category).unwrap_or_default();
    if record.get("insightDetails").is_some_and(Value::is_object) {
        told.insight(&mut parts);
    } else if category == SUMMARY {
        told.summary(&mut parts);
    } else if text(record, &["eventType"]) == Some("AwsServiceEvent") {
        told.service_event(&mut parts);
    } else {
        told.call(&mut parts);
    }
    parts.0
}

/// A text of the record that is there and not empty.
fn text<'a>(record: &'a Value, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(record, |value, key| value.get(key))?.as_str().filter(|text| !text.trim().is_empty())
}

/// A text or number of the record, as text.
fn scalar(record: &Value, path: &[&str]) -> Option<String> {
    match path.iter().try_fold(record, |value, key| value.get(key))? {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn say(&mut self, words: &str) {
        if let Some(Part::Plain(before)) = self.0.last_mut() {
            before.push_str(words);
        } else {
            self.0.push(Part::Plain(words.to_owned()));
        }
    }

    fn datum(&mut self, shown: &str, value: &str, field: Option<&'static str>) {
        self.0.push(Part::Datum { shown: shown.trim().into(), value: value.into(), field, main: false });
    }

    fn main(&mut self, shown: &str, value: &str, field: Option<&'static str>) {
        self.0.push(Part::Datum { shown: shown.trim().into(), value: value.into(), field, main: true });
    }

    /// Words and the value behind them, when there is one.
    fn with(&mut self, words: &str, value: Option<&str>, field: Option<&'static str>) {
        if let Some(value) = value {
            self.say(words);
            self.datum(value, value, field);
        }
    }
}

/// What an event tells.
struct Told<'a> {
    record: &'a Value,
    derived: &'a [(Derived, String)],
    when: &'a dyn Fn(i64) -> String,
}

impl<'a> Told<'a> {
    fn text(&self, path: &[&str]) -> Option<&'a str> {
        text(self.record, path)
    }

    fn derived(&self, wanted: Derived) -> Option<&'a str> {
        let found = self.derived.iter().find(|(derived, _)| *derived == wanted);
        found.map(|(_, text)| text.as_str()).filter(|text| !text.trim().is_empty())
    }

    /// ` on 10 Jul 2023 at 12:24:07 UTC`
    fn time(&self, parts: &mut Parts) {
        if let Some(at) = self.text(&["eventTime"]).and_then(time::parse) {
            parts.say(" on ");
            parts.say(&(self.when)(at));
        }
    }

    fn call(&self, parts: &mut Parts) {
        self.caller(parts);
        let name = self.text(&["eventName"]);
        let signs_in = self.text(&["eventSource"]) == Some(SIGN_IN) && name == Some("ConsoleLogin");
        match name {
            Some(name) if signs_in => {
                let well = self.derived(Derived::Result) == Some("success");
                parts.say(if well { " signed in to the console (" } else { " tried to sign in to the console (" });
                parts.main(name, name, Some("action"));
                parts.say(")");
                match self.text(&["additionalEventData", "MFAUsed"]) {
                    Some("Yes") => parts.say(" with MFA"),
                    Some("No") => parts.say(" without MFA"),
                    _ => {}
                }
            }
            Some(name) => {
                parts.say(" called ");
                parts.main(name, name, Some("action"));
            }
            None => parts.say(" made a call that the record does not name"),
        }
        if !signs_in {
            self.place(parts);
        }
        self.time(parts);
        self.origin(parts);
        parts.say(".");
        self.outcome(parts, signs_in);
    }

    /// In which service, on what.
    fn place(&self, parts: &mut Parts) {
        if let Some(source) = self.text(&["eventSource"]) {
            let short = self.derived(Derived::Service).unwrap_or_else(|| service(source));
            parts.with(" in ", Some(short), Some("service"));
        }
        self.resources(parts);
    }

    fn resources(&self, parts: &mut Parts) {
        let all: Vec<&str> = self
            .derived
            .iter()
            .filter(|(derived, text)| *derived == Derived::Resource && !text.trim().is_empty())
            .map(|(_, text)| text.as_str())
            .collect();
        let first = self.record.get("resources").and_then(|resources| resources.get(0));
        let named = first.and_then(|first| text(first, &["ARN"]).or_else(|| text(first, &["arn"])));
        let asked = || {
            let request = self.record.get("requestParameters")?;
            all.iter().copied().find(|name| says(request, name))
        };
        let Some(main) = named.or_else(asked).or_else(|| all.first().copied()) else { return };
        // An object says more than its bucket does.
        let main = all.iter().copied().find(|name| name.contains(&format!("{main}/"))).unwrap_or(main);
        parts.with(" on ", Some(main), Some("resource"));
        // The same thing may stand there by its name, too.
        let others = all.iter().filter(|name| !main.contains(**name) && !name.contains(main)).count();
        match others {
            0 => {}
            1 => parts.say(" and one more resource"),
            others => parts.say(&format!(" and {others} more resources")),
        }
    }

    /// From where, with what, through what.
    fn origin(&self, parts: &mut Parts) {
        let via = self.derived(Derived::Via);
        let actor = self.derived(Derived::Actor);
        let address =
            self.text(&["sourceIPAddress"]).filter(|address| Some(*address) != via && Some(*address) != actor);
        parts.with(" from ", address, Some("ip"));
        let agent = self.text(&["userAgent"]);
        let agent = agent.filter(|agent| ![via, actor, address].contains(&Some(agent.trim_matches(['[', ']']))));
        if let Some(agent) = agent {
            match program(agent) {
                Some(short) => {
                    parts.say(" (");
                    parts.datum(&short, agent, Some("agent"));
                    parts.say(")");
                }
                None => parts.say(" in the console"),
            }
        } else if self.text(&["sessionCredentialFromConsole"]) == Some("true") {
            parts.say(" in the console");
        }
        parts.with(", through ", via, Some("@via"));
        let endpoint = self.text(&["vpcEndpointId"]).filter(|id| id.starts_with("vpce-"));
        parts.with(", through VPC endpoint ", endpoint, Some("vpcEndpointId"));
    }

    fn outcome(&self, parts: &mut Parts, signs_in: bool) {
        let code = self.text(&["errorCode"]);
        let said = message(self.record);
        let read_only = self.record.get("readOnly").is_some_and(|value| *value == Value::Bool(true) || value == "true");
        let access = if read_only { " (read-only)." } else { "." };
        match self.derived(Derived::Result) {
            Some("success") if self.derived(Derived::Family) == Some("dry run") => {
                parts.say(" It was a dry run that would have ");
                parts.0.push(Part::Emphasis { word: "succeeded", result: "success" });
                parts.with(": ", code, Some("error"));
                parts.say(".");
            }
            Some("success") if signs_in => {}
            Some("success") => {
                parts.say(" It ");
                parts.0.push(Part::Emphasis { word: "succeeded", result: "success" });
                parts.say(access);
            }
            Some("denied") => {
                parts.say(" It was ");
                parts.0.push(Part::Emphasis { word: "denied", result: "denied" });
                parts.with(": ", code, Some("error"));
                if let Some(why) = reason::of_denial(code, said) {
                    parts.say(", because ");
                    parts.say(&why);
                }
                parts.say(".");
            }
            Some("error") => {
                parts.say(" It ");
                parts.0.push(Part::Emphasis { word: "failed", result: "error" });
                parts.with(": ", code, Some("error"));
                parts.say(".");
            }
            Some("unknown") => parts.say(" The record does not tell how it ended."),
            _ => {}
        }
    }

    /// Who, and what kind of a principal that is.
    fn caller(&self, parts: &mut Parts) {
        let who = |path: &[&str]| self.record.get("userIdentity").and_then(|identity| text(identity, path));
        let kind = who(&["type"]);
        let actor = self.derived(Derived::Actor).filter(|actor| !matches!(*actor, "unknown" | "unknown (hidden)"));
        let session = self.derived(Derived::Session);
        let issuer = who(&["sessionContext", "sessionIssuer", "arn"]);
        let account = who(&["accountId"]).filter(|account| !is_anonymous(account));
        let hidden = self.derived(Derived::Actor) == Some("unknown (hidden)");
        let anonymous = matches!(kind, Some("AWSAccount" | "Unknown") | None)
            && [who(&["principalId"]), who(&["accountId"])].into_iter().flatten().any(is_anonymous);
        let mut about = About::default();
        let name: Option<&str> = match kind {
            _ if anonymous || hidden => None,
            Some("AssumedRole" | "Role") => actor.map(last_segment),
            Some("FederatedUser") => session.or(actor.map(last_segment)),
            Some("Root") => Some("root"),
            Some("IAMUser") => who(&["userName"]).or(actor.map(last_segment)),
            Some("SAMLUser" | "WebIdentityUser") => who(&["userName"]).or(actor),
            Some("IdentityCenterUser") => who(&["onBehalfOf", "userId"]).or(actor),
            _ => actor,
        };
        match (name, actor) {
            (Some(name), actor) => parts.main(name, actor.unwrap_or(name), actor.map(|_| "actor")),
            _ if anonymous => parts.say("An anonymous caller"),
            _ if hidden => parts.say("Somebody whose name CloudTrail hides"),
            _ => parts.say("A caller that the record does not name"),
        }
        match kind {
            Some("IAMUser") => about.word("IAM user"),
            Some("AssumedRole") => {
                match actor.and_then(permission_set) {
                    Some(set) => about.datum("IAM Identity Center permission set ", set, None),
                    None => about.word("assumed role"),
                }
                about.some("session ", session, Some("session"));
            }
            Some("Role") => {
                about.word("role");
                about.some("session ", session, Some("session"));
            }
            Some("Root") => about.word("root user"),
            Some("FederatedUser") => {
                about.word("federated user");
                about.some("credentials of ", issuer.filter(|issuer| Some(*issuer) != name), Some("actor"));
            }
            Some("SAMLUser") => {
                about.word("SAML user");
                about.some("identity provider ", who(&["identityProvider"]), None);
            }
            Some("WebIdentityUser") => {
                about.word("web identity");
                about.some("identity provider ", who(&["identityProvider"]), None);
            }
            Some("IdentityCenterUser") => about.word("IAM Identity Center user"),
            Some("Directory") => about.word("directory user"),
            Some("AWSService") => about.word("AWS service"),
            _ => {}
        }
        let provider = who(&["sessionContext", "webIdFederationData", "federatedProvider"]);
        about.some("federated by ", provider.map(last_segment), None);
        let source = who(&["sessionContext", "sourceIdentity"]);
        let source = source.or_else(|| who(&["sessionContext", "attributes", "sourceIdentity"]));
        about.some("source identity ", source, Some("human"));
        if who(&["sessionContext", "attributes", "mfaAuthenticated"]) == Some("true") {
            about.word("MFA");
        }
        about.some("account ", account, Some("userIdentity.accountId"));
        let recipient = self.text(&["recipientAccountId"]);
        let across = recipient.filter(|recipient| account.is_some_and(|account| account != *recipient));
        about.some("calling into account ", across, Some("account"));
        about.some("delegate of account ", who(&["invokedByDelegate", "accountId"]), None);
        about.put(parts);
    }

    fn service_event(&self, parts: &mut Parts) {
        let short = self.derived(Derived::Service);
        match self.derived(Derived::Actor).filter(|actor| *actor != "unknown") {
            Some(actor) => parts.main(actor, actor, Some("actor")),
            None => match short {
                Some(short) => parts.main(short, short, Some("service")),
                None => parts.say("An AWS service"),
            },
        }
        parts.say(" reported ");
        match self.text(&["eventName"]) {
            Some(name) => parts.main(name, name, Some("action")),
            None => parts.say("something that the record does not name"),
        }
        parts.say(", a service event");
        parts.with(" of ", short, Some("service"));
        parts.say(",");
        self.resources(parts);
        self.time(parts);
        parts.with(" in account ", self.text(&["recipientAccountId"]), Some("account"));
        // The comma before the place is only wanted when there is one.
        if let Some(Part::Plain(last)) = parts.0.last_mut()
            && last.ends_with(',')
        {
            last.pop();
        }
        parts.say(".");
        if matches!(self.derived(Derived::Result), Some("denied" | "error")) {
            self.outcome(parts, false);
        }
    }

    fn insight(&self, parts: &mut Parts) {
        let detail = |path: &[&str]| self.record.get("insightDetails").and_then(|detail| text(detail, path));
        let number = |which: &str| {
            let found = scalar(self.record, &["insightDetails", "insightContext", "statistics", which, "average"])?;
            found.parse::<f64>().ok().filter(|number| number.is_finite()).map(short_number)
        };
        let kind = detail(&["insightType"]);
        parts.say("CloudTrail Insights reported ");
        match detail(&["state"]) {
            Some("Start") => parts.say("the start of "),
            Some("End") => parts.say("the end of "),
            _ => {}
        }
        let errors = kind == Some("ApiErrorRateInsight");
        parts.say(if errors { "an unusual rate of errors" } else { "an unusual rate of calls" });
        if let Some(kind) = kind {
            parts.say(" (");
            parts.datum(kind, kind, Some("insightDetails.insightType"));
            parts.say(")");
        }
        if let Some(name) = detail(&["eventName"]) {
            parts.say(if errors { " from " } else { " to " });
            parts.main(name, name, Some("insightDetails.eventName"));
        }
        parts.with(" in ", detail(&["eventSource"]).map(service), None);
        self.time(parts);
        parts.with(", with ", detail(&["errorCode"]), Some("insightDetails.errorCode"));
        parts.with(" in account ", self.text(&["recipientAccountId"]), Some("account"));
        if let Some(seen) = number("insight") {
            parts.say(&format!(": {seen} a minute on average"));
            if let Some(usual) = number("baseline") {
                parts.say(&format!(", usually {usual}"));
            }
        }
        parts.say(".");
    }

    fn summary(&self, parts: &mut Parts) {
        parts.say("A summary, not a call: data events");
        parts.with(" of ", self.derived(Derived::Service), Some("service"));
        let edge = |which: &str| self.text(&["timeWindow", which]).and_then(time::parse).map(self.when);
        if let (Some(from), Some(to)) = (edge("windowStart"), edge("windowEnd")) {
            parts.say(&format!(" from {from} to {to}"));
        }
        let account = self.text(&["accountId"]).or_else(|| self.text(&["recipientAccountId"]));
        parts.with(" in account ", account, None);
        let first = self.record.get("summary").and_then(|summary| summary.get("primaryDimension"));
        if let Some(first) = first {
            parts.with(", counted by ", text(first, &["dimension"]), None);
            let counts = first.get("statistics").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            for (at, count) in counts.iter().take(3).enumerate() {
                if let (Some(name), Some(value)) = (text(count, &["name"]), scalar(count, &["value"])) {
                    parts.say(if at == 0 { ": " } else { ", " });
                    parts.datum(name, name, None);
                    parts.say(&format!(" {value}"));
                }
            }
            if counts.len() > 3 {
                parts.say(&format!(" and {} more", counts.len() - 3));
            }
        }
        parts.say(".");
    }
}

/// What stands in the parentheses behind a name.
#[derive(Default)]
struct About(Vec<(String, Option<OfField>)>);

/// A value and the field it is of.
type OfField = (String, Option<&'static str>);

impl About {
    fn word(&mut self, word: &str) {
        self.0.push((word.to_owned(), None));
    }

    fn datum(&mut self, words: &str, value: &str, field: Option<&'static str>) {
        self.0.push((words.to_owned(), Some((value.to_owned(), field))));
    }

    fn some(&mut self, words: &str, value: Option<&str>, field: Option<&'static str>) {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.datum(words, value, field);
        }
    }

    fn put(self, parts: &mut Parts) {
        let any = !self.0.is_empty();
        for (at, (words, datum)) in self.0.into_iter().enumerate() {
            parts.say(if at == 0 { " (" } else { ", " });
            parts.say(&words);
            if let Some((value, field)) = datum {
                parts.datum(&value, &value, field);
            }
        }
        if any {
            parts.say(")");
        }
    }
}

/// Whether a text stands anywhere in a value.
fn says(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Array(elements) => elements.iter().any(|element| says(element, wanted)),
        Value::Object(members) => members.values().any(|member| says(member, wanted)),
        _ => false,
    }
}

fn is_anonymous(text: &str) -> bool {
    text.eq_ignore_ascii_case("ANONYMOUS_PRINCIPAL") || text.eq_ignore_ascii_case("anonymous")
}

/// Behind the last slash, or of an ARN without one behind the last colon.
fn last_segment(name: &str) -> &str {
    let last = name.rsplit_once('/').map_or(name, |(_, last)| last);
    let last = if name.starts_with("arn:") { last.rsplit_once(':').map_or(last, |(_, last)| last) } else { last };
    if last.is_empty() { name } else { last }
}

/// The permission set that a role of IAM Identity Center is made for: `AWSReservedSSO_NAME_0123456789abcdef`.
fn permission_set(role: &str) -> Option<&str> {
    let (name, hex) = last_segment(role).strip_prefix("AWSReservedSSO_")?.rsplit_once('_')?;
    (!name.is_empty() && !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(name)
}

/// Names by which browsers tell themselves apart, the one that others also use last.
const BROWSERS: [&str; 5] = ["Edg/", "OPR/", "Firefox/", "Chrome/", "Safari/"];

/// The program that a user agent names first; `None` for the console itself.
fn program(agent: &str) -> Option<String> {
    let agent = agent.trim().trim_start_matches('[').trim_end_matches(']');
    if matches!(agent, "console.amazonaws.com" | "signin.amazonaws.com") || agent.starts_with("AWS Internal Console") {
        return None;
    }
    let words: Vec<&str> = agent.split_whitespace().collect();
    let begins = |part: &str| words.iter().copied().find(|word| word.starts_with(part));
    let found = match words[..] {
        // A browser names the ones it resembles first; a partner of AWS stands before its program.
        [first, ..] if first.starts_with("Mozilla/") => BROWSERS.into_iter().find_map(begins).unwrap_or(first),
        [apn, _, solution, ..] if apn.starts_with("APN/") => solution,
        ["AWS", "Internal", ..] => "AWS Internal",
        [first, ..] => first,
        [] => agent,
    };
    Some(found.trim_end_matches([',', ';']).to_owned())
}

/// A number with as many digits as say something.
fn short_number(number: f64) -> String {
    let digits = match number.abs() {
        0.0 => 0,
        size if size < 0.01 => 6,
        size if size < 100.0 => 2,
        _ => 1,
    };
    let text = format!("{number:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_named_shortly() {
        for (agent, name) in [
            ("aws-cli/2.11.20 Python/3.11.3 Linux/5.15", Some("aws-cli/2.11.20")),
            ("[Boto3/1.26 Python/3.10]", Some("Boto3/1.26")),
            ("APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io)", Some("Terraform/1.1.2")),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0", Some("Firefox/102.0")),
            ("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/114.0.0.0 Safari/537.36", Some("Chrome/114.0.0.0")),
            ("console.amazonaws.com", None),
            ("AWS Internal", Some("AWS Internal")),
        ] {
            assert_eq!(program(agent).as_deref(), name, "{agent}");
        }
    }

    #[test]
    fn names_are_the_ends_of_arns() {
        assert_eq!(last_segment("arn:aws:iam::123456789012:user/team/alice"), "alice");
        assert_eq!(last_segment("arn:aws:iam::123456789012:root"), "root");
        assert_eq!(last_segment("mail/"), "mail/");
        assert_eq!(permission_set("role/AWSReservedSSO_Read_Only_0123abcd"), Some("Read_Only"));
        assert_eq!(permission_set("role/Admin"), None);
    }

    #[test]
    fn numbers_stay_short() {
        let short = [664.0, 85.420_238, 0.000_088_214_5, 0.0, 0.6].map(short_number);
        assert_eq!(short, ["664", "85.42", "0.000088", "0", "0.6"]);
    }
}
