//! What the way back itself destroys of what there was before: a column that the up could change in place, and that the
//! down has to make anew.

use crate::grade::{Cause, Loss, losses};
use crate::kind::facts::Facts;
use crate::plan::Plan;

/// What the down takes from what was there before the up and still is there after it. `before` and `between` are the
/// states at either end of the up.
pub fn lost_on_the_way(down: &Plan, before: &Facts, between: &Facts) -> Vec<Loss> {
    let is_old = |loss: &Loss| before.contains(&loss.key) && between.contains(&loss.key);
    let is_gone = |loss: &Loss| matches!(loss.cause, Cause::Dropped | Cause::Replaced(_));
    losses(down, between, before).into_iter().filter(|loss| is_old(loss) && is_gone(loss)).collect()
}
