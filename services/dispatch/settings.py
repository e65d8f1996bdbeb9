"""What dispatch is told by its environment."""

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Nothing of its own yet; teams, rules and promises are the town's profile."""
