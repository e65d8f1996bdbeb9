"""The letter follows the decision: made once, kept once, verified by its bytes."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.kernel import eventually
from tests.support.permits_running import Permits, permits


@pytest.fixture
async def with_timers(mongo: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Permits]:
    async with permits(monkeypatch, mongo, roles="api,timers") as running:
        yield running


async def _letter(service: Permits, made: dict[str, str]) -> bytes:
    async def made_already() -> bool:
        decision = (await service.seen(made))["decision"]
        return bool(decision["letter"])

    await eventually(made_already, seconds=60)
    answer = await service.http.get(f"/api/v1/applications/{made['reference']}/letter",
                                    params={"secret": made["secret"]})  # fmt: skip
    assert answer.headers["content-type"] == "application/pdf"
    return answer.content


async def test_the_letter_is_right_in_thai_and_verified_by_its_bytes(with_timers: Permits, tmp_path: Path) -> None:
    service = with_timers
    made = await service.brought_to("decided")

    pdf = await _letter(service, made)
    decision = (await service.seen(made))["decision"]
    path = tmp_path / "letter.pdf"
    path.write_bytes(pdf)
    process = await asyncio.create_subprocess_exec("pdftotext", "-layout", str(path), "-",
                                                   stdout=asyncio.subprocess.PIPE)  # fmt: skip
    written = (await process.communicate())[0].decode()
    text = " ".join(written.split())
    assert written.count("\f") == 1, "one sheet: a signature never stands on a page of its own"

    for words in ("เทศบาลเมืองแม่เหียะ", f"ใบอนุญาตเลขที่ {decision['number']}", "นายสมชาย น้ำใจดี", "พื้นที่ใช้สอยรวมทุกชั้น",
                  "150.00 ตารางเมตร", "แจ้งก่อนเริ่ม 3 วัน", decision["verify_code"]):  # fmt: skip
        assert words in text
    assert hashlib.sha256(pdf).hexdigest() == decision["letter_sha256"]

    page = f"/verify/{decision['verify_code']}"
    same = await service.http.post(page, files={"file": ("a.pdf", pdf)})
    changed = await service.http.post(page, files={"file": ("a.pdf", pdf[:-1] + b"x")})
    assert "ตรงกับฉบับที่เทศบาลออกทุกประการ" in same.text
    assert "ไม่ตรงกับฉบับที่เทศบาลออก" in changed.text


async def test_a_code_that_is_not_in_the_register_is_said_to_be_unknown(service: Permits) -> None:
    answer = await service.http.get("/verify/7QHX-29MD-KT4P", headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "ไม่พบรหัสนี้ในทะเบียน" in answer.text
