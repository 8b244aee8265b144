//! One record: the envelope around a call, and the choice of what happens next.

use std::fmt::Write as _;

use super::actor::{Actor, Who};
use super::calls::{self, Caller, Spec};
use super::clock;
use super::names::Pool;
use super::plan::{Plan, Session, WINDOW};
use super::rng::{BASE32, Rng, Weighted};
use super::template::{Scene, Template};
use super::world::{self, ACCOUNT, ACCOUNTS, Class, REGIONS, World};

/// Names of the calls that a burst consists of: discovery with a leaked key, an inventory that is throttled, and a
/// loop.
const BURSTS: [&[&str]; 3] = [
    &[
        "ListBuckets",
        "ListUsers",
        "GetRole",
        "ListAttachedRolePolicies",
        "DescribeInstances",
        "GetSecretValue",
        "AssumeRole",
        "GetCallerIdentity",
    ],
    &["DescribeInstances", "DescribeVolumes", "DescribeNetworkInterfaces", "DescribeAutoScalingGroups"],
    &["Decrypt"],
];

/// A call with its templates compiled.
pub struct Call {
    /// What it was compiled from.
    pub spec: &'static Spec,
    callers: Weighted,
    /// `1.08` and so on: services move to new versions one by one.
    version: &'static str,
    request: Template,
    response: Template,
    failure: Template,
    resources: Template,
    extra: Template,
    details: Template,
    host: Template,
    errors: Vec<Failure>,
}

/// A way in which a call fails.
pub struct Failure {
    per_mille: u32,
    code: &'static str,
    message: Template,
}

impl Failure {
    /// A failure that happens where it is told to.
    pub fn new(code: &'static str, message: &str) -> Self {
        Self { per_mille: 0, code, message: Template::new(message) }
    }

    /// Whether it is a want of permission.
    fn is_denial(&self) -> bool {
        self.code.ends_with("AccessDenied") || self.code.ends_with("UnauthorizedOperation")
    }
}

/// All calls, ready to be drawn from.
pub struct Menu {
    calls: Vec<Call>,
    everywhere: Weighted,
    regional: Weighted,
    bursts: [Vec<usize>; 3],
}

impl Menu {
    /// Compiles all calls.
    pub fn new(s3_heavy: bool) -> Self {
        let calls: Vec<Call> = calls::all().map(Call::new).collect();
        let weight = |spec: &Spec| match spec.source {
            // Nine of ten records, as in an account whose trail logs every object.
            "s3" if spec.data && s3_heavy => spec.weight * 60,
            _ => spec.weight,
        };
        let everywhere = Weighted::new(calls.iter().map(|call| weight(call.spec)));
        let regional = Weighted::new(calls.iter().map(|call| if call.spec.global { 0 } else { weight(call.spec) }));
        let bursts = BURSTS.map(|names| {
            let named =
                |name: &&str| calls.iter().position(|call| call.spec.name == *name).expect("a call of this name");
            names.iter().map(named).collect()
        });
        Self { calls, everywhere, regional, bursts }
    }
}

/// Writes the body of one file: its records with commas between them.
pub fn file_body(out: &mut String, menu: &Menu, world: &World, plan: &Plan, file: usize) {
    let this = &plan.files[file];
    let rng = Rng::stream(plan.size.seed, file as u64);
    let mut scene = Scene::new(world, rng, this.account, this.region);
    let mut issued = this.issued.clone();
    for n in 0..plan.size.per_file {
        if n > 0 {
            out.push(',');
        }
        // The issuing calls lie somewhere among the others, never in the order of time.
        let left = plan.size.per_file - n;
        if !issued.is_empty()
            && scene.rng.below(left) < issued.len()
            && let Some(session) = issued.next()
        {
            issue(out, &mut scene, &plan.sessions[session]);
            continue;
        }
        let at = this.end - scene.rng.range(0, WINDOW - 1);
        scene.next(at);
        match this.burst {
            Some(burst) if scene.rng.per_mille(650) => burst_record(out, menu, &mut scene, plan, file, burst),
            _ => {
                let table = if this.region == 0 { &menu.everywhere } else { &menu.regional };
                let call = &menu.calls[table.draw(&mut scene.rng)];
                let caller = call.spec.callers[call.callers.draw(&mut scene.rng)].1;
                let actor = Actor::find(caller, &mut scene, plan, file);
                call.write(out, &mut scene, &actor, 0);
            }
        }
    }
}

fn burst_record<'a>(out: &mut String, menu: &Menu, scene: &mut Scene<'a>, plan: &'a Plan, file: usize, burst: usize) {
    let kind = burst % BURSTS.len();
    let call = &menu.calls[*scene.rng.pick(&menu.bursts[kind])];
    let world = scene.world;
    let (actor, denied) = match kind {
        0 => {
            let user = &world.users[ACCOUNTS * 8 + scene.account];
            let mut actor = Actor::new(Who::User(user), scene);
            actor.address = &world.addresses[world::STRANGE_ADDRESSES.start + burst % world::STRANGE_ADDRESSES.len()];
            (actor, 700)
        }
        1 => (Actor::find(Caller::Session(Class::Audit), scene, plan, file), 150),
        _ => (Actor::find(Caller::Session(Class::Task), scene, plan, file), 30),
    };
    call.write(out, scene, &actor, denied);
}

impl Call {
    /// Compiles a call.
    pub fn new(spec: &'static Spec) -> Self {
        let ec2 = spec.source == "ec2";
        let mut errors: Vec<Failure> = spec
            .errors
            .iter()
            .map(|&(per_mille, code, text)| Failure { per_mille, code, message: Template::new(text) })
            .collect();
        if spec.kind == "AwsApiCall" {
            let action =
                format!("{}:{}", spec.source, spec.name.trim_end_matches("20150331v2").trim_end_matches("20150331"));
            let denial = format!("User: <arn> is not authorized to perform: {action}");
            let (code, text) = if ec2 {
                let tail = "Encoded authorization failure message: <b64 120>";
                (
                    "Client.UnauthorizedOperation",
                    format!("You are not authorized to perform this operation. {denial}. {tail}"),
                )
            } else {
                (
                    "AccessDenied",
                    format!(
                        "{denial} because no <pick identity-based|identity-based|resource-based> policy allows the {action} action"
                    ),
                )
            };
            errors.push(Failure { per_mille: 36, code, message: Template::new(&text) });
            let (code, text) = match spec.source {
                "ec2" => ("Client.RequestLimitExceeded", "Request limit exceeded."),
                "s3" | "iam" => ("Throttling", "Rate exceeded"),
                _ => ("ThrottlingException", "Rate exceeded"),
            };
            errors.push(Failure { per_mille: 18, code, message: Template::new(text) });
        }
        let bytes = spec.source.bytes().map(usize::from).sum::<usize>();
        let host = match spec.host {
            "" => format!("{}.<region>.amazonaws.com", spec.source),
            host => host.to_owned(),
        };
        Self {
            spec,
            callers: Weighted::new(spec.callers.iter().map(|caller| caller.0)),
            version: ["1.08", "1.09", "1.10", "1.11", "1.11"][bytes % 5],
            request: Template::new(spec.request),
            response: Template::new(spec.response),
            failure: Template::new(spec.failure),
            resources: Template::new(spec.resources),
            extra: Template::new(spec.extra),
            details: Template::new(spec.details),
            host: Template::new(&host),
            errors,
        }
    }

    /// Writes one record; `denied` is how many of a thousand fail for want of permission on top of the usual.
    fn write(&self, out: &mut String, scene: &mut Scene, actor: &Actor, denied: u32) {
        let failure = self.failure(scene, denied);
        self.write_ending(out, scene, actor, failure);
    }

    /// Writes one record of a call that ends as told.
    pub fn write_ending(&self, out: &mut String, scene: &mut Scene, actor: &Actor, failure: Option<&Failure>) {
        let spec = self.spec;
        head(out, scene, actor, self.version, spec.source, spec.name);
        if let Some(failure) = failure {
            if !failure.code.is_empty() {
                let _ = write!(out, r#","errorCode":"{}""#, failure.code);
            }
            if !failure.message.is_empty() {
                out.push_str(r#","errorMessage":""#);
                failure.message.write(out, scene);
                out.push('"');
            }
        }
        out.push_str(r#","requestParameters":"#);
        // Some services drop the parameters of calls they refuse.
        match failure {
            Some(failure) if failure.code == "AccessDenied" && spec.source != "s3" => {
                out.push_str("null");
            }
            _ => self.request.write(out, scene),
        }
        out.push_str(r#","responseElements":"#);
        let response = if failure.is_some() { &self.failure } else { &self.response };
        response.write(out, scene);
        optional(out, scene, r#","additionalEventData":"#, &self.extra, "");
        if spec.source == "s3" {
            let _ = write!(out, r#","requestID":"{}""#, scene.rng.string(BASE32, 16));
        } else if spec.kind == "AwsApiCall" {
            out.push_str(r#","requestID":""#);
            scene.rng.uuid(out);
            out.push('"');
        }
        out.push_str(r#","eventID":""#);
        scene.rng.uuid(out);
        let _ = write!(out, r#"","readOnly":{}"#, spec.read);
        optional(out, scene, r#","resources":["#, &self.resources, "]");
        let _ = write!(out, r#","eventType":"{}""#, spec.kind);
        if !spec.api.is_empty() {
            let _ = write!(out, r#","apiVersion":"{}""#, spec.api);
        }
        let account = ACCOUNT[scene.account].0;
        let _ = write!(out, r#","managementEvent":{},"recipientAccountId":"{account}""#, !spec.data);
        if matches!(actor.who, Who::Service(_) | Who::Foreign(_)) {
            out.push_str(r#","sharedEventID":""#);
            scene.rng.uuid(out);
            out.push('"');
        }
        if actor.endpoint {
            let endpoint = scene.name(Pool::Endpoint);
            let _ = write!(out, r#","vpcEndpointId":"{endpoint}","vpcEndpointAccountId":"{account}""#);
        }
        optional(out, scene, r#","serviceEventDetails":"#, &self.details, "");
        tail(out, scene, actor, spec.source, spec.data, &self.host);
    }

    /// How it fails for want of permission.
    pub fn denial(&self) -> Option<&Failure> {
        self.errors.iter().find(|failure| failure.is_denial())
    }

    /// How it fails on an ordinary day, if it does: seldom, and hardly ever for want of permission.
    pub fn mishap(&self, scene: &mut Scene) -> Option<&Failure> {
        let mut at = scene.rng.below(4000) as u32;
        self.errors.iter().filter(|failure| !failure.is_denial()).find(|failure| {
            let hit = at < failure.per_mille;
            at = at.wrapping_sub(failure.per_mille);
            hit
        })
    }

    fn failure(&self, scene: &mut Scene, denied: u32) -> Option<&Failure> {
        let mut at = scene.rng.below(1000) as u32;
        if at < denied {
            return self.denial();
        }
        self.errors.iter().find(|failure| {
            let hit = at < failure.per_mille;
            at = at.wrapping_sub(failure.per_mille);
            hit
        })
    }
}

/// Writes `prefix`, the template and `suffix`, or nothing when the template is empty.
fn optional(out: &mut String, scene: &mut Scene, prefix: &str, template: &Template, suffix: &str) {
    if !template.is_empty() {
        out.push_str(prefix);
        template.write(out, scene);
        out.push_str(suffix);
    }
}

/// Writes a record's beginning, up to the agent.
fn head(out: &mut String, scene: &mut Scene, actor: &Actor, version: &str, source: &str, name: &str) {
    let _ = write!(out, r#"{{"eventVersion":"{version}","userIdentity":"#);
    actor.who.write(out, scene);
    out.push_str(r#","eventTime":""#);
    clock::iso(out, scene.at);
    let _ = write!(
        out,
        r#"","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"{}","sourceIPAddress":"{}","userAgent":"#,
        REGIONS[scene.region], actor.address
    );
    // S3 puts the agent into brackets.
    let _ = match source {
        "s3" => write!(out, r#""[{}]""#, actor.agent),
        _ => write!(out, r#""{}""#, actor.agent),
    };
}

/// Writes a record's end, from the category on.
fn tail(out: &mut String, scene: &mut Scene, actor: &Actor, source: &str, data: bool, host: &Template) {
    let category = if data { "Data" } else { "Management" };
    let _ = write!(out, r#","eventCategory":"{category}""#);
    if !actor.is_service() {
        // By agent: a client speaks the TLS its library speaks.
        // The services that keep secrets were the first to agree on keys in the new way.
        let post_quantum = matches!(source, "kms" | "secretsmanager") && !actor.agent.len().is_multiple_of(4);
        let (version, suite) = match actor.agent.len() % 4 {
            0 => ("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256"),
            _ => ("TLSv1.3", "TLS_AES_128_GCM_SHA256"),
        };
        let _ = write!(
            out,
            r#","tlsDetails":{{"tlsVersion":"{version}","cipherSuite":"{suite}","clientProvidedHostHeader":""#
        );
        host.write(out, scene);
        out.push('"');
        if post_quantum {
            out.push_str(r#","keyExchange":"X25519MLKEM768""#);
        }
        out.push('}');
    }
    if actor.console {
        out.push_str(r#","sessionCredentialFromConsole":"true""#);
    }
    out.push('}');
}

/// Writes the record that issues a session's credentials: its key and its time are those that the session shows later.
pub fn issue(out: &mut String, scene: &mut Scene, session: &Session) {
    scene.next(session.start);
    let world = scene.world;
    let role = &world.roles[session.role];
    let service = match role.class {
        Class::Task => "ecs-tasks.amazonaws.com",
        Class::Lambda => "lambda.amazonaws.com",
        Class::Instance => "ec2.amazonaws.com",
        _ if role.name.ends_with("Config") => "config.amazonaws.com",
        _ => "autoscaling.amazonaws.com",
    };
    let (name, who) = match role.class {
        Class::Pod => ("AssumeRoleWithWebIdentity", Who::Web(session)),
        Class::Ci if session.name.starts_with("deploy") => ("AssumeRoleWithWebIdentity", Who::Web(session)),
        // The user "ci-legacy" and its like in the other accounts.
        Class::Ci => ("AssumeRole", Who::User(&world.users[ACCOUNTS * 8 + scene.account])),
        Class::Person => ("AssumeRoleWithSAML", Who::Saml(session)),
        Class::Audit => ("AssumeRole", Who::Foreign((scene.account + 1) % ACCOUNTS)),
        _ => ("AssumeRole", Who::Service(service)),
    };
    let more = match role.class {
        Class::Audit => r#","externalId":"posture-7f21","sourceIdentity":"posture-scanner""#,
        Class::Person => {
            r#","sAMLAssertionID":"_5c1d7a90-0d55-43b5-9c13-7d5fd1b6b8b4","principalArn":"arn:aws:iam::777788889999:saml-provider/AWSSSO_51c7de90b1_DO_NOT_DELETE""#
        }
        _ => "",
    };
    issue_to(out, scene, session, name, who, more, None);
}

/// Writes the record that issues a session's credentials to somebody. `more` goes into the request; `shared` are the
/// requestID and sharedEventID of a call that two accounts have a record of.
pub fn issue_to(
    out: &mut String,
    scene: &mut Scene,
    session: &Session,
    name: &str,
    who: Who,
    more: &str,
    shared: Option<&[String; 2]>,
) {
    let world = scene.world;
    let role = &world.roles[session.role];
    let account = ACCOUNT[role.account].0;
    // A session is not borrowed for as long as a scene's names are: a scene of its own, with the same randomness.
    let mut own = Scene::new(world, scene.rng.clone(), scene.account, scene.region);
    own.next(session.start);
    let actor = Actor::new(who, &mut own);
    head(out, &mut own, &actor, "1.11", "sts", name);
    let arn = format!("arn:aws:iam::{account}:role{}{}", role.path, role.name);
    let _ = write!(
        out,
        r#","requestParameters":{{"roleArn":"{arn}","roleSessionName":"{}","durationSeconds":{}"#,
        session.name, session.life
    );
    out.push_str(more);
    let _ = write!(out, r#"}},"responseElements":{{"credentials":{{"accessKeyId":"{}","sessionToken":""#, session.key);
    own.rng.base64(out, 120);
    out.push_str(r#"","expiration":""#);
    clock::us(out, session.start + session.life);
    out.push_str(r#""}"#);
    // Services that assume a role for themselves leave the assumed user out.
    if !actor.is_service() {
        let _ = write!(
            out,
            r#","assumedRoleUser":{{"assumedRoleId":"{}:{name}","arn":"arn:aws:sts::{account}:assumed-role/{}/{name}"}}"#,
            role.id,
            role.name,
            name = session.name
        );
    }
    if let Who::Web(_) = who {
        out.push_str(r#","provider":"arn:aws:iam::777788889999:oidc-provider/ci.harborline.example","audience":"sts.amazonaws.com""#);
    }
    out.push_str(r#"},"requestID":""#);
    match shared {
        Some([request, _]) => out.push_str(request),
        None => own.rng.uuid(out),
    }
    out.push_str(r#"","eventID":""#);
    own.rng.uuid(out);
    let recipient = ACCOUNT[own.account].0;
    let _ = write!(
        out,
        r#"","readOnly":true,"resources":[{{"accountId":"{account}","type":"AWS::IAM::Role","ARN":"{arn}"}}],"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{recipient}""#
    );
    if let Some([_, event]) = shared {
        let _ = write!(out, r#","sharedEventID":"{event}""#);
    } else if matches!(who, Who::Service(_) | Who::Foreign(_)) {
        out.push_str(r#","sharedEventID":""#);
        own.rng.uuid(out);
        out.push('"');
    }
    tail(out, &mut own, &actor, "sts", false, &Template::new("sts.<region>.amazonaws.com"));
    scene.rng = own.rng;
}
