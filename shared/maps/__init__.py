"""A town's map as every service shows it: its files, finding a place by words or degrees, the picture without WebGL."""
