"""A service that kills itself between two steps of the kernel, once, when a test has armed it."""
