"""The contract (`events`) and the plumbing of the services: no rule of one of them, and no import of any."""
