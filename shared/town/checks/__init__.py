"""The checks between a town's parts, one file per subject; each yields the place and the reason of a defect."""
