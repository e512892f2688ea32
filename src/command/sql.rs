//! A plan as SQL: statements and transactions.

use crate::plan::Plan;
use crate::plan::step::Step;
use crate::script::layout::lay_out;

/// The statements in order, in their transactions. A function's body may name what comes later, so none is looked into.
pub fn script(plan: &Plan) -> String {
    let groups = plan.steps.chunk_by(|a, b| a.group == b.group);
    let text = |group: &[Step]| {
        let statements = statements(group);
        if group.iter().any(|step| step.outside) { statements } else { format!("BEGIN;\n\n{statements}\nCOMMIT;\n") }
    };
    let groups: Vec<String> = groups.map(text).collect();
    format!("SET check_function_bodies = off;\n\n{}", groups.join("\n"))
}

fn statements(steps: &[Step]) -> String {
    steps.iter().map(|step| format!("{}\n", lay_out(&step.sql))).collect::<Vec<_>>().join("\n")
}
