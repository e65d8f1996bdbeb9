"""Contracts and plumbing that at least three services use; names none of them and holds no business rule."""
