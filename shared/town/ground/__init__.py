"""What stands on a town's ground: parcels, roads and buildings of its profile's layers, read once and searched."""

from shared.town.ground.model import Building, Ground, Parcel, Road
from shared.town.ground.read import Fault, read_ground, read_layer

__all__ = ["Building", "Fault", "Ground", "Parcel", "Road", "read_ground", "read_layer"]
