//! Why migrations cannot be rebased.

use miette::Diagnostic;
use thiserror::Error;

use crate::base::wording::listed;

#[derive(Debug, Error, Diagnostic)]
pub enum RebaseError {
    #[error(
        "`{id}` does not run behind what lies before it, and nothing says that it was planned beside any of that: {why}"
    )]
    #[diagnostic(
        code(rebase::fails),
        help("nothing was planned anew; correct it, or plan it anew yourself: `pgplumb check` shows where it fails")
    )]
    Fails { id: String, why: String },

    #[error("`{id}` conflicts with `{with}`, and {what}: {why}")]
    #[diagnostic(
        code(rebase::by_hand),
        help(
            "what a person wrote is never planned anew; correct it so that it runs behind the other, or delete it and plan again"
        )
    )]
    ByHand { id: String, with: String, what: &'static str, why: String },

    #[error(
        "`{id}` conflicts with `{with}`, and behind it lies what was not planned for what it leads to: {}",
        listed(behind)
    )]
    #[diagnostic(
        code(rebase::not_last),
        help("give the folder of `{id}` a later time than theirs in its name, and run `pgplumb rebase` again")
    )]
    NotLast { id: String, with: String, behind: Vec<String> },

    #[error(
        "`{id}` is applied in {place}, and to plan it anew would leave that database behind: it conflicts with `{with}`"
    )]
    #[diagnostic(
        code(rebase::applied),
        help(
            "give the folder of `{with}` a later time in its name, where no database has applied it: then it is the one that is planned anew. Or take `{id}` back there with `pgplumb rollback`"
        )
    )]
    Applied { id: String, with: String, place: String },
}
