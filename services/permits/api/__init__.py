"""Permits over HTTP: parse, one call, answer."""
