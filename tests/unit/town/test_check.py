"""Each kind of defect in a town's files is named with its file and line, and all of them at once."""

import json
import shutil
from itertools import zip_longest
from pathlib import Path

import pytest

from shared.town import load_town
from tests.support.spoilt_town import TOWNS, Edit, problems
from tools.manifests.__main__ import main as manifests
from tools.operate.town import main

Defect = tuple[str, str, str, int | None, str]  # file, old, new, lines below it (None: any), what is said


DEFECTS: list[Defect] = [
    ("teams.yaml", "teams:\n", "teams: [\n", None, "not YAML"),
    ("routing.yaml", " then: {team: civil-defence, agency: pea", " than: {team: civil-defence, agency: pea", 0,
     "routing.rules.2.than: unknown key"),
    ("categories.yaml", "radius_m: 150", "radius_m: wide", 0, "duplicates.radius_m: input should be a valid integer"),
    ("categories.yaml", "minutes: 60, radius_m: 1500", "minutes: 0, radius_m: 1500", 0, "incident.minutes"),
    ("categories.yaml", "radius_m: 1500, by_zone: true, join_hours: 12", "radius_m: 1500, zones: true", 0,
     "incident.zones: unknown key"),
    ("categories.yaml", "{reports: 5, minutes: 1440, radius_m: 1000, by_zone: true, join_hours: 48}",
     "{reports: 5, minutes: 1440, radius_m: 1000, join_hours: 12}", 0,
     "ends before the 1440 minutes in which reports are counted"),
    ("notices.yaml", "event: onestop.work-order.referred.v1, audience: agency",
     "event: onestop.report.amended.v1, audience: agency", 0, "onestop.report.amended.v1 names no agency to tell"),
    ("teams.yaml", "email: outage-desk@pea.example", "webhook: {url: 'http://10.1.2.3/hook'}", None,
     "agencies.pea.webhook.url"),
    ("categories.yaml", "    icon: plug\n", "", None, "categories.power-cut.icon: is missing"),
    ("categories.yaml", "name: {th: ไฟฟ้าดับ, en: Power cut}", "name: {th: ไฟฟ้าดับ}", 0, "name.en: is missing"),
    ("categories.yaml", "    group: water-power", "    group: water", 0, "there is no group 'water'"),
    ("categories.yaml", "open311_code: POWER", "open311_code: WATER", 0, "that of category 'water-leak' already"),
    ("categories.yaml", "  power-cut:", "  water-leak:", 0, "'water-leak' is given twice, first on line"),
    ("categories.yaml", "{code: running,", "{code: drip,", 0, "code 'drip' is given twice"),
    ("categories.yaml", "    public: false\n    sensitive: true\n", "    public: false\n", 0,
     "must also say sensitive: true"),
    ("responses.yaml", "โทร. {phone}", "โทร. {telephone}", None, "{telephone} is nothing that a case can fill in"),
    ("responses.yaml", "{th: ขอรายละเอียดเพิ่ม,", "{th: 'ขอ {reference}',", 0, "it takes no placeholder"),
    ("responses.yaml", "acts: [reply]", "acts: [answer]", 0, "acts.0: input should be 'reply'"),
    ("responses.yaml", "code: scheduled", "code: more-details", 0, "code 'more-details' is given twice"),
    ("responses.yaml", "acts: [reply]", "acts: [reply, message]", None,
     "{category} is nothing that each of its acts can fill in"),
    ("responses.yaml", "{permit_type} เลขที่ {reference} ของท่าน", "{category}", None,
     "{category} is nothing that each of its acts can fill in"),
    ("responses.yaml", "permits: [house-new, alteration]", "permits: [castle]", 0, "there is no permit type 'castle'"),
    ("responses.yaml", "permits: [house-new, alteration]", "categories: [other]", 0,
     "none of its acts is one with categories: reply, complete"),
    ("responses.yaml", "acts: [request]", "acts: [request, finding]", None, "is one line of at most 500 characters"),
    ("town.yaml", "most_an_hour: 20", "most_an_hour: 0", 0, "most_an_hour: input should be greater than or equal to 1"),
    ("routing.yaml", "then: {team: works-water, priority: normal", "then: {team: plumbers, priority: normal", 0,
     "there is no team 'plumbers'"),
    ("routing.yaml", "agency: pwa", "agency: mwa", 0, "there is no agency 'mwa'"),
    ("routing.yaml", "categories: [water-leak], hours", "categories: [leak], hours", 0, "there is no category 'leak'"),
    ("routing.yaml", "service_level: repair", "service_level: soon", 0, "there is no service level 'soon'"),
    ("routing.yaml", "priority: normal, service_level: repair", "priority: emergency, service_level: repair", 0,
     "has no target for priority 'emergency'"),
    ("routing.yaml", "fallback: {team: triage", "fallback: {team: finance", 0, "must be the triage team 'triage'"),
    ("routing.yaml", "      when: {categories: [water-leak]}\n", "", -1,
     "'water' has no conditions and takes everything: 25"),
    ("routing.yaml", "[street-light], recurrence: {", "[water-leak], recurrence: {", -2,
     "'light-again' is never reached: 'water' before it takes everything that it would take"),
    ("routing.yaml", "answers: {flow: [burst]}", "answers: {speed: [burst]}", 0, "no category asks a question 'speed'"),
    ("routing.yaml", "answers: {flow: [burst]}", "answers: {flow: [bursting]}", 0,
     "question 'flow' has no answer 'bursting', only drip"),
    ("routing.yaml", "answers: {danger: [\"yes\", \"true\"]}", "answers: {danger: [\"Yes\"]}", 0,
     "has no answer 'Yes', only yes"),
    ("routing.yaml", "categories: [drain-flood], answers: {depth", "categories: [noise], answers: {depth", 0,
     "question 'depth' is asked by none of this rule's categories"),
    ("routing.yaml", "words: [งู, ", "words: [], x-words: [งู, ", 0, "words is empty: name at least one, or leave"),
    ("routing.yaml", "words: [เผา, ไฟป่า, ควัน, burning, smoke, fire]", "words: เผา", 0,
     "when.words: must be a list, as [one, another]"),
    ("routing.yaml", "words: [โรงเรียนเทศบาล, ", "words: […โรงเรียน, ", 0,
     "word '…โรงเรียน' … must stand between two words"),
    ("categories.yaml", "keywords: [ขยะ, ", "keywords: [ขยะ*, ", 0, "word 'ขยะ*' * is for Latin words"),
    ("routing.yaml", "words: [ท่อ…แตก, ท่อ…ระเบิด, น้ำ…พุ่ง, น้ำไหลแรง", "words: [ท่อ...แตก", 0,
     "word 'ท่อ...แตก' holds dots, which are looked for as such: for a gap write …"),
    ("routing.yaml", "words: [อันตราย, ", "words: [\"-\", ", 0, "word '-' holds nothing to look for"),
    ("routing.yaml", "words: [จอดรถ, ", "words: [\"จอด\\nรถ\", ", 0, "is found in no text, not even in itself"),
    ("routing.yaml", "when: {categories: [noise], hours: \"off\"}",
     "when: {categories: [noise], zones: [ban-tamnak], outside_town: true}", 0, "never holds together with zones"),
    ("routing.yaml", "name: {th: ไฟไหม้, en: Fire}", "name: ไฟไหม้", 0,
     "name: must have keys of its own, as {th: …, en: …}"),
    ("routing.yaml", "recurrence: {reports: 3", "recurrence: {reports: 300", 0,
     "reports: input should be less than or"),
    ("routing.yaml", "    - code: wire-down\n", "    - code: power\n", None, "code 'power' is given twice"),
    ("routing.yaml", "when: {categories: [illegal-building]}", "when: {zones: [moon]}", 0, "there is no zone 'moon'"),
    ("teams.yaml", "    kind: triage\n", "", None, "exactly one team must be of kind triage, there are 0"),
    ("service-levels.yaml", "percent: 150", "percent: 90", 0, "90 % comes after 100 %"),
    ("service-levels.yaml", "acknowledge_minutes: 15,", "acknowledge_minutes: 1500,", 0,
     "acknowledge_minutes is more than resolve_minutes"),
    ("calendar.yaml", "date: 2026-05-04", "date: 2031-05-04", 0, "outside the calendar's years 2026, 2027"),
    ("calendar.yaml", "date: 2026-01-02", "date: 2026-01-01", 0, "holiday 2026-01-01 is given twice"),
    ("calendar.yaml", "date: 2026-01-02", "date: 2026-13-02", 0, "calendar.holidays.1.date"),
    ("calendar.yaml", 'closes: "16:30"', 'closes: "06:30"', 0, "not after it opens"),
    ("calendar.yaml", "years: [2026, 2027]", "years: [2026, 2027, 2028]", 0, "2028 has no holidays"),
    ("town.yaml", "timezone: Asia/Bangkok", "timezone: Asia/Maehia", 0, "unknown time zone 'Asia/Maehia'"),
    ("town.yaml", "primary: \"#0b5d3b\"", "primary: green", 0, "branding.primary"),
    ("town.yaml", "logo: logo.svg", "logo: none.svg", 0, "there is no file 'none.svg'"),
    ("town.yaml", "file: layers/outline.geojson", "file: layers/rivers.geojson", 0, "there is no such file"),
    ("town.yaml", "  licence: ODbL-1.0\n  notice:", "  notice:", None, "map.licence: is missing"),
    ("town.yaml", "  licence: ODbL-1.0\n  notice:", "  licence: own\n  tiles: https://t.example/{z}/{x}.png\n  notice:",
     1, "map.tiles: must hold {y}"),
    ("town.yaml", "south: 18.715", "south: 18.79", 0, "south must be less than north"),
    ("town.yaml", "latitude: 18.7433", "latitude: 13.7", 0, "the centre lies outside the bounds"),
    ("permits.yaml", "absences: []",
     "absences: [{team: pier, deputy: pier, first_day: 2026-12-28, last_day: 2026-12-28, order: x}]",
     0, "nobody takes their own place"),
    ("permits.yaml", "field: use, one_of: [house]", "field: use, one_of: [castle]", 0, "'use' has no choice 'castle'"),
    ("permits.yaml", "field: storeys, equals: 1", "field: floors, equals: 1", 0, "this form has no field 'floors'"),
    ("permits.yaml", "field: storeys, equals: 1", "field: use, equals: 1", 0, "cannot be compared as a number"),
    ("permits.yaml", "field: storeys, equals: 1", "field: storeys, equals: 1, at_most: 2", 0, "exactly one of equals"),
    ("permits.yaml", "duration: {minutes: 120}", "duration: {minutes: 120, days: 1}", 0, "either minutes or days"),
    ("permits.yaml", "      - *normal\n", "", None, "the last lane must have no conditions"),
    ("permits.yaml", "field: has_agent, one_of", "field: agent_phone, one_of", None,
     "no field before it is 'agent_phone'"),
    ("permits.yaml", "storeys, section: building", "storeys, section: roof", None, "this form has no section 'roof'"),
    ("permits.yaml", "example: ภย.12345", "example: 12345", None, "its example must fit it"),
    ("permits.yaml", "pattern: \"[0-9]{13}\"", "pattern: \"[0-9\"", None, "pattern is no regular expression"),
    ("permits.yaml", "    example: ภย.12345\n", "", None, "a pattern needs an example"),
    ("permits.yaml", "per: length_m", "per: colour", 0, "'colour' is no numeric field"),
    ("permits.yaml", "minimum: 0.5, maximum: 10000", "minimum: -0.5, maximum: 10000", None,
     "'length_m' needs a minimum of at least 0 and a maximum"),
    ("permits.yaml", "minimum: 0.1, maximum: 1000", "minimum: 0.1", None, "'area_m2' needs a minimum of at least 0"),
    ("permits.yaml", "rate: 1.00, per: length_m", "rate: 1.00", 0, "needs either amount, or rate and per"),
    ("permits.yaml", "    fee_due_days: 30\n", "    pay_first: true\n", 0, "pay_first needs fees and fee_due_days"),
    ("permits.yaml", "biller: \"000000000000000\"", "tax_id: \"1101700230709\"", 0, "does not fit the others"),
    ("permits.yaml", "permits: [fence,", "permits: [moat,", 0, "there is no permit type 'moat'"),
    ("permits.yaml", "    team: works-building\n", "", None, "at 50 %, and this type has no team that has one"),
    ("permits.yaml", "    team: works-building\n", "    team: works-canals\n", 0, "there is no team 'works-canals'"),
    ("permits.yaml", "percent: 75, level: head", "percent: 75, level: boss", 0, "there is no level 'boss'"),
    ("notices.yaml", "event: onestop.report.amended.v1", "event: onestop.report.mended.v1", 0, "there is no event"),
    ("notices.yaml", "template: report-amended", "template: report-mended", 0, "there is no template 'report-mended'"),
    ("notices.yaml", "when: {by: [staff]}", "when: {author: [staff]}", 0, "has no field 'author'"),
    ("notices.yaml", "audience: applicant", "audience: reporter", 0, "has no reporter to tell"),
    ("templates.yaml", "ได้รับเรื่องของท่านแล้ว เลขที่ {reference}", "ได้รับเรื่อง {refernce}", 0, "{refernce} is nothing that"),
    ("templates.yaml", "    en:\n      subject: \"We have", "    fr:\n      subject: \"We have", None,
     "template 'report-received' has no text in English"),
    ("zones.geojson", '"code": "ban-ubosot"', '"code": "ban-tamnak"', 0, "code 'ban-tamnak' is given twice"),
    ("zones.geojson", '"type": "Polygon"', '"type": "Point"', 0, "geometry must be a Polygon or MultiPolygon"),
    ("zones.geojson", "[[[98.9", "[[[99.9", 0, "the outline is not closed"),
    ("zones.geojson", "[[[98.9", "[[[99.9", 0, "the outline leaves the town's bounds"),
    ("zones.geojson", '"features": [', '"features": [,', 0, "not JSON"),
    ("zones.geojson", '"features"', '"feature"', None, "must be a GeoJSON FeatureCollection"),
    ("land-use.geojson", '"allows": ["house"', '"allows": ["castle"', 0, "no permit form has a use 'castle'"),
]  # fmt: skip


def rounds() -> list[list[Defect]]:
    """The defects in rounds with at most one per file: a round is one spoilt town, and no defect may hide another."""
    by_file: dict[str, list[Defect]] = {}
    for defect in DEFECTS:
        by_file.setdefault(defect[0], []).append(defect)
    return [[d for d in column if d] for column in zip_longest(*by_file.values())]


@pytest.mark.parametrize("defects", rounds(), ids=lambda defects: defects[0][4])
def test_each_defect_is_named_with_file_and_line(folder: Path, edit: Edit, defects: list[Defect]) -> None:
    lines = [edit(file, old, new) for file, old, new, _, _ in defects]
    found = problems(folder)
    for line, (file, _, _, below, reason) in zip(lines, defects, strict=True):
        # what is missing has no line of its own, so only its file is asked for
        start = f"{file}:" if below is None else f"{file}:{line + below}: "
        assert any(problem.startswith(start) and reason in problem for problem in found), (start, reason, found)


def test_a_level_that_no_post_of_the_permits_team_holds_is_named_with_the_permits_line(
    folder: Path, edit: Edit
) -> None:
    line = edit("permits.yaml", "    team: works-building\n", "    team: pier\n")
    edit("teams.yaml", "teams:\n", "teams:\n  pier: {name: {th: ท่าเรือ, en: Pier}, unit: {th: ท่าเรือ, en: Pier}, "
         "email: pier@maehia.example, posts: {head: {title: {th: หัวหน้า, en: Head}}}}\n")  # fmt: skip

    assert problems(folder) == [
        f"permits.yaml:{line}: permit_escalation warns the {who}, and team 'pier' has none with an email"
        for who in ("director at 90 %", "head at 75 %")
    ]


def test_a_signatory_who_is_warned_needs_a_mailbox(folder: Path, edit: Edit) -> None:
    lines = [edit("permits.yaml", f"  {permit}:\n", f"  {permit}:\n")
             for permit in ("house-new", "alteration", "change-of-use")]  # fmt: skip
    edit("permits.yaml", "percent: 100, level: clerk", "percent: 100, level: signatory")
    edit("permits.yaml", ", email: mayor@maehia.example}", "}")
    edit("permits.yaml", "    email: deputy-mayor@maehia.example\n", "")

    reason = "permit_escalation warns the signatory at 100 %, and no signatory of this type has an email"
    assert problems(folder) == [f"permits.yaml:{line}: {reason}" for line in lines]  # the clerk signs the others only


def test_triage_is_warned_where_a_step_says_so(folder: Path, edit: Edit) -> None:
    edit("permits.yaml", "percent: 75, level: head", "percent: 75, level: triage")

    assert load_town(folder).permit_escalation[1].level == "triage"


def test_all_defects_are_named_at_once(folder: Path, edit: Edit) -> None:
    places = {
        f"categories.yaml:{edit('categories.yaml', 'radius_m: 150', 'radius_m: wide')}",
        f"routing.yaml:{edit('routing.yaml', 'agency: pwa', 'agency: mwa')}",
        f"calendar.yaml:{edit('calendar.yaml', 'date: 2026-05-04', 'date: 2031-05-04')}",
    }
    found = problems(folder)
    assert {":".join(problem.split(":")[:2]) for problem in found} == places
    assert len(found) == 3


@pytest.mark.parametrize("also", ["latitude: 18.7433", "licence: CC0-1.0"], ids=["the centre", "the plan's section"])
def test_a_plan_is_looked_at_whatever_else_is_wrong(
    folder: Path, edit: Edit, capsys: pytest.CaptureFixture[str], also: str
) -> None:
    shutil.copy(TOWNS / "nong-bua-noi/plan/roads.geojson", folder / "plan/roads.geojson")
    line = edit("town.yaml", also, "wrong: 13.7")
    assert main(["check", str(folder)]) == 1
    said = capsys.readouterr().out
    assert f"{folder}/town.yaml:{line}: " in said
    assert f"{folder}/plan/roads.geojson:1: 5 of 5 lie outside the town's bounds" in said
    assert manifests([str(folder)]) == 2, "nothing is made of a town that is refused here"


def test_an_unreadable_file_does_not_bury_itself_under_its_consequences(folder: Path, edit: Edit) -> None:
    edit("teams.yaml", "teams:\n", "teams: [\n")
    assert len(problems(folder)) == 1


def test_a_section_that_is_not_there_cannot_be_referred_to(folder: Path, edit: Edit) -> None:
    (folder / "zones.geojson").unlink()
    line = edit("routing.yaml", "when: {categories: [illegal-building]}", "when: {zones: [ban-tamnak]}")
    assert problems(folder) == [f"routing.yaml:{line}: there is no zone 'ban-tamnak'"]


def test_the_command_prints_the_problems_and_fails(
    folder: Path, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    line = edit("routing.yaml", "agency: pwa", "agency: mwa")
    assert main(["check", str(folder)]) == 1
    assert f"{folder}/routing.yaml:{line}: there is no agency 'mwa'" in capsys.readouterr().out


def test_programs_are_told_the_problems_in_json(folder: Path, edit: Edit, capsys: pytest.CaptureFixture[str]) -> None:
    line = edit("routing.yaml", "agency: pwa", "agency: mwa")
    assert main(["check", str(folder), "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert not told["is_usable"]
    assert told["problems"] == [{"file": f"{folder}/routing.yaml", "line": line, "reason": "there is no agency 'mwa'"}]


def test_a_folder_without_files_is_no_town(tmp_path: Path) -> None:
    assert problems(tmp_path) == ["town.yaml:1: no YAML file in this folder"]


def test_the_version_of_the_rules_follows_their_content(folder: Path, edit: Edit) -> None:
    before = load_town(folder).routing.version
    edit("routing.yaml", "# Danger first", "# Danger comes first")
    assert load_town(folder).routing.version == before
    edit("routing.yaml", "[สายไฟ…ขาด, ", "[")
    changed = load_town(folder).routing.version
    assert changed != before
    assert changed.startswith("2026.11-")


def test_an_agency_that_nothing_would_be_sent_to_is_pointed_at(folder: Path, edit: Edit) -> None:
    edit(
        "notices.yaml",
        "audience: agency, channels: [email, webhook], template: agency-referral",
        "audience: agency, channels: [webhook], template: agency-referral",
    )
    found = [one for one in problems(folder) if "nothing is sent there" in one]
    assert [one.partition(":")[0] for one in found] == ["teams.yaml"] * 2  # PEA's mail, and PWA's
