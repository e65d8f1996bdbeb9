"""How well a town's words and rules send what people really wrote to those who really acted."""
