"""One file for each real part: how it is configured, started, and known to be ready."""
