"""Intake owns reports: what was accepted is never lost, and its citizen can always see where it stands."""
