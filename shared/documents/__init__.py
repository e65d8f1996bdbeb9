"""Documents that leave the town as files: PDF, set from a template and data."""

from shared.documents.typeset import typeset

__all__ = ["typeset"]
