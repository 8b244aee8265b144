//! Structs as Presto (Athena, CloudTrail Lake) prints them: `{type=IAMUser, arn=arn:aws:…, sessioncontext={…}}`. It is no
//! JSON and nothing in it is quoted, so values may contain `, ` and `=`: only keys that are known to stand in a struct end
//! the value before them.

use crate::store::tokens;

/// A key of a struct: in lower case as Presto prints it, as CloudTrail spells it, and the keys inside.
pub(super) type Key = (&'static str, &'static str, &'static [Key0]);
/// A key whose own keys are two levels down; the types name the depth since a type cannot hold itself.
pub(super) type Key0 = (&'static str, &'static str, &'static [Key1]);
/// A key of the innermost level.
pub(super) type Key1 = (&'static str, &'static str);

const ATTRIBUTES: &[Key1] = &[("mfaauthenticated", "mfaAuthenticated"), ("creationdate", "creationDate")];
const ISSUER: &[Key1] = &[
    ("type", "type"),
    ("principalid", "principalId"),
    ("arn", "arn"),
    ("accountid", "accountId"),
    ("username", "userName"),
];
const FEDERATION: &[Key1] = &[("federatedprovider", "federatedProvider"), ("attributes", "attributes")];
const SESSION: &[Key0] = &[
    ("attributes", "attributes", ATTRIBUTES),
    ("sessionissuer", "sessionIssuer", ISSUER),
    ("webidfederationdata", "webIdFederationData", FEDERATION),
    ("ec2roledelivery", "ec2RoleDelivery", &[]),
    ("sourceidentity", "sourceIdentity", &[]),
];

/// The keys of `userIdentity`.
pub(super) const USER_IDENTITY: &[Key] = &[
    ("type", "type", &[]),
    ("principalid", "principalId", &[]),
    ("arn", "arn", &[]),
    ("accountid", "accountId", &[]),
    ("accesskeyid", "accessKeyId", &[]),
    ("username", "userName", &[]),
    ("invokedby", "invokedBy", &[]),
    ("identityprovider", "identityProvider", &[]),
    ("credentialid", "credentialId", &[]),
    ("onbehalfof", "onBehalfOf", &[("userid", "userId", &[]), ("identitystorearn", "identityStoreArn", &[])]),
    ("sessioncontext", "sessionContext", SESSION),
];
/// The keys of an element of `resources`.
pub(super) const RESOURCE: &[Key] = &[("arn", "ARN", &[]), ("accountid", "accountId", &[]), ("type", "type", &[])];
/// The keys of `tlsDetails`.
pub(super) const TLS: &[Key] = &[
    ("tlsversion", "tlsVersion", &[]),
    ("ciphersuite", "cipherSuite", &[]),
    ("clientprovidedhostheader", "clientProvidedHostHeader", &[]),
    ("keyexchange", "keyExchange", &[]),
];

/// What the levels of keys have in common, so that one function reads them all.
pub(super) trait Level: Copy + 'static {
    type Inner: Level;
    fn name(self) -> (&'static str, &'static str);
    fn inner(self) -> &'static [Self::Inner];
}

impl Level for Key {
    type Inner = Key0;
    fn name(self) -> (&'static str, &'static str) {
        (self.0, self.1)
    }
    fn inner(self) -> &'static [Key0] {
        self.2
    }
}

impl Level for Key0 {
    type Inner = Key1;
    fn name(self) -> (&'static str, &'static str) {
        (self.0, self.1)
    }
    fn inner(self) -> &'static [Key1] {
        self.2
    }
}

impl Level for Key1 {
    type Inner = Key1;
    fn name(self) -> (&'static str, &'static str) {
        self
    }
    fn inner(self) -> &'static [Key1] {
        &[]
    }
}

/// Writes a struct as JSON. `None` when the text is no struct or begins with no known key.
pub(super) fn object<K: Level>(text: &str, keys: &'static [K], out: &mut Vec<u8>) -> Option<()> {
    let inside = text.trim().strip_prefix('{')?.strip_suffix('}')?;
    if inside.is_empty() {
        out.extend_from_slice(b"{}");
        return Some(());
    }
    // Where a known key stands, at the beginning or after `, `, outside the braces of a value before it.
    let mut starts: Vec<(usize, K)> = Vec::new();
    let mut depth = 0i32;
    let mut place = 0;
    while place < inside.len() {
        let rest = &inside[place..];
        let begins = place == 0 || inside[..place].ends_with(", ");
        let key = keys.iter().find(|key| {
            let (lower, _) = key.name();
            rest.get(..lower.len()).is_some_and(|name| name.eq_ignore_ascii_case(lower))
                && rest[lower.len()..].starts_with('=')
        });
        if let Some(key) = key.filter(|key| begins && depth == 0 && !starts.iter().any(|(_, k)| k.name() == key.name()))
        {
            starts.push((place, *key));
            place += key.name().0.len() + 1;
            continue;
        }
        let c = rest.chars().next()?;
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ => {}
        }
        place += c.len_utf8();
    }
    if starts.first()?.0 != 0 {
        return None;
    }
    out.push(b'{');
    let mut first = true;
    for (n, (at, key)) in starts.iter().enumerate() {
        let (lower, name) = key.name();
        let end = starts.get(n + 1).map_or(inside.len(), |(next, _)| next - 2);
        let value = &inside[at + lower.len() + 1..end];
        if value == "null" {
            continue;
        }
        if !std::mem::replace(&mut first, false) {
            out.push(b',');
        }
        tokens::write_string(name.as_bytes(), out);
        out.push(b':');
        let from = out.len();
        if key.inner().is_empty() || object(value, key.inner(), out).is_none() {
            out.truncate(from);
            tokens::write_string(value.as_bytes(), out);
        }
    }
    out.push(b'}');
    Some(())
}

/// Writes an array of structs as JSON; a `null` element is left out.
pub(super) fn list<K: Level>(text: &str, keys: &'static [K], out: &mut Vec<u8>) -> Option<()> {
    let mut inside = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    out.push(b'[');
    let mut first = true;
    while !inside.is_empty() {
        // An element ends where its brace closes and the next opens.
        let end = inside.find("}, {").map_or(inside.len(), |at| at + 1);
        let element = &inside[..end];
        if !std::mem::replace(&mut first, false) {
            out.push(b',');
        }
        object(element, keys, out)?;
        inside = inside[end..].trim_start_matches(", ");
    }
    out.push(b']');
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(text: &str) -> Option<String> {
        let mut out = Vec::new();
        object(text, USER_IDENTITY, &mut out)?;
        Some(String::from_utf8(out).unwrap())
    }

    #[test]
    fn reads_structs_and_leaves_nulls_out() {
        for (text, json) in [
            ("{}", Some("{}")),
            ("{type=IAMUser, principalid=AIDA, arn=null}", Some(r#"{"type":"IAMUser","principalId":"AIDA"}"#)),
            // A value with commas, equals signs and quotes.
            (
                r#"{type=IAMUser, username=a, b=c "d", arn=x}"#,
                Some(r#"{"type":"IAMUser","userName":"a, b=c \"d\"","arn":"x"}"#),
            ),
            (
                "{type=AssumedRole, sessioncontext={attributes={mfaauthenticated=false, creationdate=2023-07-10T11:00:00Z}, sessionissuer={type=Role, username=r}}, invokedby=null}",
                Some(
                    r#"{"type":"AssumedRole","sessionContext":{"attributes":{"mfaAuthenticated":"false","creationDate":"2023-07-10T11:00:00Z"},"sessionIssuer":{"type":"Role","userName":"r"}}}"#,
                ),
            ),
            ("{foo=bar}", None),
            ("type=x", None),
            ("{type=x", None),
            ("", None),
        ] {
            assert_eq!(identity(text).as_deref(), json, "{text}");
        }
        let mut out = Vec::new();
        list("[{arn=a, accountid=1, type=t}, {arn=b, accountid=null, type=u}]", RESOURCE, &mut out).unwrap();
        assert_eq!(out, br#"[{"ARN":"a","accountId":"1","type":"t"},{"ARN":"b","type":"u"}]"#);
    }
}
