"""Permits' pages: for applicants, for the desk, and for everybody."""
