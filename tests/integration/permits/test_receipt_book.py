"""After a restoration numbers wait for the last one that was printed, on a real database, by the operator's command."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.permits import timers
from services.permits.domain import moments
from services.permits.number_store import LEAP
from services.permits.receipt_book import Unconfirmed, find_receipt_year
from services.permits.receipt_store import Book, Paid
from shared.events.ids import new_id
from shared.kernel import Cause, now
from shared.kernel.restored import LAST, RESTORED
from tests.integration.permits.test_cancelled_payments import book
from tests.integration.permits.test_payments import owed, pay, row, take, told
from tests.support.permits_running import Permits
from tools.operate.__main__ import main

Command = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """`onestop …` as an operator runs it: status and what it says."""

    async def run(*arguments: str) -> tuple[int, str]:
        status = await asyncio.to_thread(main, list(arguments))
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


async def restored(service: Permits, at: datetime | None = None) -> None:
    """What is here came back from a backup of an hour before."""
    begun = at or now()
    mark = {"floor": 1, "moment": begun - timedelta(hours=1), "begun_at": begun, "finished": True}
    await service.store.applications.collection.database[RESTORED].replace_one({"_id": LAST}, mark, upsert=True)


async def wake_receipt(service: Permits, made: dict[str, str]) -> None:
    await timers.do_what_is_due(service.desk, made["id"], moments.RECEIPT, Cause.request(at=now()))


async def receipt_of(service: Permits, made: dict[str, str]) -> str | None:
    number: str | None = (await service.seen(made))["bill"]["payment"]["receipt"]
    return number


async def test_a_payment_is_taken_and_waits_for_its_number_until_the_last_printed_one_is_said(
    service: Permits, command: Command
) -> None:
    year = find_receipt_year(service.desk.town, now())
    before, first, second = [await owed(service) for _ in range(3)]
    await pay(service, before)
    await restored(service)

    taken = await pay(service, first)
    await pay(service, second)

    assert (taken.status_code, taken.json()["standing"], taken.json()["payment"]["receipt"]) == (200, "paid", None)
    assert [one["receipt"] for one in await book(service)] == [f"P-1/{year}"]
    with pytest.raises(Unconfirmed):
        await wake_receipt(service, first)
    cashiers = await service.http.get(f"/permits/cashier/{first['reference']}", headers=service.staff("cashier"))
    assert "ระบบเพิ่งกู้คืนจากข้อมูลสำรอง" in cashiers.text
    assert told(await take(service, row(third := await owed(service)))) == [("matched", "taken-unnumbered")]
    asked = await command("receipts")
    assert asked[0] == 1
    assert f"The book ends with P-1/{year}, and 3 payments wait" in asked[1]
    doctor = json.loads((await command("doctor", "--only", "receipts", "--json"))[1])
    assert [(one["grade"], one["about"]) for one in doctor] == [("broken", "receipts")]
    assert f"no receipt of P/{year} is numbered, 3 payments wait" in doctor[0]["text"]

    dry = await command("receipts", f"P-4/{year}", "--dry-run")
    assert dry == (
        0,
        f"would be: P-4/{year} is the last one: 3 receipts from P-2/{year} on are lost in the restoration\n",
    )
    assert (await receipt_of(service, first)) is None
    done = await command("receipts", f"P-4/{year}", "--yes", "--by", "somchai", "--json")
    answer = json.loads(done[1])

    assert (done[0], answer["waits"]) == (0, [])
    assert answer["confirmed"][0]["numbered"] == [f"P-{number}/{year}" for number in (5, 6, 7)]
    standing = {one["receipt"]: one["standing"] for one in await book(service)}
    assert [standing.pop(f"P-{number}/{year}") for number in range(1, 8)] == [
        "issued", *["lost"] * 3, *["issued"] * 3,
    ]  # fmt: skip
    assert standing == {}
    assert (await receipt_of(service, first), await receipt_of(service, second)) == (f"P-5/{year}", f"P-6/{year}")
    await wake_receipt(service, first)
    assert (await pay(service, await owed(service))).json()["payment"]["receipt"] == f"P-8/{year}"
    assert await command("receipts") == (0, "no receipt waits for a number\n")
    await restored(service, now() + timedelta(seconds=1))
    assert (await command("receipts"))[0] == 1, "the next restoration asks anew"
    assert (await receipt_of(service, third)) == f"P-7/{year}"
    page = (await service.http.get("/permits/cashier/receipts", headers=service.staff("cashier"))).text
    assert "พิมพ์ออกไปก่อนกู้คืนระบบจากข้อมูลสำรอง" in page
    said = await command("audit", "--sub", "operator:somchai", "--json")
    assert "confirm-receipts" in said[1]


async def test_what_cannot_be_the_last_number_is_refused_and_changes_nothing(
    service: Permits, command: Command
) -> None:
    year = find_receipt_year(service.desk.town, now())
    numbers = service.store.receipts
    for _ in range(3):
        await numbers.number(Paid(new_id(), 1, "MH-0000-0000", 100, now()), Book("P", year))
    nothing = await command("receipts", f"P-3/{year}", "--yes", "--by", "somchai")
    await restored(service)

    assert nothing[0] == 2
    marks = service.store.applications.collection.database[RESTORED]
    await marks.update_one({"_id": LAST}, {"$set": {"finished": False}})
    assert "is being restored from a backup" in (await command("receipts"))[1]
    assert "is being restored from a backup" in (await command("doctor", "--only", "receipts"))[1]
    await marks.update_one({"_id": LAST}, {"$set": {"finished": True}})
    for typed, why in (
        ((f"P-2/{year}",), "the last is not before it"), ((f"P-99999/{year}",), "Look at the number again"),
        ((f"Z-3/{year}",), "waits for its number"), ((f"P-3/{year + 2}",), "waits for its number"),
        ((f"P-3/{year}", f"P-4/{year}"), "one number of each"),
    ):  # fmt: skip
        status, said = await command("receipts", *typed, "--yes", "--by", "somchai")
        assert (status, why in said) == (2, True), said
    assert (await command("receipts", f"P-4/{year}"))[0] == 2, "nobody can be asked"
    assert await numbers.last(Book("P", year)) == 3
    assert (await command("receipts", f"P-3/{year}", "--yes", "--by", "somchai"))[0] == 0
    assert [one["standing"] for one in await book(service)] == ["issued"] * 3


async def test_a_year_that_began_after_the_restoration_waits_for_nobody(service: Permits) -> None:
    made = await owed(service)
    await restored(service, now() - timedelta(days=800))

    answer: dict[str, Any] = (await pay(service, made)).json()

    assert answer["payment"]["receipt"].startswith("P-1/")


async def test_no_number_of_a_permit_is_given_twice_after_a_restoration(service: Permits) -> None:
    """What was numbered after the backup is on paper, and the counter came back as it was before."""
    numbers, day = service.store.numbers, datetime(2026, 6, 1, tzinfo=UTC)
    assert await numbers.give("a case", 2569) == "1/2569"
    for times in (1, 2):
        await restored(service, day + timedelta(days=times))
        first, second = [await numbers.give(f"{name} {times}", 2569) for name in ("first", "second")]
        assert (first, second) == (f"{times * LEAP + times}/2569", f"{times * LEAP + times + 1}/2569")
    assert await numbers.give("a case", 2569) == "1/2569"
    assert await numbers.give("a case", 2570) == "1/2570", "nothing of that year was forgotten"
