"""The public plan: its layers for map programs, and a proposal judged as an application would be."""

import re
from typing import Any
from urllib.parse import quote

import httpx
from shapely import LineString

from services.permits.api.plan_layers import Layers
from shared.town.ground import Building, Ground, cityjson
from shared.town.ground.model import Parcel, Road
from shared.web.paging import encode_cursor
from tests.support.permits_running import BODY, FORM, ORIGIN, Permits

HTML = {"Accept": "text/html", "Origin": ORIGIN}
AT = "/api/v1/plan"
DEED = "40178"
_TAGS = re.compile(r"<svg.*?</svg>|<[^>]+>", re.DOTALL)


async def get(service: Permits, path: str, status: int = 200) -> Any:
    answer = await service.http.get(f"{AT}{path}")
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_map_program_finds_every_layer_from_the_landing_page(service: Permits) -> None:
    landing = await get(service, "")
    assert {link["rel"] for link in landing["links"]} >= {"self", "service-desc", "conformance", "data"}
    assert "ตัวอย่าง" in landing["description"]
    elsewhere = await service.http.get(AT, headers={"Origin": "https://elsewhere.example"})
    assert elsewhere.headers["access-control-allow-origin"] == "*"
    conforms = (await get(service, "/conformance"))["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in conforms

    listed = (await get(service, "/collections"))["collections"]
    assert [one["id"] for one in listed] == ["zones", "parcels", "roads", "buildings", "permits"]
    for one in listed:
        items = next(link for link in one["links"] if link["rel"] == "items")
        assert items["type"] == "application/geo+json"
        assert one["extent"]["spatial"]["bbox"] == [[98.885, 18.715, 98.99, 18.785]]
        assert one == await get(service, f"/collections/{one['id']}")
        collection = await get(service, f"/collections/{one['id']}/items?limit=5")
        assert collection["type"] == "FeatureCollection"
        assert collection["numberReturned"] == len(collection["features"])


async def test_pages_of_a_layer_leave_nothing_out(service: Permits) -> None:
    seen: list[str] = []
    path = "/collections/parcels/items?limit=50"
    while path:
        page = await get(service, path)
        assert page["numberMatched"] == 144
        seen += [feature["id"] for feature in page["features"]]
        following = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
        path = following.partition(AT)[2]

    assert len(seen) == len(set(seen)) == 144


async def test_a_box_and_a_deed_find_what_lies_there(service: Permits) -> None:
    [parcel] = (await get(service, f"/collections/parcels/items?deed_number={DEED}"))["features"]
    alone = await get(service, f"/collections/parcels/items/{DEED}")
    assert parcel.items() <= alone.items()
    west, south = parcel["geometry"]["coordinates"][0][0]

    near = await get(service, f"/collections/buildings/items?bbox={west},{south},{west + 0.0004},{south + 0.0004}")
    high = await get(service, f"/collections/buildings/items?bbox={west},{south},0,{west + 0.0004},{south + 0.0004},50")
    assert 1 <= near["numberMatched"] <= 12
    assert near["features"] == high["features"]
    assert (await get(service, "/collections/parcels/items?deed_number=nobody"))["features"] == []


async def test_what_is_misspelt_is_refused_and_never_taken_for_left_out(service: Permits) -> None:
    statuses = {
        "/collections/trees": 404, "/collections/trees/items": 404, "/collections/parcels/items/nobody": 404,
        "/collections/permits/items/1-2569": 404, "/collections/parcels/items?bbox=1,2,3": 400,
        "/collections/parcels/items?bbox=nan,0,1,1": 400, "/collections/parcels/items?bbox=1,1,2,0": 400,
        "/collections/parcels/items?box=1,2,3,4": 400, "/collections/permits/items?box=1": 400,
        "/collections/parcels/items?limit=0": 400, "/collections/parcels/items?after=-1": 400,
        "/collections/permits/items?limit=0": 400, "/collections/permits/items?limit=many": 400,
        "/collections/permits/items?after=3": 400, "/collections/permits/items/1/2569": 404,
    }  # fmt: skip
    for path, status in statuses.items():
        await get(service, path, status)


async def test_more_than_the_largest_answer_gets_the_largest_and_no_error(service: Permits) -> None:
    """GDAL asks for 1,000 of everything, QGIS for what the description says."""
    for kind in ("permits", "parcels"):
        assert (await get(service, f"/collections/{kind}/items?limit=1000"))["type"] == "FeatureCollection"
        assert (await get(service, f"/collections/{kind}/items?limit=999999999"))["type"] == "FeatureCollection"
    place = encode_cursor(("2000-01-01T00:00:00+00:00", "none"))
    assert (await get(service, f"/collections/permits/items?limit=1000&after={place}"))["features"] == []

    landing = await get(service, "")
    [described] = [link for link in landing["links"] if link["rel"] == "service-desc"]
    answer = await service.http.get(described["href"])
    assert answer.headers["content-type"] == described["type"] == "application/vnd.oai.openapi+json;version=3.0"
    paths = answer.json()["paths"]
    most = {kind: paths[f"/collections/{kind}/items"]["get"]["parameters"][0]["schema"]["maximum"]
            for kind in ("permits", "parcels")}  # fmt: skip
    assert most == {"permits": 500, "parcels": 5000}


async def test_each_thing_has_a_name_and_an_address_of_its_own(service: Permits) -> None:
    """A survey names some things, numbers others, and a code may hold whatever an address means something by."""
    line = LineString([(98.95, 18.74), (98.951, 18.741)])
    shape = line.buffer(0.0001)
    codes = ["2", "", "ก 1/2 #3?", "-3", ""]
    ground = Ground(
        parcels=[Parcel("40178", shape)],
        roads=[Road(code, 6.0, line) for code in codes],
        buildings=[Building(code, 3.0, shape) for code in codes],
    )
    kept = service.app.state.layers
    service.app.state.layers = Layers(service.desk.town.model_copy(update={"ground": ground}))
    try:
        for kind in ("roads", "buildings"):
            features = (await get(service, f"/collections/{kind}/items"))["features"]
            assert [one["id"] for one in features] == ["2", "-2", "ก 1/2 #3?", "-3", "5"]
            for feature in features:
                alone = await get(service, f"/collections/{kind}/items/{quote(feature['id'], safe='')}")
                assert alone["id"] == feature["id"]
                [itself] = [link["href"] for link in alone["links"] if link["rel"] == "self"]
                assert (await service.http.get(itself)).json()["geometry"] == feature["geometry"]
        far, near = "0,0,1,1", "98,18,99,19"
        for query, found in (("", 1), (f"&bbox={near}", 1), (f"&bbox={far}", 0), (f"&bbox=170,-90,{near[:2]},90", 0)):
            listed = await get(service, f"/collections/parcels/items?deed_number=๔๐๑๗๘{query}")
            assert len(listed["features"]) == found, query
        assert (await get(service, "/collections/parcels/items/๔๐๑๗๘"))["id"] == "40178"
    finally:
        service.app.state.layers = kept


async def test_a_box_over_the_180th_meridian_is_two(service: Permits) -> None:
    for kind in ("zones", "parcels", "roads", "buildings"):
        whole = await get(service, f"/collections/{kind}/items")
        around = await get(service, f"/collections/{kind}/items?bbox=98,-90,-170,90")
        assert around["features"] == whole["features"] != []
        assert (await get(service, f"/collections/{kind}/items?bbox=170,-90,-170,90"))["features"] == []
    assert (await get(service, "/collections/permits/items?bbox=170,-90,-170,90"))["features"] == []


async def test_the_buildings_go_out_as_cityjson(service: Permits) -> None:
    written = await get(service, "/buildings.city.json")
    buildings, wrong = cityjson.read(written)

    assert (len(buildings), wrong) == (108, [])
    assert written["metadata"]["referenceSystem"].endswith("/32647")


# --- the page


def rows(page: str) -> dict[str, tuple[str, bool]]:
    """Rule to its value and whether it passed."""
    table = page.partition('id="result-1"')[2].partition("</table>")[0]
    found = {}
    for row in re.findall(r"<tr><td.*?</tr>", table, re.DOTALL):
        cells = [
            re.sub(r"<svg.*?</svg>|<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
        ]
        found[cells[0]] = (cells[1], cells[3] == "Passed")
    return found


async def look(service: Permits, query: str, status: int = 200) -> httpx.Response:
    answer = await service.http.get(f"/plan?lang=en{query}", headers=HTML)
    assert answer.status_code == status, answer.text
    return answer


async def test_without_a_proposal_it_shows_the_zones_and_says_that_the_data_is_made_up(service: Permits) -> None:
    page = (await look(service, "")).text

    assert "Illustrative data" in page
    assert "Low-density residential" in page
    assert 'data-proposals="[]"' in page


async def test_a_deed_alone_shows_the_largest_footprint_that_the_setback_leaves(service: Permits) -> None:
    page = (await look(service, f"&deed={DEED}&use=house&storeys=1")).text
    found = rows(page)

    assert "the largest footprint" in page
    assert found["setback"] == ("2.01 m measured on the map", True)
    assert found["height"] == ("3.2 m as declared", True)
    assert found["width of the road"] == ("6.0 m from the town plan&#39;s data", True)
    assert all(passed for _, passed in found.values())
    assert "Every rule that can be checked is met" in page


async def test_the_plan_and_an_application_judge_alike(service: Permits) -> None:
    """A house of four storeys with a use that the zone does not allow, drawn over the border."""
    [parcel] = (await get(service, f"/collections/parcels/items?deed_number={DEED}"))["features"]
    ring = parcel["geometry"]["coordinates"][0][:-1]
    corners = "%0A".join(f"{latitude}%2C{longitude}" for longitude, latitude in ring)
    page = (await look(service, f"&deed={DEED}&use=factory&height=24&area=900&footprint={corners}")).text
    middle = [sum(axis) / 4 for axis in zip(*ring, strict=True)]
    where = {"longitude": middle[0], "latitude": middle[1], "footprint": ring}
    form = FORM | {"deed_number": DEED, "use": "factory", "height_m": "24", "usable_area_m2": "900",
                   "covered_area_m2": "336", "plot_area_m2": "336", "setback_m": "0"}  # fmt: skip
    opened = await service.http.post("/api/v1/applications", json=BODY | {"form": form, "location": where})
    assert opened.status_code == 201, opened.text
    secret = {"X-Application-Secret": opened.json()["secret"], "Accept-Language": "en"}
    application = await service.http.get(f"/api/v1/applications/{opened.json()['reference']}", headers=secret)
    [plan] = [one for one in application.json()["lane"]["conditions"] if one["condition"] == "plan-checks-pass"]
    judged = {rule["name"]: rule["passed"] for rule in plan["rules"]}

    tried = {name: passed for name, (_, passed) in rows(page).items()}
    assert {name: judged[name] for name in tried} == tried
    assert {name for name, passed in tried.items() if not passed} == {
        "use that the zone allows", "height", "ground covered", "floor area ratio", "setback",
    }  # fmt: skip


async def test_a_shadow_is_thrown_by_day_and_none_by_night(service: Permits) -> None:
    day = (await look(service, f"&deed={DEED}&storeys=2&date=2026-12-21&time=09:00")).text
    night = (await look(service, f"&deed={DEED}&storeys=2&date=2026-12-21&time=22:00")).text

    assert "Sun 25." in day
    assert 'class="shadow" d="M' in day
    assert "too low or has set" in night
    assert 'class="shadow" d="M' not in night


async def test_two_proposals_stand_side_by_side(service: Permits) -> None:
    page = (await look(service, f"&deed={DEED}&storeys=1&with=deed%3D{DEED}%26storeys%3D5")).text

    assert "This proposal" in page
    assert "The one kept" in page
    assert "16 m" in page.partition('id="result-2"')[2]


async def test_what_cannot_be_tried_is_said_beside_its_field(service: Permits) -> None:
    crossing = "18.745,98.957%0A18.7451,98.9571%0A18.745,98.9571%0A18.7451,98.957"
    said = {
        f"&deed={DEED}&height=-1": "a number above zero", "&deed=0": "no such deed",
        "&latitude=18.7&longitude=98.0": "outside the town", f"&footprint={crossing}": "cross each other",
    }  # fmt: skip
    for query, words in said.items():
        page = await look(service, query, 422)
        assert words in page.text.partition("data-error-summary")[2]


async def test_a_place_outside_the_zones_is_said_and_nothing_passes(service: Permits) -> None:
    page = (await look(service, "&latitude=18.72&longitude=98.89")).text

    assert "Outside the zones of the plan" in page
    assert [passed for _, passed in rows(page).values()] == [False]


# --- in the application's form


async def test_a_deed_without_a_pin_is_enough_and_a_drawing_is_kept(service: Permits) -> None:
    typed = {"name": "สมชาย", "latitude": "", "longitude": "", "f_deed_number": DEED}
    drawn = {"footprint": "18.74525, 98.95683\n18.74525, 98.95690\n18.74532, 98.95690"}
    key = {"key": "a-key-of-this-test"}
    opened = await service.http.post("/permits/new/house-new", data=typed | drawn | key, headers=HTML)
    assert opened.status_code == 303, opened.text
    path = opened.headers["location"].partition("?")[0]

    form = (await service.http.get(f"{path}/edit", headers=HTML)).text
    assert "18.7453200, 98.9569000" in form
    kept = await service.store.find_by_reference(path.rpartition("/")[2])
    assert kept is not None
    assert len(kept.state.location.footprint) == 3


async def test_a_drawing_that_crosses_itself_is_said_beside_it(service: Permits) -> None:
    typed = {"name": "สมชาย", "latitude": "", "longitude": "", "f_deed_number": DEED, "key": "another-key"}
    crossed = {"footprint": "18.7452, 98.9568\n18.7453, 98.9569\n18.7452, 98.9569\n18.7453, 98.9568"}
    answer = await service.http.post("/permits/new/house-new", data=typed | crossed, headers=HTML)

    assert answer.status_code == 422
    assert "เส้นผังอาคารตัดกันเอง" in answer.text
    assert 'href="#footprint"' in answer.text
