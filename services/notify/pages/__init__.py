"""What citizens and staff read and set: the inbox and the preferences of one case."""
