"""Each alarm is rung by the fault that it is for: a package, so that its one town ends with it."""
