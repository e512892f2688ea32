//! What a person lets through: `drop-table`, `drop-table:public.old`, `all`.

use std::str::FromStr;

use thiserror::Error;

use crate::lint::Finding;

/// Lets findings of one code through, of every object or of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Allowance {
    code: String,
    object: Option<String>,
}

/// All that was let through.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Allowances(pub Vec<Allowance>);

/// Why a text is no allowance.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("write a code, `all`, or CODE:OBJECT, such as `drop-table:public.old`")]
pub struct NoAllowance;

impl FromStr for Allowance {
    type Err = NoAllowance;

    fn from_str(text: &str) -> Result<Self, NoAllowance> {
        let (code, object) = match text.split_once(':') {
            Some((code, object)) => (code, Some(object.to_owned())),
            None => (text, None),
        };
        let spelled = !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        if !spelled || object.as_deref() == Some("") {
            return Err(NoAllowance);
        }
        Ok(Self { code: code.to_owned(), object })
    }
}

impl Allowances {
    /// Whether one of them is for this finding. An object may be named without its schema where that is `public`.
    pub fn allow(&self, finding: &Finding) -> bool {
        let bare = finding.object.strip_prefix("public.").unwrap_or(&finding.object);
        self.0.iter().any(|allowance| {
            let code = allowance.code == "all" || allowance.code == finding.code;
            code && allowance.object.as_ref().is_none_or(|object| *object == finding.object || object == bare)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lets_through_what_it_names() {
        let finding = Finding {
            code: "drop-table".to_owned(),
            object: "public.old".to_owned(),
            says: String::new(),
            advice: None,
            allowed: false,
        };
        let allows = |text: &str| Allowances(vec![text.parse().unwrap()]).allow(&finding);
        for (text, allowed) in [
            ("all", true),
            ("drop-table", true),
            ("drop-table:old", true),
            ("drop-table:public.old", true),
            ("all:shop.old", false),
            ("drop-column", false),
        ] {
            assert_eq!(allows(text), allowed, "{text}");
        }
        for text in ["", ":x", "drop-table:", "Drop Table"] {
            assert_eq!(text.parse::<Allowance>(), Err(NoAllowance), "{text}");
        }
    }
}
