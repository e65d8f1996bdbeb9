"""Makes up a quarter of a town, for a plan that has no surveyed layers yet: marked as such wherever it is shown."""
