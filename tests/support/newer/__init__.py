"""Dispatch as a release after this one might be: it stores a field and a state that this release does not know."""
