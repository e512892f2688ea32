//! Why no plan can be made.

use miette::Diagnostic;
use thiserror::Error;

#[derive(Debug, Error, Diagnostic)]
pub enum PlanError {
    #[error("these cannot be put in an order, because each needs the next: {}", members.join(" -> "))]
    #[diagnostic(code(plan::cycle), help("split the change in two: first without what closes the loop, then with it"))]
    Cycle { members: Vec<String> },
}
