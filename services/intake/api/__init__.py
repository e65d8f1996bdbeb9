"""Intake over HTTP: parse, one call, answer."""
