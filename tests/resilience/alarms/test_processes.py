"""What runs and what does not: a process, a service, one of its roles, a release beside another."""

import asyncio

import pytest

from deploy.local.ports import free_ports
from tests.support.ahead import AHEAD, ahead
from tests.support.alarms import Watch
from tests.support.newer.part import NEWER, newer
from tests.support.persistent_clients import PersistentClients
from tests.support.ringing import reports, restarted, routed
from tests.support.stack import Stack

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(420)]


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


async def test_two_releases_of_which_one_does_not_go(town: Stack, watch: Watch) -> None:
    (port,) = free_ports(1)
    town._runner.parts[NEWER] = newer(town._runner.parts["dispatch"], port)
    await asyncio.to_thread(town.up, NEWER)
    with watch.also_scrape(port, town=watch.town, service="dispatch"):
        await watch.rings("OnestopReleasesMixed", "dispatch", seconds=150)
        await asyncio.to_thread(town.stop, NEWER)
        del town._runner.parts[NEWER]
        await watch.falls_silent("OnestopReleasesMixed")


async def test_a_clock_that_is_ahead(town: Stack, watch: Watch) -> None:
    (port,) = free_ports(1)
    town._runner.parts[AHEAD] = ahead(town._runner.parts["dispatch"], port)
    await asyncio.to_thread(town.up, AHEAD)
    with watch.also_scrape(port, town=watch.town, service="dispatch"):
        await watch.rings("OnestopClockWrong", f"127.0.0.1:{port}", "page", seconds=150)
        assert {one for one in (await watch.ringing())["OnestopClockWrong"] if ":" in one} == {f"127.0.0.1:{port}"}
        await asyncio.to_thread(town.stop, AHEAD)
        del town._runner.parts[AHEAD]
        await watch.falls_silent("OnestopClockWrong")
