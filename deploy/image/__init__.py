"""The image that a town runs, and how it is built on a machine that has no container engine."""
