//! How a call ended (`spec/CLOUDTRAIL-RECORD.md` 5).

/// The value of `@result`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No failure is told of; a dry run that would have been permitted.
    Success,
    /// A failure of the authorization family.
    Denied,
    /// Any other failure.
    Error,
    /// The file cannot tell.
    Unknown,
    /// Nobody called: a service says what it did.
    ServiceEvent,
}

impl Outcome {
    /// As it is shown and asked for.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Denied => "denied",
            Self::Error => "error",
            Self::Unknown => "unknown",
            Self::ServiceEvent => "service event",
        }
    }
}

/// The value of `@family`: what sort of failure an error code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The caller was not allowed to.
    Authorization,
    /// The caller could not prove who it is.
    Authentication,
    /// Too many calls.
    Throttling,
    /// What was asked for is not there.
    NotFound,
    /// The state of things forbids it.
    Conflict,
    /// The request makes no sense.
    Validation,
    /// A limit of the account is reached.
    Quota,
    /// The call would have been permitted, had it not been a trial.
    DryRun,
    /// The service itself failed.
    Server,
    /// A code that stands in no list.
    Other,
}

impl Family {
    /// As it is shown and asked for.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Authentication => "authentication",
            Self::Throttling => "throttling",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::Validation => "validation",
            Self::Quota => "quota",
            Self::DryRun => "dry run",
            Self::Server => "server",
            Self::Other => "other",
        }
    }

    /// The result of a call that failed so.
    #[must_use]
    pub fn outcome(self) -> Outcome {
        match self {
            Self::DryRun => Outcome::Success,
            Self::Authorization => Outcome::Denied,
            _ => Outcome::Error,
        }
    }
}

const AUTHORIZATION: [&str; 10] = [
    "accessdenied",
    "accessdeniedexception",
    "unauthorizedoperation",
    "unauthorizedexception",
    "unauthorizedaccess",
    "authorizationerror",
    "authorizationerrorexception",
    "notauthorized",
    "notauthorizedexception",
    "vpceaccessdenied",
];

const AUTHENTICATION: [&str; 6] = [
    "invalidclienttokenid",
    "signaturedoesnotmatch",
    "expiredtoken",
    "expiredtokenexception",
    "authfailure",
    "unrecognizedclientexception",
];

const THROTTLING: [&str; 7] = [
    "throttling",
    "throttlingexception",
    "throttledexception",
    "requestlimitexceeded",
    "toomanyrequestsexception",
    "slowdown",
    "provisionedthroughputexceededexception",
];

/// The family of an error code by the code alone; [`Family::Other`] leaves the message to be looked at.
#[must_use]
pub fn family(code: &str) -> Family {
    let code = code.to_ascii_lowercase();
    let from_server = code.starts_with("server.");
    let code = code.strip_prefix("client.").or_else(|| code.strip_prefix("server.")).unwrap_or(&code);
    let is = |list: &[&str]| list.contains(&code);
    let has = |part: &str| code.contains(part);
    let begins = |part: &str| code.starts_with(part);
    match () {
        () if code == "dryrunoperation" => Family::DryRun,
        () if is(&THROTTLING) => Family::Throttling,
        () if is(&AUTHORIZATION) => Family::Authorization,
        () if is(&AUTHENTICATION) => Family::Authentication,
        () if begins("nosuch") || has("notfound") || code.ends_with("doesnotexist") => Family::NotFound,
        () if has("alreadyexists")
            || is(&["conflictexception", "dependencyviolation", "invaliddbinstancestatefault", "bucketnotempty"])
            || (begins("incorrect") && code.ends_with("state"))
            || begins("resourceinuse") =>
        {
            Family::Conflict
        }
        () if begins("invalidparameter")
            || is(&["validationerror", "validationexception"])
            || begins("malformed")
            || begins("missing") =>
        {
            Family::Validation
        }
        () if has("limitexceeded") || code == "servicequotaexceededexception" => Family::Quota,
        () if from_server || is(&["internalerror", "internalfailure"]) || begins("serviceunavailable") => {
            Family::Server
        }
        () => Family::Other,
    }
}

/// Whether a message words a refusal by policy.
#[must_use]
pub fn words_a_denial(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["explicit deny", "not authorized to perform", "because no identity-based policy allows"]
        .iter()
        .any(|wording| message.contains(wording))
}

/// The family of a failure that has no code, only a message (which may be empty).
#[must_use]
pub fn family_without_code(is_sign_in: bool, message: &str) -> Family {
    match () {
        () if is_sign_in => Family::Authentication,
        () if words_a_denial(message) => Family::Authorization,
        () => Family::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_families() {
        for (code, expected) in [
            ("Client.UnauthorizedOperation", Family::Authorization),
            ("AccessDenied", Family::Authorization),
            ("VpceAccessDenied", Family::Authorization),
            ("AuthFailure", Family::Authentication),
            ("ThrottlingException", Family::Throttling),
            ("RequestLimitExceeded", Family::Throttling),
            ("NoSuchBucketPolicy", Family::NotFound),
            ("Client.InvalidRouteTableID.NotFound", Family::NotFound),
            ("ObjectLockConfigurationNotFoundError", Family::NotFound),
            ("TrailNotFoundException", Family::NotFound),
            ("QueueDoesNotExist", Family::NotFound),
            ("EntityAlreadyExistsException", Family::Conflict),
            ("IncorrectInstanceState", Family::Conflict),
            ("ResourceInUseException", Family::Conflict),
            ("InvalidParameterValue", Family::Validation),
            ("MalformedPolicyDocument", Family::Validation),
            ("Client.VcpuLimitExceeded", Family::Quota),
            ("Client.DryRunOperation", Family::DryRun),
            ("Server.Unavailable", Family::Server),
            ("InternalFailure", Family::Server),
            ("Client.Weird", Family::Other),
        ] {
            assert_eq!(family(code), expected, "{code}");
        }
        assert!(words_a_denial("User: x is not authorized to perform: s3:Get with an explicit deny in a policy"));
        assert!(!words_a_denial("The bucket does not exist"));
    }
}
