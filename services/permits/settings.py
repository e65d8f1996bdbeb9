"""Settings of permits alone."""

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """One environment variable each, named like the field in capitals."""

    chromium: str = ""  # the browser that prints letters; empty: the first of chromium, google-chrome on the PATH
