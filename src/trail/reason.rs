//! Why a call was denied, out of the words of the message (`spec/CLOUDTRAIL-RECORD.md` 5).

/// The kinds of policy that messages name, as they write them.
const POLICIES: [&str; 10] = [
    "service control policy",
    "resource control policy",
    "identity-based policy",
    "resource-based policy",
    "permissions boundary",
    "session policy",
    "VPC endpoint policy",
    "role trust policy",
    "trust policy",
    "key policy",
];

/// The kind of policy that a text begins with, in lower case.
fn policy(text: &str) -> Option<&'static str> {
    POLICIES.into_iter().find(|policy| text.starts_with(&policy.to_ascii_lowercase()))
}

/// Behind the first `part` of a text.
fn behind<'a>(text: &'a str, part: &str) -> Option<&'a str> {
    text.split_once(part).map(|(_, behind)| behind)
}

/// What a denial came of, as the clause behind `because`; `None` when neither code nor message tell.
#[must_use]
pub fn of_denial(code: Option<&str>, message: Option<&str>) -> Option<String> {
    let lower = message.unwrap_or_default().to_ascii_lowercase();
    if let Some(rest) = behind(&lower, "explicit deny") {
        let rest = rest.trim_start();
        let rest = rest.strip_prefix("in ").unwrap_or(rest);
        let rest = rest.strip_prefix("an ").or_else(|| rest.strip_prefix("a ")).unwrap_or(rest);
        return Some(match policy(rest) {
            Some("identity-based policy") => "of an explicit deny in an identity-based policy".to_owned(),
            Some(policy) => format!("of an explicit deny in a {policy}"),
            None => "of an explicit deny".to_owned(),
        });
    }
    if let Some(policy) = behind(&lower, "because no ").and_then(policy) {
        return Some(format!("no {policy} allows it"));
    }
    let endpoint = lower.contains("vpc endpoint policy") || code == Some("VpceAccessDenied");
    endpoint.then(|| "of a VPC endpoint policy".to_owned())
}

#[cfg(test)]
mod tests {
    use super::of_denial;

    #[test]
    fn messages_tell_the_kind_of_policy() {
        for (message, reason) in [
            (
                "User: x is not authorized to perform: s3:Get with an explicit deny in a service control policy",
                "of an explicit deny in a service control policy",
            ),
            ("… with an explicit deny in an identity-based policy", "of an explicit deny in an identity-based policy"),
            ("… with an explicit deny in a resource-based policy", "of an explicit deny in a resource-based policy"),
            ("… with an explicit deny in a permissions boundary", "of an explicit deny in a permissions boundary"),
            ("… with an explicit deny in a session policy", "of an explicit deny in a session policy"),
            (
                "… with an explicit deny in a resource control policy",
                "of an explicit deny in a resource control policy",
            ),
            ("… with an explicit deny in a VPC endpoint policy", "of an explicit deny in a VPC endpoint policy"),
            ("… with an explicit deny", "of an explicit deny"),
            ("… because no identity-based policy allows the s3:Get action", "no identity-based policy allows it"),
            ("… because no resource-based policy allows the s3:Get action", "no resource-based policy allows it"),
            ("… because no permissions boundary allows the s3:Get action", "no permissions boundary allows it"),
            ("… because no session policy allows the s3:Get action", "no session policy allows it"),
            ("The request was denied due to a VPC endpoint policy", "of a VPC endpoint policy"),
        ] {
            assert_eq!(of_denial(Some("AccessDenied"), Some(message)).as_deref(), Some(reason), "{message}");
        }
        assert_eq!(of_denial(Some("AccessDenied"), Some("Access Denied")), None);
        assert_eq!(of_denial(Some("VpceAccessDenied"), None).as_deref(), Some("of a VPC endpoint policy"));
    }
}
