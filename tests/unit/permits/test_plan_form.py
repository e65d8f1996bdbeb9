"""The public plan's form: what it takes, and what it says beside the field that cannot be used."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.permits.domain.proposal import Proposal, try_out
from services.permits.pages.plan_form import MOST, as_answers, read_proposal, read_query, takes_proposal
from services.permits.plot_drawing import draw
from shared.town import load_town

TOWN = load_town(Path("deploy/municipalities/maehia"))
DEED = "40178"
SQUARE = "18.74522, 98.95683\n18.74522, 98.95690\n18.74532, 98.95690\n18.74532, 98.95683"


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({"deed": "0"}, "deed", "plan.unknown-deed"),
        ({"deed": DEED, "height": "-1"}, "height", "plan.wrong-number"),
        ({"deed": DEED, "height": "NaN"}, "height", "plan.wrong-number"),
        ({"deed": DEED, "height": "501"}, "height", "plan.wrong-number"),
        ({"deed": DEED, "storeys": "0"}, "storeys", "plan.wrong-number"),
        ({"deed": DEED, "area": "much"}, "area", "plan.wrong-number"),
        ({"deed": DEED, "date": "2026-13-01"}, "date", "plan.wrong-moment"),
        ({"deed": DEED, "date": "2026-12-01", "time": "25:00"}, "date", "plan.wrong-moment"),
        ({"deed": DEED, "date": "9999-12-31"}, "date", "plan.wrong-moment"),
        ({"latitude": "x", "longitude": "98.9"}, "latitude", "plan.wrong-place"),
        ({"latitude": "18.7"}, "latitude", "plan.wrong-place"),
        ({"latitude": "inf", "longitude": "98.9"}, "latitude", "plan.wrong-place"),
        ({"footprint": "here"}, "footprint", "form.footprint-numbers"),
        ({"footprint": "1,2\n3,4"}, "footprint", "form.footprint-corners"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(sent: dict[str, str], field: str, code: str) -> None:
    asked = read_proposal(TOWN, sent)

    assert asked.proposal is None
    assert asked.errors == {field: code}


def test_nothing_asked_is_no_error() -> None:
    asked = read_proposal(TOWN, {"use": "house", "lang": "en"})

    assert (asked.proposal, asked.errors) == (None, {})


def test_its_address_says_it_again() -> None:
    asked = read_proposal(TOWN, {"deed": DEED, "height": "๔.๕", "footprint": SQUARE, "date": "2026-12-21"})

    again = read_query(TOWN, asked.query)

    assert asked.proposal is not None
    assert again.proposal == asked.proposal
    assert asked.proposal.form["height_m"] == "4.5"
    assert asked.proposal.moment == datetime(2026, 12, 21, 5, tzinfo=UTC)  # noon in Bangkok


def test_an_address_of_any_length_is_read_in_no_time() -> None:
    assert read_query(TOWN, "deed=" + "1" * 10 * MOST).proposal is None
    assert read_query(TOWN, "&".join(f"deed={DEED}&a{n}=1" for n in range(50))).proposal is None


def at(**values: str) -> Proposal:
    asked = read_proposal(TOWN, {"deed": DEED, **values})
    assert asked.proposal is not None
    return asked.proposal


def test_storeys_stand_for_height_and_floor_space_that_nobody_said() -> None:
    trial = try_out(TOWN, at(storeys="2"))
    told = try_out(TOWN, at(storeys="2", height="5", area="100"))

    assert trial.height_m == 6.4
    assert trial.area_m2 is not None
    assert trial.usable_m2 == 2 * trial.area_m2
    assert (told.height_m, str(told.usable_m2)) == (5.0, "100")


def test_without_a_parcel_or_a_drawing_only_the_zone_is_known() -> None:
    trial = try_out(TOWN, Proposal(98.95, 18.745))

    assert trial.mass is None
    assert {rule.code for rule in trial.rules if not rule.waits} == {"zone"}


def test_a_plot_that_the_setback_leaves_nothing_of_has_no_mass() -> None:
    zones = tuple(zone.model_copy(update={"min_setback_m": 8.0}) for zone in TOWN.land_use)
    trial = try_out(TOWN.model_copy(update={"land_use": zones}), at(storeys="1"))

    assert trial.mass is None
    assert trial.shadow is None


def test_the_drawing_shows_the_plot_its_neighbours_and_what_is_proposed() -> None:
    proposal = at(storeys="3", date="2026-12-21", time="08:00")
    trial = try_out(TOWN, proposal)
    drawing = draw(TOWN, trial.site.parcel, trial.mass, trial.shadow, (proposal.longitude, proposal.latitude))
    kinds = [kind for kind, _ in drawing.paths]

    assert {kind: kinds.count(kind) for kind in ("plot", "mass", "shadow")} == {"plot": 1, "mass": 1, "shadow": 1}
    assert kinds.count("parcel") > 3
    assert "road" in kinds
    assert kinds.index("shadow") < kinds.index("mass")
    assert all(path.startswith("M") and "nan" not in path for _, path in drawing.paths)
    west, north, wide, high = map(float, drawing.view.split())
    assert (round(wide / high, 2), west < 0, north < 0) == (1.33, True, True)


def test_a_proposal_is_taken_into_the_form_of_an_application_that_asks_for_it() -> None:
    fields = {field.code for field in TOWN.permits["house-new"].fields}
    tried = read_proposal(
        TOWN, {"deed": DEED, "use": "house", "storeys": "2", "footprint": SQUARE, "date": "2026-12-21"}
    )

    answers = as_answers(tried, fields)
    assert answers.pop("footprint") == SQUARE
    assert answers == {"f_deed_number": DEED, "f_use": "house", "f_storeys": "2", "latitude": "18.745270",
                       "longitude": "98.956865"}  # fmt: skip
    assert as_answers(read_proposal(TOWN, {"use": "house", "deed": "0"}), {"use"}) == {"f_use": "house"}
    assert [code for code, permit in TOWN.permits.items() if takes_proposal(permit)] == ["house-new"]
