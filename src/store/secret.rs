//! Which values must never be searched, and are masked on the screen and in exports until a person reveals them.
//!
//! CloudTrail redacts most secrets itself, but not all: session tokens of AssumeRole stand in the log in clear
//! (`spec/CLOUDTRAIL-RECORD.md` 3.1), and services have logged passwords and user data. The rule is by key name, at any
//! depth, and holds for everything below such a key.

/// Key names, lower case, whose values are secret.
const SECRET_KEYS: &[&str] = &[
    "accesskeysecret",
    "adminpassword",
    "authtoken",
    "clientsecret",
    "currentpassword",
    "dbpassword",
    "masterpassword",
    "masteruserpassword",
    "newpassword",
    "oauthtoken",
    "oldpassword",
    "passphrase",
    "password",
    "plaintext",
    "privatekey",
    "privatekeyplaintext",
    "proposedpassword",
    "previouspassword",
    "secret",
    "secretaccesskey",
    "secretbinary",
    "secretkey",
    "secretstring",
    "sessiontoken",
    "temporarypassword",
    "userdata",
    "userpassword",
];

/// Whether values under this key are secret. Letters' case, `_` and `-` do not matter (`user_data`, `UserData`).
#[must_use]
pub fn is_secret_key(key: &str) -> bool {
    // The longest name has 19 letters; with separators a key of more than 40 bytes cannot be one of them.
    if key.len() < 6 || key.len() > 40 {
        return false;
    }
    let plain: String = key.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect();
    SECRET_KEYS.contains(&plain.as_str())
}

/// What stands in place of a masked value.
pub const MASK: &str = "•••••• (secret, masked)";

#[cfg(test)]
mod tests {
    use super::is_secret_key;

    #[test]
    fn names() {
        for key in ["sessionToken", "SessionToken", "session_token", "userData", "password", "masterUserPassword"] {
            assert!(is_secret_key(key), "{key}");
        }
        // Names of secrets, and facts about passwords, are not secrets.
        for key in
            ["secretId", "passwordResetRequired", "passwordLastUsed", "userDataFormat", "tokenId", "privateKeyId"]
        {
            assert!(!is_secret_key(key), "{key}");
        }
    }
}
