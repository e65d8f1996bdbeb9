"""Where nobody is anonymous: a package, so that its one town ends with it."""
