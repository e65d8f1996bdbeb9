"""Photos of a visit over HTTP: what is kept of them, who sees them when, and that none is left behind."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx
from PIL import Image

from services.permits.domain.inspections import PHOTOS_MOST
from shared.kernel import now
from shared.kernel.mongo_trail import TrailFilter
from tests.integration.permits.test_unused_files import MOST, SOON, stored
from tests.support.permits_running import DOCUMENTS, ORIGIN, Permits, wake
from tests.support.uploads import camera_photo, photo

HTML = {"Accept": "text/html", "Accept-Language": "th", "Origin": ORIGIN}


async def visited(service: Permits, state: str = "decided") -> tuple[dict[str, str], str]:
    """An application whose place is to be looked at today, and the visit."""
    made = await service.brought_to(state)
    day = {"at": (now() + timedelta(seconds=30)).isoformat()}
    answer = await service.act(made, "inspections", service.staff("officer"), day)
    assert answer.status_code == 200, answer.text
    return made, answer.json()["inspections"][0]["id"]


def photos_of(made: dict[str, str], visit: str) -> str:
    return f"/api/v1/applications/{made['reference']}/inspections/{visit}/photos"


async def add(
    service: Permits, made: dict[str, str], visit: str, content: bytes, who: str = "officer", **headers: str
) -> httpx.Response:
    known = {**service.staff(who), **headers}
    return await service.http.post(photos_of(made, visit), files={"photo": ("a.jpg", content)}, headers=known)


async def report(service: Permits, made: dict[str, str], visit: str, **found: str) -> dict[str, Any]:
    answer = await service.act(made, f"inspections/{visit}", service.staff("officer"), found or {"result": "in-order"})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_photo_is_kept_small_and_without_what_the_camera_wrote(service: Permits) -> None:
    made, visit = await visited(service)

    answer = await add(service, made, visit, camera_photo(18.7654, 98.9876, (2600, 1950)))
    path, officer = f"{photos_of(made, visit)}/1", service.staff("officer")
    full = await service.http.get(path, headers=officer)
    small = await service.http.get(path, params={"size": "thumbnail"}, headers=officer)

    assert answer.status_code == 201, answer.text
    assert [one["number"] for one in answer.json()["inspections"][0]["photos"]] == [1]
    sizes = [Image.open(BytesIO(one.content)).size for one in (full, small)]
    assert [max(size) for size in sizes] == [2048, 400]
    assert not dict(Image.open(BytesIO(full.content)).getexif())
    assert (full.headers["content-type"], full.headers["cache-control"]) == ("image/jpeg", "private, no-store")
    assert "sandbox" in full.headers["content-security-policy"]


async def test_the_applicant_sees_it_with_the_report_and_nobody_else_ever(service: Permits) -> None:
    made, visit = await visited(service)
    await add(service, made, visit, photo())
    path, own = f"{photos_of(made, visit)}/1", {"secret": made["secret"]}

    async def statuses() -> list[int]:
        asked = [service.http.get(path, params=own), service.http.get(path)]
        asked += [service.http.get(path, headers=service.staff(who)) for who in ("officer", "signatory", "cashier")]
        return [(await one).status_code for one in asked]

    assert await statuses() == [404, 403, 200, 200, 403]
    assert (await service.seen(made))["inspections"][0]["photos"] == []
    await report(service, made, visit)
    assert await statuses() == [200, 403, 200, 200, 403]
    seen = await service.seen(made)
    assert len(seen["inspections"][0]["photos"]) == 1
    public = (await service.http.get(f"/api/v1/register/{seen['decision']['verify_code']}")).text
    assert "photos" not in public + str(await service.seen(made, secret=False))
    link = {"Cookie": (await service.http.get(f"/permits/{made['reference']}", params=own)).headers["set-cookie"]}
    page = await service.http.get(f"/permits/{made['reference']}", headers={**HTML, **link})
    assert f"{path}?size=thumbnail" in page.text


async def test_what_is_no_photo_or_comes_too_late_leaves_nothing_behind(service: Permits) -> None:
    made, visit = await visited(service)
    wrong = [b"", b"%PDF-1.7", photo()[:200], b"x" * 10_200_000]
    refused = [(await add(service, made, visit, content)).status_code for content in wrong]
    offices = ("examiner", "signatory", "supervisor")
    refused += [(await add(service, made, visit, photo(), who)).status_code for who in offices]
    refused.append((await add(service, made, "another", photo())).status_code)
    await report(service, made, visit)
    refused.append((await add(service, made, visit, photo())).status_code)

    assert refused == [415, 415, 422, 413, 201, 403, 403, 404, 409]
    assert len(await stored(service)) == len(DOCUMENTS) + 2  # the examiner's photo, and its small copy


async def test_a_repetition_and_a_photo_that_was_taken_out_leave_no_file(service: Permits) -> None:
    made, visit = await visited(service)
    one, other = photo(), photo()
    answers = [
        await add(service, made, visit, content, **{"Idempotency-Key": "one-photo"}) for content in (one, one, other)
    ]
    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert (await add(service, made, visit, one)).status_code == 201  # from another telephone
    assert len(await stored(service)) == len(DOCUMENTS) + 2

    officer = service.staff("officer")
    gone = [await service.http.post(f"{photos_of(made, visit)}/1/remove", headers=officer) for _ in range(2)]

    assert [answer.status_code for answer in gone] == [200, 200]
    assert len(await stored(service)) == len(DOCUMENTS)
    assert (await service.http.get(f"{photos_of(made, visit)}/1", headers=officer)).status_code == 404
    lines = await service.store.trail.newest(TrailFilter(made["id"], None, "officer", None, None), 3, None)
    assert [line.act for _, line in lines][:2] == ["inspection-photo-removed", "inspection-photo"]


async def test_the_sweep_of_unused_files_leaves_photos_and_the_end_of_it_all_takes_them(service: Permits) -> None:
    made, visit = await visited(service, "accepted")
    await add(service, made, visit, photo())
    await report(service, made, visit)

    assert await service.store.files.forget_unused_files(now() + SOON, MOST) == 0
    await service.act(made, "withdraw", body={})
    await wake(service, now() + timedelta(days=11 * 365))

    assert await stored(service) == set()
    page = await service.http.get(f"/permits/desk/{made['reference']}", headers={**HTML, **service.staff("officer")})
    assert page.status_code == 200
    assert photos_of(made, visit) not in page.text


async def test_the_form_keeps_its_photos_though_the_rest_is_refused_and_reports_them_without_a_script(
    service: Permits,
) -> None:
    made, visit = await visited(service)
    desk = f"/permits/desk/{made['reference']}"
    form, who = f"{desk}/inspections/{visit}", {**HTML, **service.staff("officer")}
    assert 'enctype="multipart/form-data"' in (await service.http.get(desk, headers=who)).text

    async def sent(*contents: bytes, **fields: str) -> httpx.Response:
        files = [("photo", (f"{at}.jpg", content)) for at, content in enumerate(contents)]
        return await service.http.post(form, data=fields, files=files or [("photo", ("", b""))], headers=who)

    unsaid = await sent(photo(), result="defects")
    assert unsaid.status_code == 422
    assert "กรุณาระบุสิ่งที่พบ" in unsaid.text
    assert f"{photos_of(made, visit)}/1?size=thumbnail" in unsaid.text
    broken = await sent(b"%PDF-1.7", photo(), result="defects", note="ผนังไม่ตรงแบบ")
    assert broken.status_code == 415
    assert "ผนังไม่ตรงแบบ" in broken.text
    removed = await service.http.post(f"{form}/photos/1/remove", headers=who)
    assert removed.status_code == 303
    done = await sent(result="defects", note="ผนังไม่ตรงแบบ")
    assert done.status_code == 303, done.text

    seen = (await service.seen(made))["inspections"][0]
    assert (seen["result"], [one["number"] for one in seen["photos"]]) == ("defects", [2])


async def test_a_form_with_more_photos_than_a_visit_takes_keeps_none_of_those_that_are_too_many(
    service: Permits,
) -> None:
    made, visit = await visited(service)
    form = f"/permits/desk/{made['reference']}/inspections/{visit}"

    async def sent(count: int) -> httpx.Response:
        files = [("photo", (f"{at}.jpg", photo(64))) for at in range(count)]
        return await service.http.post(form, files=files, headers={**HTML, **service.staff("officer")})

    answers = [await sent(PHOTOS_MOST), await sent(2)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert "มีรูปครบจำนวน" in answers[1].text
    case = await service.store.applications.get(made["id"])
    assert case is not None
    assert len(case.state.inspections[0].photos) == PHOTOS_MOST
    assert len(await stored(service)) == len(DOCUMENTS) + 2 * PHOTOS_MOST
