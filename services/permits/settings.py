"""Settings of permits alone."""

from pydantic import Field

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """One environment variable each, named like the field in capitals."""

    draft_days: int = Field(default=90, gt=0)  # a draft to which no document was added for so long is forgotten
    empty_draft_days: int = Field(default=14, gt=0)  # and one that never had any
    drafts_megabytes: int = Field(default=20_000, gt=0)  # for the files of all drafts of the town together
    clamav_address: str = Field(default="", pattern=r"^$|^[^\s:]+:\d{1,5}$")  # `host:port` of clamd; empty: no scan
