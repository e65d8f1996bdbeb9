"""Documents that leave the town as files: PDF, set from a template and data."""

from shared.documents.typeset import picture, typeset

__all__ = ["picture", "typeset"]
