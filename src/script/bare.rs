//! A plan as SQL and nothing else: statements and transactions, for whoever reads on a terminal or pipes them on.

use crate::plan::Plan;
use crate::plan::step::Step;
use crate::script::layout::lay_out;

/// The statements in order, in their transactions. A function's body may name what comes later, so none is looked into.
pub fn bare(plan: &Plan) -> String {
    let text = |group: &[Step]| {
        let statements = statements(group);
        if group.iter().any(|step| step.outside) { statements } else { format!("BEGIN;\n\n{statements}\nCOMMIT;\n") }
    };
    let groups: Vec<String> = plan.transactions().into_iter().map(text).collect();
    format!("SET check_function_bodies = off;\n\n{}", groups.join("\n"))
}

fn statements(steps: &[Step]) -> String {
    steps.iter().map(|step| format!("{}\n", lay_out(&step.sql))).collect::<Vec<_>>().join("\n")
}
