"""Each alarm is rung by the fault that it is for, in a running town watched by a real Prometheus, and ends with it.

What was seen here stands under "Tried" on the alarm's page in `docs/operations/runbooks`. A campaign: it takes minutes.
"""

import asyncio
import os
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from PIL import Image

from deploy.local.authority import Authority
from deploy.local.machine import ROOT
from deploy.local.ports import free_ports
from shared.events.ids import new_id
from shared.events.topics import internal
from shared.kernel import Moment, now
from shared.kernel.moments import Kept, as_documents
from tests.support.alarms import Watch
from tests.support.kernel import eventually
from tests.support.newer.part import NEWER, newer
from tests.support.persistent_clients import REPORT, PersistentClients, token
from tests.support.reconciliation import caught_up, letters_of, produce
from tests.support.seals import key_of
from tests.support.stack import Stack
from tools.operate import backup
from tools.play.permits import permit_cases, play_permit

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(420)]
PARTS = ("mail", "kafka", "mongo", "oidc", "topics", "intake", "dispatch", "permits", "notify")
WAYS = ("sent", "retrying")
LONG_AGO = timedelta(days=30)
UNREADABLE: dict[str, Any] = {"topic": internal("reports"), "key": b"nobody", "value": b"\xff", "headers": []}


@pytest.fixture(scope="module")
def town() -> Iterator[Stack]:
    """With everything running; each test hands it on so."""
    with Stack(RATE_LIMITS="off", OTEL_TRACES_EXPORTER="none", OTEL_EXPORTER_OTLP_ENDPOINT="") as stack:
        yield stack.up(*PARTS)


@pytest.fixture(scope="module")
def watch(town: Stack) -> Watch:
    """Prometheus over it."""
    watch = Watch(town)
    watch.start()
    return watch


@pytest.fixture
async def people(town: Stack) -> AsyncIterator[PersistentClients]:
    """Its people."""
    async with PersistentClients(town) as made:
        yield made


async def reports(people: PersistentClients, count: int) -> list[str]:
    """So many are handed in; their ids."""
    asked = await asyncio.gather(*(people.report() for _ in range(count)))
    return [one.answer["id"] for one in asked]


async def routed(people: PersistentClients, ids: list[str]) -> None:
    """Return when each has its work order."""
    orders = people.mongo["onestop_dispatch"]["work_orders"]

    async def all_there() -> bool:
        return await orders.count_documents({"state.report.id": {"$in": ids}}) == len(ids)

    await eventually(all_there, 60)


async def discard_letters(town: Stack, *groups: str) -> None:
    """What an operator does with records that are nobody's, once all of them are parked."""
    await caught_up(town)
    for group in groups:
        letters = letters_of(town, group)
        await letters.discard([one for one in await letters.all() if one.state == "open"], "rung on purpose")


async def restarted(town: Stack, part: str) -> None:
    await asyncio.to_thread(town.restart, part)


async def test_a_service_that_is_gone(town: Stack, watch: Watch, people: PersistentClients) -> None:
    await routed(people, await reports(people, 1))
    await asyncio.to_thread(town.stop, "dispatch")
    waiting = await reports(people, 1)
    await watch.rings("OnestopServiceGone", "dispatch", "page")
    await watch.rings("OnestopProcessGone", "dispatch")
    await watch.rings("OnestopReportsUnrouted")
    await asyncio.to_thread(town.start, "dispatch")
    await routed(people, waiting)
    await watch.falls_silent("OnestopServiceGone", "OnestopProcessGone", "OnestopReportsUnrouted")


async def test_a_service_that_hangs_and_then_catches_up(town: Stack, watch: Watch, people: PersistentClients) -> None:
    """Not one that is started again: what a process does before Prometheus first looks at it is no rise of a count."""
    await routed(people, await reports(people, 1))
    town.pause("dispatch")
    try:
        waiting = await reports(people, 5)
        await watch.rings("OnestopServiceGone", "dispatch")
        await asyncio.sleep(10)  # longer than is promised for a report to have a team
    finally:
        town.resume("dispatch")
    await watch.rings("OnestopRoutedLate", "page")
    await routed(people, waiting)
    await watch.falls_silent("OnestopServiceGone")


async def test_a_service_of_which_nobody_hears(town: Stack, watch: Watch, people: PersistentClients) -> None:
    """As where all its workers are gone and those that answer people live on."""
    town.configure("dispatch", ROLES="api,relay,timers")
    await restarted(town, "dispatch")
    waiting = await reports(people, 1)
    await watch.rings("OnestopRoleGone", "dispatch", "worker", "page")
    assert "OnestopServiceGone" not in await watch.ringing()
    town.configure("dispatch", ROLES="api,worker,relay,timers")
    await restarted(town, "dispatch")
    await routed(people, waiting)
    await watch.falls_silent("OnestopRoleGone")


async def test_a_database_that_is_away(town: Stack, watch: Watch, people: PersistentClients) -> None:
    await reports(people, 3)
    await asyncio.to_thread(town.stop, "mongo")
    going = asyncio.create_task(knocking(town))
    try:
        await watch.rings("OnestopDatabaseAway", "intake", "page")
        await watch.rings("OnestopNotAccepted", "intake", "page")
        await watch.rings("OnestopNotAnswered", "intake", "page")
    finally:
        going.cancel()
        await asyncio.to_thread(town.start, "mongo")
    await people.ready("intake", "dispatch", "permits", "notify")
    await watch.falls_silent("OnestopDatabaseAway")


async def knocking(town: Stack) -> None:
    """Residents send and look, and are told to come back."""
    async with httpx.AsyncClient(base_url=town.url("intake"), timeout=20) as http:
        while True:
            asks = [http.post("/api/v1/reports", json=REPORT), http.get("/api/v1/reports")]
            await asyncio.gather(*asks, return_exceptions=True)


async def test_a_broker_that_is_away(town: Stack, watch: Watch, people: PersistentClients) -> None:
    await asyncio.to_thread(town.stop, "kafka")
    try:
        waiting = await reports(people, 1)
        await watch.rings("OnestopEventsUnpublished", "intake", "page")
        await watch.rings("OnestopWorkHindered", "consumer", "dispatch")
    finally:
        await asyncio.to_thread(town.start, "kafka")
    await people.ready("intake", "dispatch", "permits", "notify")
    await routed(people, waiting)
    await watch.falls_silent("OnestopEventsUnpublished", "OnestopWorkHindered")


async def test_the_first_dead_letter(town: Stack, watch: Watch) -> None:
    assert "OnestopDeadLetters" not in await watch.ringing()
    await produce(town, UNREADABLE)
    await watch.rings("OnestopDeadLetters", "dispatch")
    await watch.rings("OnestopDeadLetters", "notify")
    await discard_letters(town, "dispatch", "notify")
    await watch.falls_silent("OnestopDeadLetters")


async def test_a_consumer_that_stops_before_it_empties_its_topic(town: Stack, watch: Watch) -> None:
    town.configure("dispatch", PARK_REFUSED="false")
    await restarted(town, "dispatch")
    await produce(town, *([UNREADABLE] * 80))
    await watch.rings("OnestopConsumerHalted", "dispatch", "page")
    await produce(town, UNREADABLE)
    await watch.rings("OnestopConsumerBehind", "dispatch", internal("reports"))
    await watch.rings("OnestopWorkHindered", "dispatch", "consumer")
    town.configure("dispatch", PARK_REFUSED="true")
    await restarted(town, "dispatch")
    await watch.falls_silent("OnestopConsumerHalted", "OnestopConsumerBehind", "OnestopWorkHindered")
    await discard_letters(town, "dispatch", "notify")
    await watch.falls_silent("OnestopDeadLetters")


async def test_moments_that_fail_until_their_timer_stops(town: Stack, watch: Watch, people: PersistentClients) -> None:
    await routed(people, await reports(people, 1))
    orders = people.mongo["onestop_dispatch"]["work_orders"]
    real = await orders.find_one({})
    assert real is not None
    await restarted(town, "dispatch")  # with nothing that went well to weigh against the failures
    await orders.insert_one(unreadable(real))
    await watch.rings("OnestopMomentsParked", "work_orders", "dispatch")
    await orders.insert_many([unreadable(real) for _ in range(15)])
    await watch.rings("OnestopTimerHalted", "work_orders", "page")
    await watch.rings("OnestopMomentsOverdue", "work_orders")
    await watch.rings("OnestopWorkHindered", "timers")
    await orders.delete_many({"state.clocks": "unreadable"})
    await restarted(town, "dispatch")
    await discard_letters(town, "dispatch")
    rung = ("OnestopMomentsParked", "OnestopTimerHalted", "OnestopMomentsOverdue", "OnestopDeadLetters")
    await watch.falls_silent(*rung)


def unreadable(order: dict[str, Any]) -> dict[str, Any]:
    """A copy that no release can read, with something to do at once."""
    case_id = new_id()
    state = {**order["state"], "clocks": "unreadable"}
    return {**order, "_id": case_id, "state": state, **as_documents(case_id, [Kept(Moment("resolve", now()))])}


async def test_a_letter_that_cannot_be_sealed(
    town: Stack, watch: Watch, people: PersistentClients, tmp_path: Path
) -> None:
    key = tmp_path / "seal.p12"
    town.configure("permits", SEAL_KEY_FILE=str(key))
    await restarted(town, "permits")
    await people.permit(new_id())
    await watch.rings("OnestopMomentsOverdue", "permits", "applications")
    key.write_bytes(key_of())  # and nothing is restarted
    await watch.falls_silent("OnestopMomentsOverdue")


async def test_an_application_that_nobody_decides(town: Stack, watch: Watch, people: PersistentClients) -> None:
    undecided = next(case for case in permit_cases() if not case.decide)
    async with httpx.AsyncClient(base_url=people.url("permits"), timeout=40) as http:
        played = await play_permit(undecided, http, lambda sub: token(town, sub), new_id(), 60)
    applications = people.mongo["onestop_permits"]["applications"]
    await applications.update_one({"_id": played.id}, {"$set": {"state.clock.due_at": now() - LONG_AGO}})
    await watch.rings("OnestopPermitsOverdue", played.lane)
    await applications.update_one({"_id": played.id}, {"$set": {"state.clock.due_at": now() + LONG_AGO}})
    await watch.falls_silent("OnestopPermitsOverdue")


async def test_mail_that_does_not_leave_and_then_leaves_late(
    town: Stack, watch: Watch, people: PersistentClients
) -> None:
    notices = people.mongo["onestop_notify"]["notices"]
    await routed(people, await reports(people, 1))
    sent, waits = ({"state.deliveries": {"$elemMatch": {"channel": "email", "state": state}}} for state in WAYS)
    await eventually(lambda: notices.find_one(sent))
    town.stop("mail")
    try:
        await reports(people, 4)
        await eventually(lambda: notices.count_documents(waits), 60)
        await asyncio.sleep(3)
        await grow_older(notices)
        await watch.rings("OnestopDeliveriesStuck", "notify", "page")
    finally:
        town.start("mail")
    await watch.rings("OnestopToldLate", "email", "page", seconds=180)
    await watch.falls_silent("OnestopDeliveriesStuck")


async def grow_older(notices: Any) -> None:
    """An hour passes for what waits, and two for what was sent before."""
    waiting, hour = [{"one.state": "retrying"}], timedelta(hours=1)
    owed = {"state.deliveries.$[one].created_at": now() - hour, "state.happened_at": now() - hour}
    await notices.update_many({"state.deliveries.state": "retrying"}, {"$set": owed}, array_filters=waiting)
    sent = {"state.deliveries.$[one].changed_at": now() - 2 * hour}
    await notices.update_many({}, {"$set": sent}, array_filters=[{"one.state": "sent"}])


async def test_a_provider_that_refuses_us(town: Stack, watch: Watch, people: PersistentClients) -> None:
    town.mailbox.answer = "550 5.7.1 we do not take mail from you"
    try:
        await reports(people, 8)
        await watch.rings("OnestopDeliveriesRefused", "email")
    finally:
        town.mailbox.answer = "250 OK"
    await watch.falls_silent("OnestopDeliveriesRefused")


async def test_a_town_from_which_nothing_comes_any_more(town: Stack, watch: Watch, people: PersistentClients) -> None:
    await reports(people, 1)
    stored = people.mongo["onestop_intake"]["reports"]
    await stored.update_many({}, {"$set": {"state.submitted_at": now() - LONG_AGO}})
    await watch.rings("OnestopNoReports")
    await reports(people, 1)
    await watch.falls_silent("OnestopNoReports")


async def test_a_certificate_that_ends_soon_and_is_renewed(town: Stack, watch: Watch, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ca.pem", tmp_path / "ca.key")
    authority.found()
    trusted = tmp_path / "trusted.pem"
    trusted.write_text(authority.issue("provider", lasts=timedelta(days=10)))
    town.configure("permits", OIDC_CA_FILE=str(trusted))
    await restarted(town, "permits")
    await watch.rings("OnestopCertificateEnds", "permits", "OIDC_CA_FILE", "ticket")
    trusted.write_text(authority.certificate.read_text())
    await asyncio.sleep(5)
    assert "OnestopCertificateEnds" in await watch.ringing(), "the process has read the old one"
    await restarted(town, "permits")
    await watch.falls_silent("OnestopCertificateEnds")
    town.configure("permits", OIDC_CA_FILE="")
    await restarted(town, "permits")


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


async def test_two_releases_of_which_one_does_not_go(town: Stack, watch: Watch) -> None:
    (port,) = free_ports(1)
    town._runner.parts[NEWER] = newer(town._runner.parts["dispatch"], port)
    await asyncio.to_thread(town.up, NEWER)
    watch.also_scrape("dispatch", port)
    await watch.rings("OnestopReleasesMixed", "dispatch", seconds=150)
    await asyncio.to_thread(town.stop, NEWER)
    del town._runner.parts[NEWER]
    await watch.falls_silent("OnestopReleasesMixed")


async def test_backups_that_are_not_taken_any_more(
    town: Stack, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the file that a bare machine's unit leaves, shown as node_exporter shows it."""
    backup.main(["key", str(tmp_path / "key")])
    told = {**town.env, "BACKUP_DIR": str(tmp_path / "kept"),
            "BACKUP_RECIPIENTS": (tmp_path / "key").read_text("utf-8").split()[3]}  # fmt: skip
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "shown").mkdir()
    taking = ["take", "--figures", str(tmp_path / "shown" / "metrics")]
    assert await asyncio.to_thread(backup.main, taking) == 0
    handler = partial(Showing, directory=str(tmp_path / "shown"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as exporter:
        threading.Thread(target=exporter.serve_forever, daemon=True).start()
        watch.also_scrape("notify", exporter.server_address[1])
        await watch.rings("OnestopBackupOld", "ticket")
        assert await asyncio.to_thread(backup.main, taking) == 0
        await watch.falls_silent("OnestopBackupOld")
        exporter.shutdown()


class Showing(SimpleHTTPRequestHandler):
    """Files, as the format that Prometheus reads."""

    def guess_type(self, _path: object) -> str:
        return "text/plain; version=0.0.4"

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""
