//! Who acted (`spec/CLOUDTRAIL-RECORD.md` 2 and 3).

use std::borrow::Cow;

/// What a record says about its caller. An empty text counts as absent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity<'a> {
    /// `userIdentity.type`
    pub kind: Option<&'a str>,
    /// `userIdentity.arn`
    pub arn: Option<&'a str>,
    /// `userIdentity.principalId`
    pub principal_id: Option<&'a str>,
    /// `userIdentity.accountId`
    pub account_id: Option<&'a str>,
    /// `userIdentity.userName`
    pub user_name: Option<&'a str>,
    /// `userIdentity.accessKeyId`
    pub access_key_id: Option<&'a str>,
    /// `userIdentity.invokedBy`
    pub invoked_by: Option<&'a str>,
    /// `userIdentity.identityProvider`
    pub identity_provider: Option<&'a str>,
    /// `userIdentity.sessionContext.sessionIssuer.arn`
    pub issuer_arn: Option<&'a str>,
    /// `sourceIdentity`, from the session context or, of the call that opens a session, from its parameters.
    pub source_identity: Option<&'a str>,
    /// `userIdentity.onBehalfOf.identityStoreArn`
    pub identity_store_arn: Option<&'a str>,
    /// `userIdentity.onBehalfOf.userId`
    pub identity_user_id: Option<&'a str>,
    /// `recipientAccountId`
    pub recipient_account_id: Option<&'a str>,
}

/// The answers. See [`super::Derived`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who<'a> {
    /// The stable identity.
    pub actor: Option<Cow<'a, str>>,
    /// Its type.
    pub actor_type: Option<&'a str>,
    /// Its session.
    pub session: Option<&'a str>,
    /// The person behind.
    pub human: Option<&'a str>,
    /// The service that called on its behalf.
    pub via: Option<&'a str>,
}

/// CloudTrail's user name for a failed sign-in with a name that does not exist: it may be a mistyped password.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// How an actor is called that the record hides.
const UNKNOWN_HIDDEN: &str = "unknown (hidden)";

/// Types that a call in somebody's name can have; `invokedBy` beside another type is the actor itself or says nothing new.
const PRINCIPALS: [&str; 9] = [
    "Root",
    "IAMUser",
    "AssumedRole",
    "Role",
    "FederatedUser",
    "SAMLUser",
    "WebIdentityUser",
    "IdentityCenterUser",
    "Directory",
];

fn there(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// Who acted.
#[must_use]
pub fn who<'a>(identity: &Identity<'a>) -> Who<'a> {
    let kind = there(identity.kind);
    let invoked_by = there(identity.invoked_by);
    Who {
        actor: actor(identity),
        actor_type: kind.or(invoked_by.map(|_| "service event")),
        session: session(identity),
        human: human(identity),
        via: invoked_by.filter(|_| kind.is_some_and(|kind| PRINCIPALS.contains(&kind))),
    }
}

fn actor<'a>(identity: &Identity<'a>) -> Option<Cow<'a, str>> {
    let arn = there(identity.arn);
    let principal_id = there(identity.principal_id);
    let account_id = there(identity.account_id);
    let issuer = there(identity.issuer_arn);
    let user_name = there(identity.user_name);
    let name = user_name.map(|name| if name == HIDDEN { UNKNOWN_HIDDEN } else { name });
    let kind = there(identity.kind);
    let special: Option<Cow<'a, str>> = match kind {
        Some("AssumedRole" | "Role") => {
            issuer.map(Cow::Borrowed).or_else(|| arn.and_then(role_of_session).map(Cow::Owned))
        }
        Some("FederatedUser") => issuer.map(Cow::Borrowed),
        Some("IAMUser") => arn.map(Cow::Borrowed).or_else(|| match (account_id, name) {
            (_, Some(UNKNOWN_HIDDEN)) => Some(UNKNOWN_HIDDEN.into()),
            (Some(account), Some(name)) => Some(format!("{account}:{name}").into()),
            (None, Some(name)) => Some(name.into()),
            (_, None) => principal_id.map(Cow::Borrowed),
        }),
        Some("Root") => match arn.filter(|arn| arn.ends_with(":root")) {
            Some(arn) => Some(arn.into()),
            None => account_id
                .or_else(|| there(identity.recipient_account_id))
                .map(|account| format!("arn:aws:iam::{account}:root").into())
                .or_else(|| principal_id.map(Cow::Borrowed)),
        },
        Some("SAMLUser" | "WebIdentityUser") => match (there(identity.identity_provider), name) {
            (Some(provider), Some(name)) => Some(format!("{provider}|{name}").into()),
            (None, _) => {
                let web = principal_id.and_then(web_identity).map(Cow::Owned);
                web.or(name.or(principal_id).map(Cow::Borrowed))
            }
            (Some(_), None) => principal_id.map(Cow::Borrowed),
        },
        Some("IdentityCenterUser") => match (there(identity.identity_store_arn), there(identity.identity_user_id)) {
            (Some(store), Some(user)) => Some(format!("{store}/{user}").into()),
            _ => None,
        },
        Some("AWSAccount") => principal_id.or(account_id).map(Cow::Borrowed),
        Some("AWSService") | None => there(identity.invoked_by).map(Cow::Borrowed),
        _ => None,
    };
    special
        .or_else(|| arn.or(principal_id).or(name).or(account_id).map(Cow::Borrowed))
        .or_else(|| kind.map(|_| "unknown".into()))
}

/// The ARN of the role whose session an ARN names: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`. A path that the role
/// has is lost in it.
fn role_of_session(arn: &str) -> Option<String> {
    let mut parts = arn.splitn(6, ':');
    let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
    if arn != "arn" || service != "sts" || !region.is_empty() {
        return None;
    }
    let (role, _session) = resource.strip_prefix("assumed-role/")?.split_once('/')?;
    (!role.is_empty()).then(|| format!("arn:{partition}:iam::{account}:role/{role}"))
}

/// Provider and user of a web identity's principal id, `issuer:application:user`.
fn web_identity(principal_id: &str) -> Option<String> {
    let (provider, rest) = principal_id.split_once(':')?;
    let (_, user) = rest.rsplit_once(':')?;
    Some(format!("{provider}|{user}"))
}

fn session<'a>(identity: &Identity<'a>) -> Option<&'a str> {
    let after_colon = || there(identity.principal_id)?.split_once(':').map(|(_, session)| session);
    let last_segment = |arn: &'a str| arn.rsplit_once('/').map(|(_, last)| last);
    let arn = there(identity.arn);
    let found = match there(identity.kind)? {
        "AssumedRole" | "Role" => {
            let of_arn = || arn.filter(|arn| arn.contains(":assumed-role/")).and_then(last_segment);
            there(after_colon()).or_else(of_arn)
        }
        "FederatedUser" => arn.and_then(last_segment).or_else(after_colon),
        // A session of the user's own: console, MFA, GetSessionToken.
        "IAMUser" => identity.access_key_id.filter(|key| key.starts_with("ASIA")),
        _ => None,
    };
    there(found)
}

fn human<'a>(identity: &Identity<'a>) -> Option<&'a str> {
    let name = || there(identity.user_name).filter(|name| *name != HIDDEN);
    there(identity.source_identity).or_else(|| match there(identity.kind)? {
        "AssumedRole" | "Role" => session(identity).filter(|session| is_mail_address(session)),
        "IAMUser" | "SAMLUser" | "WebIdentityUser" | "Directory" => name(),
        _ => None,
    })
}

fn is_mail_address(text: &str) -> bool {
    text.char_indices().any(|(at, char)| char == '@' && at > 0 && at + 1 < text.len())
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_found_behind_their_sessions() {
        let role = |arn| role_of_session(arn);
        let session = "arn:aws-us-gov:sts::111122223333:assumed-role/Deploy/i-0a:b";
        assert_eq!(role(session).as_deref(), Some("arn:aws-us-gov:iam::111122223333:role/Deploy"));
        assert_eq!(role("arn:aws:iam::111122223333:role/Deploy"), None);
        assert_eq!(role("arn:aws:sts::111122223333:assumed-role/"), None);
        assert_eq!(role("nonsense"), None);
    }

    #[test]
    fn an_empty_issuer_is_no_actor() {
        let root = Identity {
            kind: Some("Root"),
            account_id: Some("111122223333"),
            issuer_arn: Some(""),
            access_key_id: Some(""),
            ..Identity::default()
        };
        let found = who(&root);
        assert_eq!(found.actor.as_deref(), Some("arn:aws:iam::111122223333:root"));
        assert_eq!((found.session, found.via), (None, None));
    }
}
