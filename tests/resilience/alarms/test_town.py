"""The affairs of a town: work and applications that are late, holidays, nothing that comes in, photos without room."""

import os
import shutil
from datetime import date
from io import BytesIO
from pathlib import Path

import httpx
import pytest
import yaml
from PIL import Image

from deploy.local.machine import ROOT
from shared.events.ids import new_id
from shared.kernel import now
from tests.support.alarms import Watch
from tests.support.persistent_clients import PersistentClients, token
from tests.support.ringing import LONG_AGO, reports, restarted, routed
from tests.support.stack import Stack
from tools.play.permits import permit_cases, play_permit

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(420)]


async def test_an_application_that_nobody_decides(town: Stack, watch: Watch, people: PersistentClients) -> None:
    undecided = next(case for case in permit_cases() if not case.decide)
    async with httpx.AsyncClient(base_url=people.url("permits"), timeout=40) as http:
        played = await play_permit(undecided, http, lambda sub: token(town, sub), new_id(), 60)
    applications = people.mongo["onestop_permits"]["applications"]
    await applications.update_one({"_id": played.id}, {"$set": {"state.clock.due_at": now() - LONG_AGO}})
    await watch.rings("OnestopPermitsOverdue", played.lane)
    await applications.update_one({"_id": played.id}, {"$set": {"state.clock.due_at": now() + LONG_AGO}})
    await watch.falls_silent("OnestopPermitsOverdue")


async def test_a_town_from_which_nothing_comes_any_more(town: Stack, watch: Watch, people: PersistentClients) -> None:
    await reports(people, 1)
    stored = people.mongo["onestop_intake"]["reports"]
    await stored.update_many({}, {"$set": {"state.submitted_at": now() - LONG_AGO}})
    await watch.rings("OnestopNoReports")
    await reports(people, 1)
    await watch.falls_silent("OnestopNoReports")


async def test_a_year_without_holidays_comes_nearer(town: Stack, watch: Watch, tmp_path: Path) -> None:
    this_year = now().year
    profile = tmp_path / "maehia"
    shutil.copytree(ROOT / "deploy/municipalities/maehia", profile)
    with_holidays_of(profile, this_year - 1)
    town.configure("intake", TOWN_DIR=str(profile))
    await restarted(town, "intake")
    await watch.rings("OnestopHolidaysMissing", "ticket")
    with_holidays_of(profile, this_year, this_year + 1, this_year + 2)
    await restarted(town, "intake")
    await watch.falls_silent("OnestopHolidaysMissing")
    town.configure("intake", TOWN_DIR=town.env["TOWN_DIR"])
    await restarted(town, "intake")


def with_holidays_of(profile: Path, *years: int) -> None:
    """The town knows one holiday of each of these years, and of no others."""
    file = profile / "calendar.yaml"
    content = yaml.safe_load(file.read_text("utf-8"))
    holidays = [{"date": date(year, 1, 1), "th": "วันขึ้นปีใหม่", "en": "New Year's Day"} for year in years]
    content["calendar"] |= {"years": [*years], "holidays": holidays}
    file.write_text(yaml.safe_dump(content), "utf-8")


async def test_work_that_is_late_all_over_town(town: Stack, watch: Watch, people: PersistentClients) -> None:
    await routed(people, await reports(people, 12))
    orders = people.mongo["onestop_dispatch"]["work_orders"]
    late = {"state.clocks.resolve.due_at": now() - LONG_AGO}
    await orders.update_many({"state.clocks.resolve.due_at": {"$exists": True}}, {"$set": late})
    await watch.rings("OnestopWorkLate", seconds=150)
    in_time = {"state.clocks.resolve.due_at": now() + LONG_AGO}
    await orders.update_many({"state.clocks.resolve.due_at": {"$exists": True}}, {"$set": in_time})
    await watch.falls_silent("OnestopWorkLate")


async def test_photos_that_fill_their_room(town: Stack, watch: Watch) -> None:
    town.configure("intake", PHOTOS_MEGABYTES="1")
    await restarted(town, "intake")
    async with httpx.AsyncClient(base_url=town.url("intake"), timeout=40) as http:
        while (answer := await http.post("/api/v1/photos", files={"photo": noise()})).status_code == 201:
            pass
    assert answer.status_code == 503
    await watch.rings("OnestopRoomShort", "photos", seconds=120)
    town.configure("intake", PHOTOS_MEGABYTES="5000")
    await restarted(town, "intake")
    await watch.falls_silent("OnestopRoomShort", seconds=150)


def noise() -> bytes:
    """A picture that hardly shrinks, of some 60 kB, unlike any before."""
    side = 200
    file = BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)).save(file, "JPEG", quality=90)
    return file.getvalue()
