"""The four services; each owns its cases and its database, and none imports another."""
