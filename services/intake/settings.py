"""Intake's settings: what every service has, and the sizes of photos."""

from pydantic import Field

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """One environment variable each."""

    photo_pixels_most: int = Field(default=60_000_000, gt=0)  # a 48-megapixel phone fits; a bomb of 4 gigapixels not
    photo_side: int = Field(default=2048, gt=0)  # longest side that is kept, in pixels: readable, and about 0.5 MB
    thumbnail_side: int = Field(default=400, gt=0)
    photos_megabytes: int = Field(default=5_000, gt=0)  # for all uploaded photos that no report names yet
    photo_hours: int = Field(default=72, gt=0)  # an uploaded photo that no report names is forgotten after this
