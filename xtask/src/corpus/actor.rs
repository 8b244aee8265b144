//! Who makes a call in one record: `userIdentity`, and where and with what they call.

use std::fmt::Write as _;

use super::calls::Caller;
use super::clock;
use super::plan::{Plan, Session};
use super::rng::{BASE32, Rng};
use super::template::Scene;
use super::world::{self, ACCOUNT, ACCOUNTS, Class, User, World};

/// Somebody about to make a call.
#[derive(Debug)]
pub struct Actor<'a> {
    /// Who it is.
    pub who: Who<'a>,
    /// `sourceIPAddress`
    pub address: &'a str,
    /// `userAgent`
    pub agent: &'a str,
    /// Whether the call comes through an endpoint of a VPC.
    pub endpoint: bool,
    /// Whether it was a browser.
    pub console: bool,
}

/// The kinds of identity.
#[derive(Clone, Copy, Debug)]
pub enum Who<'a> {
    /// A session of a role, on behalf of which a service may act.
    Session(&'a Session, Option<&'static str>),
    /// A user with a long-term key.
    User(&'a User),
    /// A user in the console.
    Console(&'a User),
    /// A user who has no credentials yet.
    SignIn(&'a User),
    /// The root user.
    Root,
    /// A service.
    Service(&'static str),
    /// A principal of the account with this index, seen from ours.
    Foreign(usize),
    /// No type.
    Nobody(&'static str),
    /// A token of Identity Center.
    IdentityCenter(&'a User),
    /// A workload with a token of an identity provider that becomes the session.
    Web(&'a Session),
    /// A person with an assertion that becomes the session.
    Saml(&'a Session),
    /// A user whose password was right.
    Entering(&'a User),
    /// A user in the console, with the key of that session and its begin.
    Entered(&'a User, &'a str, i64),
    /// A user of the account with this index, seen from ours.
    Neighbour(&'a User, usize),
}

impl<'a> Actor<'a> {
    /// Finds somebody of the wanted kind for file number `file`.
    pub fn find(caller: Caller, scene: &mut Scene<'a>, plan: &'a Plan, file: usize) -> Self {
        let world = scene.world;
        let user = |rng: &mut Rng| &world.users[world.user_weights.draw(rng) * ACCOUNTS + scene.account];
        let session = |class, rng: &mut Rng| plan.session(file, class, scene.at, rng);
        let who = match caller {
            // At night a class may have no valid session in an account; there always is some task.
            Caller::Session(class) => session(class, &mut scene.rng)
                .or_else(|| session(Class::Task, &mut scene.rng))
                .map_or_else(|| Who::User(user(&mut scene.rng)), |session| Who::Session(session, None)),
            Caller::Forward(class, by) => session(class, &mut scene.rng)
                .map_or(Who::Service("cloudtrail.amazonaws.com"), |session| Who::Session(session, Some(by))),
            Caller::User => Who::User(user(&mut scene.rng)),
            Caller::Console => Who::Console(user(&mut scene.rng)),
            Caller::SignIn => Who::SignIn(user(&mut scene.rng)),
            Caller::Root => Who::Root,
            Caller::Service(name) => Who::Service(name),
            Caller::Foreign => Who::Foreign((scene.account + 1 + scene.rng.below(3)) % ACCOUNTS),
            Caller::Nobody(name) => Who::Nobody(name),
            Caller::IdentityCenter => Who::IdentityCenter(user(&mut scene.rng)),
        };
        Self::new(who, scene)
    }

    /// Gives an identity its address and agent.
    pub fn new(who: Who<'a>, scene: &mut Scene<'a>) -> Self {
        let world = scene.world;
        let by = |name| (name, name, false);
        let (address, agent, console) = match who {
            Who::Service(name) | Who::Nobody(name) | Who::Session(_, Some(name)) => by(name),
            Who::Session(session, None) | Who::Web(session) | Who::Saml(session) => (
                world.addresses[session.address].as_str(),
                world.agents[session.agent].as_str(),
                world::BROWSER_AGENTS.contains(&session.agent),
            ),
            Who::User(user) | Who::Neighbour(user, _) => {
                (&*world.addresses[user.address], &*world.agents[user.agent], false)
            }
            Who::Entering(user) | Who::Entered(user, ..) => {
                (&*world.addresses[user.address], &*world.agents[user.agent], true)
            }
            Who::Console(user) | Who::SignIn(user) | Who::IdentityCenter(user) => {
                let browser = world::BROWSER_AGENTS.start + user.address % world::BROWSER_AGENTS.len();
                (&*world.addresses[user.address], &*world.agents[browser], true)
            }
            Who::Root => (&*world.addresses[0], &*world.agents[world::BROWSER_AGENTS.start], true),
            Who::Foreign(account) => (
                &*world.addresses[world::PUBLIC_ADDRESSES.start + account * 7 + scene.rng.below(7)],
                &*world.agents[world::SDK_AGENTS.start + account],
                false,
            ),
        };
        let mut arn = std::mem::take(&mut scene.arn);
        arn.clear();
        who.arn(&mut arn, world, scene.account);
        scene.arn = arn;
        Self { who, address, agent, endpoint: address.starts_with("10."), console }
    }

    /// Whether a service makes the call, so that there is no TLS connection to report.
    pub fn is_service(&self) -> bool {
        matches!(self.who, Who::Service(_) | Who::Nobody(_) | Who::Session(_, Some(_)))
    }
}

impl Who<'_> {
    /// Appends the ARN; nothing for those who have none.
    fn arn(&self, out: &mut String, world: &World, account: usize) {
        let id = ACCOUNT[account].0;
        let _ = match self {
            Who::Session(session, _) => {
                let role = &world.roles[session.role];
                let owner = ACCOUNT[role.account].0;
                write!(out, "arn:aws:sts::{owner}:assumed-role/{}/{}", role.name, session.name)
            }
            Who::User(user) | Who::Console(user) | Who::Entering(user) | Who::Entered(user, ..) => {
                write!(out, "arn:aws:iam::{id}:user/{}", user.name)
            }
            Who::Root => write!(out, "arn:aws:iam::{id}:root"),
            _ => Ok(()),
        };
    }

    /// Appends the value of `userIdentity`.
    pub fn write(&self, out: &mut String, scene: &mut Scene) {
        let (account, arn, at) = (ACCOUNT[scene.account].0, &scene.arn, scene.at);
        let world = scene.world;
        let _ = match self {
            Who::Session(session, by) => {
                let role = &world.roles[session.role];
                let owner = ACCOUNT[role.account].0;
                let _ = write!(
                    out,
                    r#"{{"type":"AssumedRole","principalId":"{id}:{name}","arn":"{arn}","accountId":"{owner}","accessKeyId":"{key}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"{id}","arn":"arn:aws:iam::{owner}:role{path}{role}","accountId":"{owner}","userName":"{role}"}},"#,
                    id = role.id,
                    name = session.name,
                    key = session.key,
                    path = role.path,
                    role = role.name,
                );
                if role.class == Class::Pod {
                    let _ = write!(
                        out,
                        r#""webIdFederationData":{{"federatedProvider":"arn:aws:iam::{owner}:oidc-provider/oidc.eks.{region}.amazonaws.com/id/5D0C2A77E0B94F8E","attributes":{{}}}},"#,
                        region = world::REGIONS[0],
                    );
                } else if matches!(role.class, Class::Person | Class::Instance) {
                    // An empty object is what most records have here, when they have anything.
                    out.push_str(r#""webIdFederationData":{},"#);
                }
                out.push_str(r#""attributes":{"creationDate":""#);
                clock::iso(out, session.start);
                out.push_str(r#"","mfaAuthenticated":"false"}"#);
                match role.class {
                    Class::Instance => out.push_str(r#","ec2RoleDelivery":"2.0""#),
                    Class::Ci if session.name.starts_with("deploy") => {
                        let _ = write!(out, r#","sourceIdentity":"pipeline-{}""#, account);
                    }
                    _ => {}
                }
                out.push('}');
                if let Some(by) = by {
                    let _ = write!(out, r#","invokedBy":"{by}""#);
                }
                write!(out, "}}")
            }
            Who::User(user) => write!(
                out,
                r#"{{"type":"IAMUser","principalId":"{}","arn":"{arn}","accountId":"{account}","accessKeyId":"{}","userName":"{}"}}"#,
                user.id, user.key, user.name
            ),
            Who::Console(user) => {
                // One key for each user and hour: the console renews its credentials.
                let start = at - at % 3600 - 127;
                let mut key = Rng::stream(start as u64, user.address as u64 ^ user.key.as_bytes()[9] as u64);
                let _ = write!(
                    out,
                    r#"{{"type":"IAMUser","principalId":"{}","arn":"{arn}","accountId":"{account}","accessKeyId":"ASIA{}","userName":"{}","sessionContext":{{"sessionIssuer":{{}},"webIdFederationData":{{}},"attributes":{{"creationDate":""#,
                    user.id,
                    key.string(BASE32, 16),
                    user.name
                );
                clock::iso(out, start);
                write!(out, r#"","mfaAuthenticated":"{}"}}}}}}"#, user.address % 3 > 0)
            }
            Who::SignIn(user) => write!(
                out,
                r#"{{"type":"IAMUser","principalId":"{}","accountId":"{account}","accessKeyId":"","userName":"{}"}}"#,
                user.id, user.name
            ),
            Who::Entering(user) => write!(
                out,
                r#"{{"type":"IAMUser","principalId":"{}","arn":"{arn}","accountId":"{account}","userName":"{}"}}"#,
                user.id, user.name
            ),
            Who::Entered(user, key, start) => {
                let _ = write!(
                    out,
                    r#"{{"type":"IAMUser","principalId":"{}","arn":"{arn}","accountId":"{account}","accessKeyId":"{key}","userName":"{}","sessionContext":{{"sessionIssuer":{{}},"webIdFederationData":{{}},"attributes":{{"creationDate":""#,
                    user.id, user.name
                );
                clock::iso(out, *start);
                write!(out, r#"","mfaAuthenticated":"false"}}}}}}"#)
            }
            Who::Neighbour(user, other) => write!(
                out,
                r#"{{"type":"AWSAccount","principalId":"{}","accountId":"{}"}}"#,
                user.id, ACCOUNT[*other].0
            ),
            Who::Root => {
                let _ = write!(
                    out,
                    r#"{{"type":"Root","principalId":"{account}","arn":"{arn}","accountId":"{account}","accessKeyId":"ASIA{}","sessionContext":{{"sessionIssuer":{{}},"attributes":{{"creationDate":""#,
                    scene.rng.string(BASE32, 16)
                );
                clock::iso(out, at - at % 1800);
                write!(out, r#"","mfaAuthenticated":"true"}}}}}}"#)
            }
            Who::Service(name) => write!(out, r#"{{"type":"AWSService","invokedBy":"{name}"}}"#),
            Who::Foreign(other) => {
                let role = &world.roles[other * (world.roles.len() / ACCOUNTS) + 12];
                write!(
                    out,
                    r#"{{"type":"AWSAccount","principalId":"{}:cross-account","accountId":"{}"}}"#,
                    role.id, ACCOUNT[*other].0
                )
            }
            Who::Nobody(name) => write!(out, r#"{{"accountId":"{account}","invokedBy":"{name}"}}"#),
            Who::IdentityCenter(user) => write!(
                out,
                r#"{{"type":"IdentityCenterUser","accountId":"{account}","onBehalfOf":{{"userId":"c2e5{:04x}-40a1-70{:02x}-1e5f-0b1d6c2f77aa","identityStoreArn":"arn:aws:identitystore::{}:identitystore/d-9967000aa1"}},"credentialId":"{}"}}"#,
                user.address * 37,
                user.agent,
                ACCOUNT[2].0,
                user.id.to_ascii_lowercase()
            ),
            Who::Web(session) => write!(
                out,
                r#"{{"type":"WebIdentityUser","principalId":"arn:aws:iam::{account}:oidc-provider/ci.harborline.example:sts.amazonaws.com:repo:harborline/{name}","userName":"repo:harborline/{name}","identityProvider":"arn:aws:iam::{account}:oidc-provider/ci.harborline.example"}}"#,
                name = world.roles[session.role].name
            ),
            Who::Saml(session) => write!(
                out,
                r#"{{"type":"SAMLUser","principalId":"kZq0Hx7b1lTe:{name}","userName":"{name}","identityProvider":"arn:aws:iam::{account}:saml-provider/AWSSSO_51c7de90b1_DO_NOT_DELETE"}}"#,
                name = session.name
            ),
        };
    }
}
