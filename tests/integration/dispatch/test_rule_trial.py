"""A changed rule file is tried on cases that came, and each level sees what has come up to it: over the real pages."""

from datetime import timedelta

from shared.kernel import now
from tests.support.fieldwork import Fieldwork, eventually
from tests.support.work import ROOT, fresh

RULES = (ROOT / "deploy/municipalities/maehia/routing.yaml").read_text("utf-8")
SIDEWAYS = RULES.replace("then: {team: welfare, priority", "then: {team: education, priority")


async def test_an_officer_sees_which_cases_a_changed_file_would_send_elsewhere(field: Fieldwork) -> None:
    moved, stays = [await field.report(fresh(category, text="x")) for category in ("welfare", "illegal-building")]
    references = [(await field.order_of(report))["reference"] for report in (moved, stays)]
    given = await field.order_of(moved)
    assert (await field.act(given["id"], "assign", "officer", team="education")).status_code == 200

    page = await field.press("/desk/routing/rules", "officer", rules=SIDEWAYS, days="7")

    assert page.status_code == 200
    assert f'href="/desk/{given["id"]}">{references[0]}' in page.text
    row = page.text[page.text.index(f'href="/desk/{given["id"]}"') :].partition("</tr>")[0]
    assert "เจ้าหน้าที่ย้ายไปทีมนี้เอง" in row
    assert (await field.order_of(stays))["id"] not in page.text


async def test_each_mistake_of_a_file_is_named_with_its_line_and_what_was_typed_stays(field: Fieldwork) -> None:
    page = await field.press("/desk/routing/rules", "officer", rules=RULES.replace("team: welfare", "team: moon"))

    assert page.status_code == 422
    line = RULES[: RULES.index("team: welfare")].count("\n") + 1
    assert f"บรรทัด {line}: there is no team &#39;moon&#39;" in page.text
    assert "team: moon" in page.text


async def test_several_cases_are_tried_at_once_and_a_row_that_cannot_be_read_says_so(field: Fieldwork) -> None:
    table = "text,category,at\nท่อแตก,water-leak,2026-11-23 20:00\nx,garden,\n"
    page = await field.press("/desk/routing/several", "officer", cases=table)

    assert page.status_code == 200
    assert "งานป้องกันและบรรเทาสาธารณภัย" in page.text
    assert "กรุณาเลือกประเภทที่มีอยู่" in page.text
    assert "at=2026-11-23T20%3A00" in page.text


async def test_what_nobody_took_in_time_is_on_the_board_of_the_head_whose_team_has_it_and_on_no_other(
    field: Fieldwork,
) -> None:
    late = await field.order_of(await field.report(fresh(submitted_at=now() - timedelta(minutes=250))))
    await field.order_of(late["report_id"], until=lambda order: order["level"] == "head")

    async def board(path: str, who: str) -> str | None:
        page = await field.see(path, who)
        return page if late["id"] in page else None

    own = await eventually(lambda: board("/desk/escalated", "head-works"))
    assert 'href="/desk/escalated?level=head" aria-current="page"' in own
    assert late["id"] not in await field.see("/desk/escalated?level=head&team=health-waste", "supervisor")
    clerk = await field.see("/desk/escalated", "clerk")
    assert 'href="/desk/escalated?level=clerk" aria-current="page"' in clerk
    assert late["id"] not in clerk
