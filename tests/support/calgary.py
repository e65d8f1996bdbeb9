"""Building permits of another city, told as applications to the town. The file says no licence: it is read where it
lies, and none of its rows is copied into the project.

What it does not say is assumed, the same for every row, so that lanes differ only by what somebody wrote there: type,
use, area, storeys, place. Places keep their arrangement and are moved into the town's plan.
"""

import csv
import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.support.source import ROOT

FILE = ROOT.parent / "shared/data/permits/calgary-building-permits-public.csv.gz"
TYPES = {"New": "house-new", "Alteration": "alteration", "Addition": "alteration", "Repair": "alteration",
         "Demolition": "demolition"}  # fmt: skip
USES = {"Single Family": "house", "Secondary Suites": "house", "Two Family": "row-house", "Townhouse": "row-house",
        "Apartment": "apartment", "Commercial": "shop", "Industrial": "warehouse", "Government": "office"}  # fmt: skip
STOREYS = {"one": 1, "single": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_STOREYS = re.compile(rf"\b({'|'.join(STOREYS)}|\d{{1,2}})[ -]+stor(?:e?y|ies|eys)", re.IGNORECASE)
# South, west, height and width: of the file, and of the zones of the town's plan.
THEIRS, OURS = (50.85, -114.29, 0.35, 0.41), (18.7358, 98.8930, 0.0205, 0.0770)
ASSUMED = {"height_m": "4.5", "setback_m": 3, "owns_land": "yes", "applicant_kind": "person"}
PLOT = 4  # times the ground that a house covers


@dataclass(frozen=True)
class Row:
    """One permit of the file, and what the town is asked for."""

    number: str
    body: Mapping[str, Any]

    @property
    def form(self) -> Mapping[str, Any]:
        form: Mapping[str, Any] = self.body["form"]
        return form

    @property
    def is_offered(self) -> bool:
        """The town has such permits; an alarm or a tent is none of them."""
        return self.body["type"] in TYPES.values()

    @property
    def speaks_against_haste(self) -> set[str]:
        """The conditions of the two-hour lane that its own answers fail, worked out here from the row. What it leaves
        open speaks against nothing."""
        if self.body["type"] != "house-new":
            return set()
        area = self.form.get("usable_area_m2")
        found = {"storeys"} if self.form["storeys"] != 1 else set()
        found |= {"usable-area"} if area is not None and Decimal(area) > 150 else set()
        return found | ({"residential-use"} if self.form["use"] != "house" else set())


def rows(every: int = 1) -> Iterator[Row]:
    """The file's, or each so many-th."""
    with gzip.open(FILE, "rt", encoding="utf-8", newline="") as file:
        for at, line in enumerate(csv.DictReader(file)):
            if at % every == 0:
                yield row_of(line)


def row_of(line: Mapping[str, str]) -> Row:
    """One line of the file as an application."""
    kind = TYPES.get(line["workclass"], re.sub("[^a-z]+", "-", line["workclass"].lower()))
    forms = {"house-new": _house, "alteration": _alteration, "demolition": _demolition}
    fill_in = forms.get(kind)
    form = {"deed_number": line["permitnum"], **(fill_in(line) if fill_in else {})}
    applicant = {"name": f"ผู้ขอ {line['permitnum']}", "email": f"{line['permitnum']}@resident.example".lower()}
    return Row(line["permitnum"], {"type": kind, "form": form, "location": _place(line), "applicant": applicant})


def _house(line: Mapping[str, str]) -> dict[str, Any]:
    use = USES.get(line["permitclassgroup"], "other")
    form = {**ASSUMED, "storeys": _storeys(line["description"]), "use": use}
    if use == "other":
        form["use_other"] = line["permitclass"]
    if area := line["total_m2"]:
        form |= {"usable_area_m2": area, "covered_area_m2": area, "plot_area_m2": str(Decimal(area) * PLOT)}
    return form


def _alteration(line: Mapping[str, str]) -> dict[str, Any]:
    use = USES.get(line["permitclassgroup"], "other")
    form = {**ASSUMED, "storeys": _storeys(line["description"]), "use": use, "works": line["description"],
            "adds_area": "yes" if line["workclass"] == "Addition" else "no"}  # fmt: skip
    return form | ({"use_other": line["permitclass"]} if use == "other" else {})


def _demolition(line: Mapping[str, str]) -> dict[str, Any]:
    begins = {"start_date": line["issueddate"]} if line["issueddate"] else {}
    return {**ASSUMED, "storeys": _storeys(line["description"]), "method": line["description"], **begins}


def _storeys(description: str) -> int:
    """The largest number that is written; one where none is."""
    found = [STOREYS.get(one.lower()) or int(one) for one in _STOREYS.findall(description)]
    return max(found, default=1)


def _place(line: Mapping[str, str]) -> dict[str, Any]:
    south, west, height, width = THEIRS
    latitude = OURS[0] + (float(line["latitude"]) - south) / height * OURS[2]
    longitude = OURS[1] + (float(line["longitude"]) - west) / width * OURS[3]
    return {"latitude": round(latitude, 6), "longitude": round(longitude, 6), "address": line["originaladdress"]}
