"""What comes twice, late or from two people at once: done once, and never instead of something else."""

from typing import Any

import pytest

from services.permits import commands
from services.permits.bodies import Signature
from services.permits.domain.application import Actor
from shared.kernel import Cause, Reject
from tests.integration.permits.test_pages import HTML, TYPED
from tests.support.permits_running import BODY, Permits

SIGNATORY = Actor(sub="signatory", name="สุดา", level="signatory")


async def test_a_key_that_comes_with_another_body_is_not_taken_for_done(service: Permits) -> None:
    made = await service.open()
    seen = []
    for name in ("นายหนึ่ง", "นายสอง", "นายหนึ่ง"):
        body = {"form": BODY["form"], "location": BODY["location"], "applicant": {"name": name}}
        answer = await service.http.put(
            f"/api/v1/applications/{made['reference']}", json=body, params={"secret": made["secret"]},
            headers={"Idempotency-Key": "one-and-the-same"},
        )  # fmt: skip
        seen.append((answer.status_code, answer.json().get("code")))

    assert seen == [(200, None), (422, "idempotency-key-reused"), (200, None)]


async def test_who_goes_back_and_writes_something_else_gets_a_draft_of_that(service: Permits) -> None:
    async def send(**changes: Any) -> str:
        data = {**TYPED, "key": "of-one-page", **changes}
        answer = await service.http.post("/permits/new/house-new", data=data, headers=HTML)
        assert answer.status_code == 303, answer.text
        path: str = answer.headers["location"]
        return path

    first, again, other = await send(), await send(), await send(f_storeys="2")

    assert first == again
    assert other != first


async def test_a_proposal_that_was_replaced_meanwhile_is_not_signed(service: Permits) -> None:
    made = await service.brought_to("examined")
    read = await service.store.find_by_reference(made["reference"])
    assert read is not None
    await service.act(made, "examine", service.staff("examiner"), {"proposal": "refuse", "legal_reason": "ม. 21"})

    with pytest.raises(Reject, match="changed"):  # loaded just before the other proposal was saved
        await commands.sign_decision(
            service.desk, read, SIGNATORY, ["mayor"], Signature(decision="approve"), Cause.request()
        )
    assert (await service.seen(made))["state"] == "examined"


async def test_approving_what_was_refused_takes_no_number(service: Permits) -> None:
    refused, other = await service.brought_to("examined"), await service.brought_to("examined")
    who = service.staff("signatory")
    await service.act(refused, "decide", who, {"decision": "refuse", "legal_reason": "ม. 21"})

    again = await service.act(refused, "decide", who, {"decision": "approve"})
    await service.act(other, "decide", who, {"decision": "approve"})

    assert (again.status_code, again.json()["code"]) == (409, "wrong-state")
    assert (await service.seen(other))["decision"]["number"].startswith("1/25")


async def test_an_officer_withdraws_for_an_applicant_and_says_why(service: Permits) -> None:
    made = await service.brought_to("examined")

    answers = {
        who: (await service.act(made, "withdraw", service.staff(who), {"reason": reason})).status_code
        for who, reason in (("supervisor", "x"), ("signatory", "x"), ("admin", "x"), ("examiner", " "))
    }
    taken = await service.act(made, "withdraw", service.staff("officer"), {"reason": "ผู้ขอโทรแจ้งขอยกเลิก"})

    assert answers == {"supervisor": 403, "signatory": 403, "admin": 403, "examiner": 422}
    assert (taken.status_code, taken.json()["state"]) == (200, "withdrawn")
    assert (await service.seen(made))["timeline"][-1]["note"] == "ผู้ขอโทรแจ้งขอยกเลิก"
