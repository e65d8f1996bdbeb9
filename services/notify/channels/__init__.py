"""The ways out of the house, one module each; the inbox needs none, its deliveries are what it shows."""
