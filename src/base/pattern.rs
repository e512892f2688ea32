//! Names with `*` and `?`, as a shell matches them.

/// A pattern over names. There are no classes and no escapes: a name with a star in it is matched by `?`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern(Vec<char>);

impl Pattern {
    pub fn new(text: &str) -> Self {
        Self(text.chars().collect())
    }

    /// Whether the whole name fits.
    pub fn fits(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let (mut at, mut in_name) = (0, 0);
        // Where to come back to: after the last star, and the name's letter that it would swallow next.
        let mut star: Option<(usize, usize)> = None;
        while in_name < name.len() {
            match self.0.get(at) {
                Some('*') => {
                    star = Some((at + 1, in_name));
                    at += 1;
                }
                Some(letter) if *letter == '?' || *letter == name[in_name] => {
                    at += 1;
                    in_name += 1;
                }
                _ => {
                    let Some((after, swallowed)) = star else { return false };
                    star = Some((after, swallowed + 1));
                    at = after;
                    in_name = swallowed + 1;
                }
            }
        }
        self.0[at..].iter().all(|letter| *letter == '*')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_as_a_shell_does() {
        let cases = [
            ("public.legacy_*", "public.legacy_orders", true),
            ("public.legacy_*", "public.orders", false),
            ("*", "", true),
            ("*_?", "a_b_c", true),
            ("*_?", "a_bc", false),
            ("audit", "audits", false),
            ("*.*", "public.a.b", true),
        ];
        for (pattern, name, fits) in cases {
            assert_eq!(Pattern::new(pattern).fits(name), fits, "{pattern} {name}");
        }
    }
}
