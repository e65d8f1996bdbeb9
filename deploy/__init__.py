"""How onestop runs: locally, in an image, in a cluster, and as which town."""
