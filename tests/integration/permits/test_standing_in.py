"""While somebody is away another sees what waits for them and signs in their place, from the desk to the letter."""

import asyncio
import dataclasses
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shared.kernel import now
from tests.support.permits_running import MAEHIA, Permits, permits, wake

TODAY = now().astimezone(ZoneInfo("Asia/Bangkok")).date()
TITLE = "ปลัดเทศบาล รักษาราชการแทน นายกเทศมนตรีเมืองแม่เหียะ"
AWAY = """absences:
  - {{office: mayor, deputy: clerk, first_day: {since}, last_day: {until}, order: คำสั่งที่ 812/2569}}
  - {{team: works-building, deputy: works-roads, first_day: {since}, last_day: {until}, order: คำสั่งที่ 813/2569}}
"""


@pytest.fixture
async def away(mongo: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Permits]:
    """Permits in a town whose mayor and whose building examiners are away, today and tomorrow."""
    town = Path(shutil.copytree(MAEHIA, tmp_path / "maehia"))
    profile = (town / "permits.yaml").read_text("utf-8")
    assert "absences: []\n" in profile
    absences = AWAY.format(since=TODAY - timedelta(days=1), until=TODAY + timedelta(days=1))
    (town / "permits.yaml").write_text(profile.replace("absences: []\n", absences), "utf-8")
    async with permits(monkeypatch, mongo, town=town) as running:
        yield running


def clerk(service: Permits, *roles: str) -> dict[str, str]:
    return service.staff("clerk", *(roles or ("signatory",)), signs_for=frozenset({"clerk"}))


async def test_a_deputy_signs_a_house_that_their_own_office_may_not(away: Permits, tmp_path: Path) -> None:
    made = await away.brought_to("examined")
    rows = (await away.http.get("/permits/desk/sign", headers=clerk(away))).text
    assert TITLE in rows.partition(made["reference"])[2]
    assert "คำสั่งที่ 812/2569" in rows
    page = (await away.http.get(f"/permits/desk/{made['reference']}", headers=clerk(away))).text
    assert f'<option value="mayor">{TITLE}</option>' in page

    mark = rows.partition(f'name="mark-{made["reference"]}" value="')[2].partition('"')[0]
    signed = await away.http.post(
        "/permits/desk/sign", data={"sign": made["reference"], f"mark-{made['reference']}": mark}, headers=clerk(away)
    )
    assert signed.status_code == 200, signed.text
    seen = await away.seen(made)
    assert (seen["state"], seen["decision"]["office"]) == ("decided", TITLE)
    assert seen["decision"]["stand_in"]["by_order"] == "คำสั่งที่ 812/2569"
    assert [line["text"] for line in seen["timeline"] if TITLE in line["text"]]
    assert "รักษาราชการแทน" in await letter_of(away, made, tmp_path)


async def letter_of(service: Permits, made: dict[str, str], folder: Path) -> str:
    await wake(service)
    path = f"/api/v1/applications/{made['reference']}/letter"
    answer = await service.http.get(path, params={"secret": made["secret"]})
    assert answer.headers["content-type"] == "application/pdf"
    (folder / "letter.pdf").write_bytes(answer.content)
    command = ("pdftotext", "-layout", str(folder / "letter.pdf"), "-")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    return " ".join((await process.communicate())[0].decode().split())


async def test_without_an_absence_the_same_person_signs_no_house(service: Permits) -> None:
    made = await service.brought_to("examined")

    refused = await service.act(made, "decide", clerk(service), {"decision": "approve"})

    assert (refused.status_code, refused.json()["code"]) == (403, "no-office")


async def test_a_signature_that_comes_again_when_the_absence_is_over_is_answered_and_no_new_one_is_given(
    away: Permits,
) -> None:
    made, other = await away.brought_to("examined"), await away.brought_to("examined")
    sign, revoke = ({**clerk(away), "Idempotency-Key": key} for key in ("sign-once", "revoke-once"))
    approved, taken = {"decision": "approve"}, {"reason": "ผิดแบบ"}
    for act, who, body in (("decide", sign, approved), ("revoke", revoke, taken)):
        assert (await away.act(made, act, who, body)).status_code == 200

    town = away.desk.town.model_copy(update={"absences": ()})  # the day after
    away.app.state.desk = dataclasses.replace(away.desk, town=town)

    for act, who, body in (("decide", sign, approved), ("revoke", revoke, taken)):
        again = await away.act(made, act, who, body)
        assert (act, again.status_code) == (act, 200)
    assert (await away.seen(made))["decision"]["office"] == TITLE
    refused = await away.act(other, "decide", clerk(away), approved)
    assert (refused.status_code, refused.json()["code"]) == (403, "no-office")


async def test_nobody_signs_in_another_s_place_what_they_examined(away: Permits) -> None:
    made = await away.brought_to("accepted")
    both = clerk(away, "examiner", "signatory")
    assert (await away.act(made, "examine", both, {"proposal": "approve"})).status_code == 200

    refused = await away.act(made, "decide", both, {"decision": "approve"})

    assert (refused.status_code, refused.json()["code"]) == (403, "same-person")


async def test_examiners_of_another_team_take_the_place_of_those_who_are_away(away: Permits) -> None:
    made = await away.brought_to("accepted")
    roads = away.staff("roads", "examiner", team="works-roads")
    water = away.staff("water", "examiner", team="works-water")

    assert made["reference"] in (await away.http.get("/permits/desk", headers=roads)).text
    assert made["reference"] not in (await away.http.get("/permits/desk", headers=water)).text
    assert (await away.act(made, "examine", water, {"proposal": "approve"})).status_code == 403
    examined = await away.act(made, "examine", roads, {"proposal": "approve"})
    assert examined.json()["proposal"]["stand_in"].startswith("งานถนนและทางเท้า ปฏิบัติหน้าที่แทน งานควบคุมอาคาร")
