"""Programs ask here what became of the notices of a case."""
