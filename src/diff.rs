//! What differs between two states, fact by fact. It knows no kinds.

use crate::kind::facts::Facts;
use crate::kind::{Body, Key};

/// One fact that is not the same on both sides.
#[derive(Clone, Copy, Debug)]
pub struct Difference<'a> {
    pub key: &'a Key,
    pub from: Option<&'a Body>,
    pub to: Option<&'a Body>,
}

/// The differences in key order.
pub fn diff<'a>(from: &'a Facts, to: &'a Facts) -> Vec<Difference<'a>> {
    let mut differences = Vec::new();
    let (mut left, mut right) = (from.iter().peekable(), to.iter().peekable());
    loop {
        match (left.peek().copied(), right.peek().copied()) {
            (Some((a, body)), Some((b, other))) if a == b => {
                if body != other {
                    differences.push(Difference { key: a, from: Some(body), to: Some(other) });
                }
                left.next();
                right.next();
            }
            (Some((a, body)), b) if b.is_none_or(|(b, _)| a < b) => {
                differences.push(Difference { key: a, from: Some(body), to: None });
                left.next();
            }
            (_, Some((b, body))) => {
                differences.push(Difference { key: b, from: None, to: Some(body) });
                right.next();
            }
            (_, None) => return differences,
        }
    }
}
