"""Builders, fakes and the running system for tests; importable because the repository's root is on the path."""
