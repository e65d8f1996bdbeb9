"""The letter follows the decision: made once, sealed, with the signature that its owner placed; and what `/verify` says
of copies of it."""

import asyncio
import hashlib
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image

from services.permits.seal_check import check
from shared.events.ids import new_id
from shared.kernel import Transient, now
from tests.support.kernel import eventually
from tests.support.permits_running import Permits, permits, sweep_once
from tests.support.seals import drawing, key_of, rewritten, with_byte_changed

DECISION = {"decision": "approve"}
SIGNATORY, DEPUTY = ("signatory", "signatory"), ("deputy", "signatory")


@pytest.fixture
async def with_timers(mongo: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Permits]:
    async with permits(monkeypatch, mongo, roles="api,timers") as running:
        yield running


async def _letter(service: Permits, made: dict[str, str], turn: int = 0) -> bytes:
    """The decision's, or that of what was signed after it."""

    async def made_already() -> bool:
        seen = await service.seen(made)
        signed = next((one for one in seen["signed"] if one["turn"] == turn), seen["decision"])
        return bool(signed["letter"])

    await eventually(made_already, seconds=60)
    path = f"/api/v1/applications/{made['reference']}/" + (f"letters/{turn}" if turn else "letter")
    answer = await service.http.get(path, params={"secret": made["secret"]})
    assert answer.headers["content-type"] == "application/pdf"
    return answer.content


async def _did(service: Permits, made: dict[str, str], act: str, who: str = "", **body: Any) -> dict[str, Any]:
    answer = await service.act(made, act, service.staff(who, "signatory") if who else None, body)
    assert answer.status_code == 200, answer.text
    seen: dict[str, Any] = answer.json()
    return seen


async def _run(*command: str) -> bytes:
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    return (await process.communicate())[0]


async def _keep_signature(service: Permits, who: tuple[str, str], picture: bytes, ago: int = 0) -> Any:
    sent = {"file": ("signature.png", picture, "image/png")}
    return await service.http.post(
        "/permits/signature/keep", files=sent, headers={**service.staff(*who, ago=ago), "Accept": "text/html"}
    )


async def test_the_letter_is_right_in_thai_and_verified_by_its_bytes_and_its_seal(
    with_timers: Permits, tmp_path: Path
) -> None:
    service = with_timers
    made = await service.brought_to("decided")

    pdf = await _letter(service, made)
    decision = (await service.seen(made))["decision"]
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf)
    written = (await _run("pdftotext", "-layout", str(path), "-")).decode()
    text = " ".join(written.split())
    assert written.count("\f") == 1, "one sheet: a signature never stands on a page of its own"
    for words in ("เทศบาลเมืองแม่เหียะ", f"ใบอนุญาตเลขที่ {decision['number']}", "นายสมชาย น้ำใจดี", "พื้นที่อาคารปกคลุมดิน",
                  "150.00 ตารางเมตร", decision["verify_code"]):  # fmt: skip
        assert words in text
    assert hashlib.sha256(pdf).hexdigest() == decision["letter_sha256"]
    assert b"Signature is Valid" in await _run("pdfsig", "-nocert", str(path))

    page = f"/verify/{decision['verify_code']}"
    shown = await service.http.get(page)
    assert "onestop development" in shown.text
    for copy, said in (
        (pdf, ("ตรงกับฉบับที่เทศบาลออกทุกประการ", "ลายมือชื่ออิเล็กทรอนิกส์ถูกต้อง")),
        (with_byte_changed(pdf), ("ไม่ตรงกับฉบับที่เทศบาลออก", "ถูกแก้ไขหลังจากลงลายมือชื่อ")),
        (rewritten(pdf), ("ไม่ตรงกับฉบับที่เทศบาลออก", "ถูกแก้ไขหลังจากลงลายมือชื่อ")),
        (b"hello", ("ไม่ตรงกับฉบับที่เทศบาลออก", "ไม่ใช่ PDF")),
        (b"x" * 11_000_000, ("ไม่ใช่หนังสือของเทศบาล",)),
        (b"", ("กรุณาเลือกไฟล์ก่อน",)),
    ):
        answer = await service.http.post(page, files={"file": ("a.pdf", copy)})
        assert answer.status_code == 200
        assert [words for words in said if words not in answer.text] == []


async def test_what_is_signed_after_the_decision_has_a_sealed_letter_each_that_everybody_can_verify(
    with_timers: Permits, tmp_path: Path
) -> None:
    service = with_timers
    made = await service.brought_to("decided")
    first = await _letter(service, made)
    await service.ask_for_more_time(made)
    await _did(service, made, "extension/answer", "signatory", days=60)
    await _did(service, made, "transfer", "signatory", holder={"name": "นางสมศรี", "phone": "0812345678"})
    case = await service.store.applications.get(made["id"])
    assert case is not None
    made = {**made, "secret": service.secret(case)}
    await _did(service, made, "revoke", "signatory", reason="ก่อสร้างผิดแบบ")

    letters = [await _letter(service, made, turn) for turn in (1, 2, 3)]
    seen = await service.seen(made)
    for pdf, act in zip(letters, seen["signed"], strict=True):
        path = tmp_path / f"{act['turn']}.pdf"
        path.write_bytes(pdf)
        assert b"Signature is Valid" in await _run("pdfsig", "-nocert", str(path))
        text = " ".join((await _run("pdftotext", "-layout", str(path), "-")).decode().split())
        assert f"หนังสือเลขที่ {act['number']}" in text
        assert f"/verify/{act['verify_code']}" in text
        assert hashlib.sha256(pdf).hexdigest() == act["sha256"]
    assert [one["standing"] for one in seen["signed"]] == ["over", "over", "stands"]
    assert "กำลังจัดทำหนังสือ" not in (await service.http.get(f"/permits/desk/{made['reference']}",
                                                            headers=service.staff("officer"))).text  # fmt: skip

    extension, _, revocation = seen["signed"]
    own = f"/verify/{extension['verify_code']}"
    page = (await service.http.get(own)).text
    for words in ("หนังสือแจ้งการต่ออายุใบอนุญาต", extension["number"], "ใบอนุญาตไม่มีผลแล้ว", "หนังสือแจ้งคำสั่งเพิกถอนใบอนุญาต"):
        assert words in page
    assert "ก่อสร้างผิดแบบ" not in page
    assert "นางสมศรี" not in page
    for code_page, copy, said in (
        (own, letters[0], "ตรงกับฉบับที่เทศบาลออกทุกประการ"),
        (own, with_byte_changed(letters[0]), "ถูกแก้ไขหลังจากลงลายมือชื่อ"),
        (own, first, "ไฟล์นี้คือหนังสือแจ้งผลการพิจารณา"),
        (f"/verify/{seen['decision']['verify_code']}", letters[2], f"เลขที่ {revocation['number']}"),
    ):
        answer = await service.http.post(code_page, files={"file": ("a.pdf", copy)})
        assert said in answer.text
    entry = (await service.http.get(f"/api/v1/register/{extension['verify_code']}")).json()
    assert entry["letter_sha256"] == extension["sha256"]
    assert [(one["kind"], one["asked"]) for one in entry["letters"]] == [
        ("decision", False), ("extension", True), ("transfer", False), ("revocation", False),
    ]  # fmt: skip

    for who in ({"params": {"secret": made["secret"]}}, {"headers": service.staff("officer")}):
        whole = await service.http.get(f"/api/v1/applications/{made['reference']}/file.zip", **who)  # type: ignore[arg-type]
        with ZipFile(io.BytesIO(whole.content)) as file:
            assert [file.read(f"letter-{turn}.pdf") for turn in (1, 2, 3)] == letters
            signed = json.loads(file.read("signed.json"))
            assert [bool(one["signature"]) for one in signed] == [True] * 3
            assert "letter-3.pdf" in file.read("index.html").decode()


async def test_a_refused_extension_is_a_letter_between_the_office_and_who_asked(with_timers: Permits) -> None:
    service = with_timers
    made = await service.brought_to("decided")
    await _did(service, made, "extension", reason="ช้า")
    await _did(service, made, "extension/answer", "signatory", reason="ม. 35")
    await _letter(service, made, 1)
    await _did(service, made, "transfer", "signatory", holder={"name": "นางสมศรี", "phone": "0812345678"})
    case = await service.store.applications.get(made["id"])
    assert case is not None
    path, heir = f"/api/v1/applications/{made['reference']}/letters/1", service.secret(case)

    assert (await service.http.get(path, params={"secret": heir})).status_code == 404
    assert (await service.http.get(path, params={"secret": made["secret"]})).status_code == 403
    assert (await service.http.get(path, headers=service.staff("officer"))).status_code == 200
    assert (await service.http.get(path.replace("/1", "/9"), headers=service.staff("officer"))).status_code == 404
    assert case.state.decision is not None
    entry = await service.http.get(f"/api/v1/register/{case.state.decision.verify_code}")
    assert entry.status_code == 200
    assert "extension-refusal" not in entry.text


async def test_without_its_key_a_revocation_stands_and_its_letter_is_made_when_the_key_is_there(
    mongo: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = tmp_path / "seal.p12"
    async with permits(monkeypatch, mongo, roles="api,timers", seal_key=key) as service:
        made = await service.brought_to("decided")
        revoked = await _did(service, made, "revoke", "signatory", reason="ผิดแบบ")
        assert revoked["standing"] == "revoked"
        waiting = await service.http.get(f"/api/v1/applications/{made['reference']}/letters/1",
                                         params={"secret": made["secret"]})  # fmt: skip
        assert (waiting.status_code, waiting.json()["code"]) == (404, "letter-not-ready")
        desk = await service.http.get(f"/permits/desk/{made['reference']}", headers=service.staff("officer"))
        assert "กำลังจัดทำหนังสือ" in desk.text

        key.write_bytes(key_of())
        pdf = await _letter(service, made, 1)
        assert (await check(pdf, pdf)).worth == "sealed"


async def test_without_its_key_the_decision_stands_and_the_letter_is_made_when_the_key_is_there(
    mongo: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = tmp_path / "seal.p12"
    async with permits(monkeypatch, mongo, roles="api,timers", seal_key=key) as service:
        made = await service.brought_to("decided")
        page = await service.http.get(f"/permits/{made['reference']}", params={"secret": made["secret"]},
                                      headers={"Accept": "text/html"}, follow_redirects=True)  # fmt: skip
        assert (await service.seen(made))["state"] == "decided"
        assert "กำลังจัดทำหนังสือแจ้งผล" in page.text

        key.write_bytes(key_of())
        pdf = await _letter(service, made)
        assert (await check(pdf, pdf)).worth == "sealed"


async def test_a_signature_is_placed_by_its_owner_alone_and_each_use_is_in_the_trail(
    with_timers: Permits, tmp_path: Path
) -> None:
    service = with_timers
    assert (await _keep_signature(service, DEPUTY, drawing("#ff0000"))).status_code == 303

    made = await service.brought_to("examined")
    nobodys = await service.act(made, "decide", service.staff(*SIGNATORY), {**DECISION, "scanned": True})
    assert (nobodys.status_code, nobodys.json()["code"]) == (422, "no-scanned-signature"), "the deputy's is not theirs"

    assert (await _keep_signature(service, SIGNATORY, drawing())).status_code == 303
    signed = await service.act(made, "decide", service.staff(*SIGNATORY), {**DECISION, "scanned": True})
    assert signed.status_code == 200, signed.text
    case = await service.store.find_by_reference(made["reference"])
    assert case is not None
    assert case.state.decision is not None
    with pytest.raises(Transient, match="another's"):
        await service.store.signatures.picture(case.state.decision.scanned, "deputy")

    (tmp_path / "letter.pdf").write_bytes(await _letter(service, made))
    await _run("pdftoppm", "-r", "60", "-png", "-singlefile", str(tmp_path / "letter.pdf"), str(tmp_path / "page"))
    with Image.open(tmp_path / "page.png") as page:
        blue = [colour for count, colour in page.convert("RGB").getcolors(1 << 24) or () if _is_ink(colour)]
    assert blue, "the ink is seen"

    own = await service.http.get("/permits/signature", headers=service.staff(*SIGNATORY))
    assert made["reference"] in own.text
    anothers = await service.http.get("/permits/signature", headers=service.staff(*DEPUTY))
    assert made["reference"] not in anothers.text
    trail = await service.http.get("/api/v1/permits/trail", headers=service.staff("head", "supervisor"),
                                   params={"reference": made["reference"]})  # fmt: skip
    assert case.state.decision.scanned in trail.text


def _is_ink(colour: Any) -> bool:
    red, green, blue = colour
    return bool(blue > red + 40 and blue > green + 40)


async def test_a_signature_that_was_taken_out_stays_until_its_letters_are_made(
    mongo: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = tmp_path / "seal.p12"
    async with permits(monkeypatch, mongo, roles="api,timers", seal_key=key) as service:
        who = service.staff(*SIGNATORY)
        await _keep_signature(service, SIGNATORY, drawing())
        made = await service.brought_to("examined")
        await service.act(made, "decide", who, {**DECISION, "scanned": True})
        assert (await service.http.post("/permits/signature/remove", headers=who)).status_code == 303
        assert (await service.http.get("/permits/signature/picture", headers=who)).status_code == 404

        assert await service.store.signatures.forget_retired(now()) == 0, "a letter waits for it"
        key.write_bytes(key_of())
        await _letter(service, made)
        await sweep_once(service, "signatures")
        assert await service.store.signatures.forget_retired(now()) == 1, "which the sweep gives a day"


async def test_a_signature_that_opens_no_more_is_not_placed_and_takes_no_number(
    mongo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = f"permits_{new_id()}"
    async with permits(monkeypatch, mongo, database=database) as before:
        await _keep_signature(before, SIGNATORY, drawing())
        made = await before.brought_to("examined")
        monkeypatch.setenv("SIGNATURE_SECRET", "another-secret-of-this-test")
        async with permits(monkeypatch, mongo, database=database) as service:
            who = service.staff(*SIGNATORY)
            refused = await service.act(made, "decide", who, {**DECISION, "scanned": True})
            assert (refused.status_code, refused.json()["code"]) == (409, "closed-signature")
            assert (await service.seen(made))["state"] == "examined"
            assert await service.store.applications.collection.database["numbers"].count_documents({}) == 0
            page = await service.http.get("/permits/signature", headers=who)
            assert "เปิดลายมือชื่อสแกนของท่านไม่ได้แล้ว" in page.text

            signed = await service.act(made, "decide", who, DECISION)
            assert signed.status_code == 200


@pytest.mark.parametrize(
    ("content", "status", "words"),
    [
        (b"%PDF-1.7 no picture", 415, "JPEG หรือ PNG"),
        (b"", 422, "กรุณาเลือกไฟล์ก่อน"),
        (None, 422, "ไม่พบลายมือชื่อในภาพ"),
        (b"\x89PNG\r\n\x1a\n broken", 422, "เปิดไฟล์นี้ไม่ได้"),
    ],
    ids=["no-picture", "empty", "blank-paper", "broken"],
)
async def test_what_is_no_signature_is_not_kept(
    service: Permits, content: bytes | None, status: int, words: str
) -> None:
    blank = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(blank, "PNG")

    answer = await _keep_signature(service, SIGNATORY, blank.getvalue() if content is None else content)

    assert (answer.status_code, words in answer.text) == (status, True)
    assert await service.store.signatures.current("signatory") is None


async def test_only_a_signatory_has_a_signature_here(service: Permits) -> None:
    for role in ("officer", "examiner", "supervisor", "admin"):
        answer = await service.http.get("/permits/signature", headers=service.staff(role))
        assert answer.status_code == 403, role


async def test_a_code_that_is_not_in_the_register_is_said_to_be_unknown(service: Permits) -> None:
    answer = await service.http.get("/verify/7QHX-29MD-KT4P", headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "ไม่พบรหัสนี้ในทะเบียน" in answer.text


async def test_who_comes_to_their_signature_or_places_it_has_just_shown_who_they_are(service: Permits) -> None:
    """In a town that demands nothing of a signature without one."""
    await _keep_signature(service, SIGNATORY, drawing())
    kept = await service.store.signatures.current("signatory")
    made, later = await service.brought_to("examined"), service.staff(*SIGNATORY, ago=301)
    looks = {**later, "Accept": "text/html"}

    asked = [
        await service.http.get(path, headers=looks) for path in ("/permits/signature", "/permits/signature/picture")
    ]
    asked.append(await _keep_signature(service, SIGNATORY, drawing("#ff0000"), ago=301))
    asked.append(await service.http.post("/permits/signature/remove", headers=looks))
    assert [one.status_code for one in asked] == [303] * 4
    assert all("return_to=%2Fpermits%2Fsignature" in one.headers["location"] for one in asked)
    assert await service.store.signatures.current("signatory") == kept
    page = await service.http.get(f"/permits/desk/{made['reference']}", headers=looks)
    assert "ยืนยันตัวตนอีกครั้งเพื่อวางลายมือชื่อสแกน" in page.text
    assert "/permits/signature/picture" not in page.text

    form = {**DECISION, "scanned": "on", "confirm": "on", "office": "mayor"}
    sent = await service.http.post(f"/permits/desk/{made['reference']}/decide", data=form, headers=looks)
    assert "prove=true" in sent.headers["location"]
    placed = await service.act(made, "decide", later, {**DECISION, "scanned": True})
    assert (placed.status_code, placed.json()["code"]) == (401, "prove-yourself")
    assert (await service.act(made, "decide", later, DECISION)).status_code == 200
