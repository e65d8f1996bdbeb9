"""The checks across sections, one file per subject; each yields the place and the reason of a defect."""
