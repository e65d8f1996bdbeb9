"""Sign-in at a provider that towns run: a package, so that the provider ends with it."""
