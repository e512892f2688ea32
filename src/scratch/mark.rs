//! The marks by which a later run knows what is ours, and whose it was.

use sha2::{Digest, Sha256};

use crate::scratch::owner::Owner;

/// What the name of a cluster's folder begins with; the process number and random letters follow.
pub(super) const PREFIX: &str = "pgplumb-scratch-";

/// The file in that folder that says whose it is.
pub(super) const OWNER_FILE: &str = "owner";

/// What the names of all scratch databases begin with.
pub(super) const DATABASE_PREFIX: &str = "pgplumb_scratch_";

/// Eight digits for the machine and container that a process runs on.
pub(super) fn place_hash(owner: &Owner) -> String {
    Sha256::digest(owner.place().as_bytes()).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}
