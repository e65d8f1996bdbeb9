"""The two images that a town runs, and how they are built on a machine that has no container engine."""
