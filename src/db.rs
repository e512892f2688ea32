//! Connections: where the server is, how it is reached, and the one snapshot that a read uses.
