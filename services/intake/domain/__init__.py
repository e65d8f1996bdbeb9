"""What may happen to a report, and what the town says about it then; pure, time comes in as an argument."""
