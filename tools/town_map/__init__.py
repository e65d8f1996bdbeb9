"""Makes a town's map from an OpenStreetMap extract: one PMTiles file, an index of places, and a picture of it all."""
