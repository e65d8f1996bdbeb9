"""The dots of the register's map: what each says, and that five hundred of them are no work."""

from pathlib import Path
from time import process_time
from typing import Any

from shapely import Point

from services.permits.api.wording import Wording
from services.permits.domain.rules import rules_of
from services.permits.pages.register import ON_MAP_MOST, feature_of_permit
from shared.words import Words
from tests.support.permits import MONDAY, TOWN

WORDS = Words(Path("services/permits/pages/strings.yaml"))
SHOWING = Wording(TOWN, WORDS, "en", staff=False)
MIDDLE = Point(98.9500001, 18.74)


def permit(code: str = "house-new") -> dict[str, Any]:
    decision = {"number": "MH-1/2569", "at": MONDAY, "verify_code": "9ABC-DEFG-HJK0"}
    return {"type": code, "zone": TOWN.zones[0].code, "standing": "in-force", "decision": decision}


def test_a_dot_names_its_permit_in_the_readers_words_and_leads_to_what_proves_it() -> None:
    made = feature_of_permit(permit(), MIDDLE, SHOWING)

    assert made["geometry"]["coordinates"] == [98.95, 18.74]
    said = made["properties"]
    name, village = TOWN.permit_name("house-new", "en"), TOWN.zones[0].name.en
    assert (said["text"], said["tone"]) == (f"{name}, {village}", "brand")
    assert said["href"] == "/verify/9ABC-DEFG-HJK0"
    assert feature_of_permit(permit("a-lost-one"), MIDDLE, SHOWING)["properties"]["text"] == f"a-lost-one, {village}"


def test_a_full_map_is_made_in_less_time_than_the_rules_of_a_few_permits_are_read() -> None:
    """With the rules read for each dot, the page of anybody held all others for 0.2 s."""

    def spent(times: int, act: Any) -> float:
        begun = process_time()
        for _ in range(times):
            act()
        return process_time() - begun

    dots = min(spent(ON_MAP_MOST, lambda: feature_of_permit(permit(), MIDDLE, SHOWING)) for _ in range(3))
    rules = min(spent(ON_MAP_MOST // 10, lambda: rules_of(TOWN, "house-new")) for _ in range(3))
    assert dots < 5 * rules
