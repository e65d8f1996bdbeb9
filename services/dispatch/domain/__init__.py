"""The rule book of field work: routing, the work order's way, its clocks and who is told when it is late."""
