"""The first town's profile after a council that has renamed or removed every code that an application can hold."""

import json
import re
import shutil
from pathlib import Path

KIOSK = """
permits:
  kiosk:
    name: {th: ตั้งซุ้มขายของ, en: Kiosk}
    team: works-houses
    form_code: {th: ซ.1, en: K1}
    law: {th: เทศบัญญัติ, en: By-law}
    fields: [{code: colour, label: {th: สี, en: Colour}, type: text}]
    documents: [{code: sketch, name: {th: ภาพร่าง, en: Sketch}, accepts: [application/pdf]}]
    lanes: [{code: normal, name: {th: ช่องทางเดียว, en: The only lane}, duration: {days: 5}}]
permit_escalation: []
signatories: [{code: council, title: {th: สภาเทศบาล, en: The council}, email: council@town.example}]
"""


def lost_profile(town: Path, folder: Path) -> Path:
    """A copy in `folder` without a type, document, field, fast lane, office, team, zone or reminder of before."""
    copy = folder / "town"
    shutil.copytree(town, copy)
    (copy / "permits.yaml").write_text(KIOSK, encoding="utf-8")
    (copy / "land-use.geojson").unlink()
    responses = copy / "responses.yaml"  # for a type that is gone there are no ready-made words
    responses.write_text(re.sub(r"^ +permits: .*\n", "", responses.read_text(encoding="utf-8"), flags=re.MULTILINE))
    zones = json.loads((copy / "zones.geojson").read_text(encoding="utf-8"))
    renamed = {feature["properties"]["code"]: f"area-{number}" for number, feature in enumerate(zones["features"])}
    renamed["works-building"] = "works-houses"
    for file in (*copy.glob("*.yaml"), copy / "zones.geojson"):
        text = file.read_text(encoding="utf-8")
        for before in sorted(renamed, key=len, reverse=True):
            text = text.replace(before, renamed[before])
        file.write_text(text, encoding="utf-8")
    return copy
