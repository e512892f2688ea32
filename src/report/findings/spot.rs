//! Where a finding stands, as the services want it: a file, and lines and columns from one.

use crate::lint::Finding;
use crate::report::findings::Findings;

/// A place in a file; columns are known only of what stands in a file that was looked at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spot {
    /// As it was named on the command line, `/` between its parts.
    pub file: String,
    pub line: usize,
    pub end_line: usize,
    /// First column, and the first one behind it; in characters.
    pub columns: Option<(usize, usize)>,
}

impl Findings<'_> {
    /// None for what is about the whole, and for what no file declares.
    pub fn spot(&self, finding: &Finding) -> Option<Spot> {
        if let Some(at) = &finding.at {
            let (line, column) = at.file.line_column(at.bytes.start);
            let (end_line, end_column) = at.file.line_column(at.bytes.end);
            return Some(Spot { file: clean(&at.file.path), line, end_line, columns: Some((column, end_column)) });
        }
        let place = (self.places)(finding.key.as_ref()?)?;
        Some(Spot { file: clean(&place.file), line: place.line, end_line: place.line, columns: None })
    }
}

/// The path without `./` in front of it: the services compare it with the paths of the repository.
fn clean(path: &str) -> String {
    let mut path = path;
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    path.to_owned()
}
