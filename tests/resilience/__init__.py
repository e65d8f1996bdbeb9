"""Faults of every kind: a package, so that its one town ends with it."""
