"""Photos: they come before their report, stay for as long as it does, and are forgotten when none names them."""

import asyncio
import io

import pytest
from PIL import Image

from shared.events.ids import new_id
from tests.support.intake import REPORT, Intake

PHOTO = io.BytesIO()
Image.new("RGB", (900, 600), (20, 90, 160)).save(PHOTO, "PNG")


async def upload(service: Intake, raw: bytes = PHOTO.getvalue()) -> str:
    answer = await service.http.post("/api/v1/photos", files={"photo": ("IMG_1.png", raw, "image/png")})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_photo_comes_first_and_is_shown_with_its_report(service: Intake) -> None:
    made = await service.report(photos=[await upload(service)])
    (photo,) = (await service.seen(made))["photos"]
    for url, width in ((photo["url"], 900), (photo["thumbnail"], 400)):
        answer = await service.http.get(url)
        assert answer.headers["content-type"] == "image/jpeg"
        assert Image.open(io.BytesIO(answer.content)).width == width
    assert (await service.http.get(f"/api/v1/reports/{made['reference']}/photos/2")).status_code == 404


async def test_a_photo_that_is_not_there_is_refused(service: Intake) -> None:
    body = {"category": "water-leak", "text": "x", "location": {"address": "x"}, "photos": ["0" * 32]}
    answer = await service.http.post("/api/v1/reports", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-photo")


@pytest.mark.parametrize(
    ("raw", "status"), [(b"nothing", 415), (b"", 415), (b"x" * 10_050_000, 413), (b"x" * 11_000_000, 413)]
)
async def test_what_is_no_photo_is_refused(service: Intake, raw: bytes, status: int) -> None:
    answer = await service.http.post("/api/v1/photos", files={"photo": ("a.jpg", raw, "image/jpeg")})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


async def sweep_later(service: Intake) -> None:
    """The sweep as it runs when every photo that is not kept has waited for long enough."""
    await service.store.photos._photos.update_many(
        {"expires_at": {"$exists": True}}, [{"$set": {"expires_at": "$$NOW"}}]
    )
    await asyncio.sleep(0.01)  # the database's clock and ours are the same, to the millisecond
    await service.store.photos.forget_unnamed()


async def is_there(service: Intake, photo_id: str) -> bool:
    return await service.store.photos.jpeg(photo_id, thumbnail=True) is not None


def other_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (90, 60), (200, 90, 160)).save(out, "JPEG")
    return out.getvalue()


async def test_photos_that_no_report_names_share_a_budget(service: Intake) -> None:
    await service.report(photos=[await upload(service)])
    assert await service.store.photos._count_waiting_bytes() == 0
    await upload(service, other_photo())
    waiting = await service.store.photos._count_waiting_bytes()
    assert waiting > 0

    service.store.photos.budget._most = waiting
    full = await service.http.post("/api/v1/photos", files={"photo": ("a.jpg", other_photo())})
    assert (full.status_code, full.json()["code"]) == (503, "no-room")


async def test_photos_that_no_report_names_are_forgotten(service: Intake) -> None:
    kept, left = await upload(service), await upload(service, other_photo())
    await service.report(photos=[kept])
    await sweep_later(service)
    assert (await is_there(service, kept), await is_there(service, left)) == (True, False)


async def test_photos_of_what_was_refused_are_forgotten(service: Intake) -> None:
    refused, closed = await upload(service), await upload(service, other_photo())
    answer = await service.http.post("/api/v1/reports", json={**REPORT, "category": "none", "photos": [refused]})
    assert answer.json()["code"] == "unknown-category"
    made = await service.report()
    mine = {"X-Report-Secret": made["secret"]}
    await service.http.post(f"/api/v1/reports/{made['reference']}/withdraw", json={}, headers=mine)
    said = {"text": "ยังไม่มา", "photos": [closed]}
    answer = await service.http.post(f"/api/v1/reports/{made['reference']}/comments", json=said, headers=mine)
    assert answer.json()["code"] == "closed"
    await sweep_later(service)
    assert not await is_there(service, refused)
    assert not await is_there(service, closed)


async def test_a_photo_that_a_report_shows_stays_when_another_report_with_it_is_refused(service: Intake) -> None:
    photo = await upload(service)
    await service.report(photos=[photo])
    await service.http.post("/api/v1/reports", json={**REPORT, "category": "none", "photos": [photo]})
    await sweep_later(service)
    assert await is_there(service, photo)


@pytest.mark.parametrize("repeated", [True, False])
async def test_a_crash_after_the_report_was_saved_loses_no_photo(service: Intake, repeated: bool) -> None:
    photo, key = await upload(service), new_id()
    body = {**REPORT, "photos": [photo]}
    with pytest.MonkeyPatch.context() as crash:
        crash.setattr(service.store.photos, "attach", crashed)
        answer = await service.http.post("/api/v1/reports", json=body, headers={"Idempotency-Key": key})
        assert answer.status_code == 503
    if repeated:
        await service.report(key, photos=[photo])
    await sweep_later(service)
    assert await is_there(service, photo)
    assert await service.store.photos._photos.find_one(
        {"_id": photo, "expires_at": None, "cases": {"$size": 1}}, {"_id": 1}
    )


async def crashed(*_: object) -> None:
    raise OSError("the process is gone")


async def test_a_comment_s_photos_stay_with_it(service: Intake) -> None:
    made, photo, other = await service.report(), await upload(service), await upload(service, other_photo())
    for sent, status in ((photo, 201), (other, 422)):  # the second under the first one's key: nobody names its photo
        answer = await service.http.post(
            f"/api/v1/reports/{made['reference']}/comments", json={"text": "อีกรูป", "photos": [sent]},
            headers={"X-Report-Secret": made["secret"], "Idempotency-Key": "one-more-picture"},
        )  # fmt: skip
        assert answer.status_code == status
    await sweep_later(service)
    assert (await is_there(service, photo), await is_there(service, other)) == (True, False)


async def test_a_photo_that_comes_again_waits_anew(service: Intake) -> None:
    photo = await upload(service)
    await service.store.photos._photos.update_one({"_id": photo}, [{"$set": {"expires_at": "$$NOW"}}])
    assert await upload(service) == photo
    await service.store.photos.forget_unnamed()
    assert await is_there(service, photo)


async def test_a_photo_that_comes_again_stays_with_its_report(service: Intake) -> None:
    await service.report(photos=[await upload(service)])
    photo = await upload(service)
    await sweep_later(service)
    assert await is_there(service, photo)
