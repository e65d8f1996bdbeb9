"""The council's report says what the figures say, in both languages, and is the same file for the same figures."""

from collections import Counter
from io import BytesIO
from typing import Any

import pikepdf
import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from services.dispatch.domain.period import Period
from services.dispatch.domain.spans import class_of
from services.dispatch.figures_store import Line, Performance
from services.dispatch.pages.monthly import TEMPLATE, Month, tell
from shared.documents import typeset
from tests.support.work import MONDAY, town

WORDS = yaml.safe_load((TEMPLATE.parents[1] / "strings.yaml").read_text("utf-8"))


def line() -> Line:
    took = Counter({class_of(90): 4})
    return Line(received=5, again=1, done=4, promised=4, kept=3, rated=2, stars=9, accept=took, repair=took)


def performance(period: Period) -> Performance:
    groups: dict[str, dict[str | None, Line]] = {
        "team": {"works-water": line()},
        "category": {"water-leak": line(), "of-a-newer-profile": line()},
        "zone": {None: line()},
    }
    return Performance(period, line(), {step: line() for step in period.steps()}, groups)


def told(language: str) -> dict[str, Any]:
    def say(key: str, **values: object) -> str:
        return str(WORDS[key][language].format(**values))

    october, september = Period.month(2026, 10), Period.month(2026, 9)
    return tell(town(), performance(october), performance(september), language, say)


def test_it_names_its_month_and_shows_each_figure_beside_that_of_the_month_before() -> None:
    thai = told("th")
    assert thai["title"].endswith("ประจำเดือนตุลาคม 2569")
    assert thai["summary"]["columns"] == ["", "ตุลาคม 2569", "กันยายน 2569"]
    assert thai["summary"]["rows"][:3] == [["รับเรื่อง", "5", "5"], ["เสร็จ", "4", "4"], ["ทันกำหนด", "75 %", "75 %"]]
    assert thai["summary"]["rows"][-1] == ["แจ้งซ้ำเพราะยังไม่เรียบร้อย", "25 %", "25 %"]


def test_a_group_that_the_profile_no_longer_has_is_said_by_its_code_and_none_in_words() -> None:
    tables = told("en")["tables"]
    assert [row[0] for row in tables[1]["rows"]] == ["of-a-newer-profile", town().categories["water-leak"].name.en]
    assert tables[2]["rows"][0][0] == "Outside all villages, or no place"


@pytest.mark.parametrize("language", ["th", "en"])
async def test_it_is_a_pdf_that_carries_its_own_fonts_and_is_made_alike_twice(language: str) -> None:
    data = told(language)
    first, second = [await typeset(TEMPLATE, data, MONDAY) for _ in range(2)]
    assert first == second
    with pikepdf.open(BytesIO(first)) as document:
        assert document.docinfo["/Title"] == data["title"]
        assert len(document.pages) <= 2
        fonts = {str(font.BaseFont) for page in document.pages for font in page.Resources.Font.values()}
        assert all("Sarabun" in font for font in fonts)


async def test_what_people_wrote_is_text_and_no_instruction() -> None:
    data = told("en") | {"title": "#panic() $x$ *b* <script>"}
    with pikepdf.open(BytesIO(await typeset(TEMPLATE, data, MONDAY))) as document:
        assert document.docinfo["/Title"] == data["title"]


@pytest.mark.parametrize("month", ["2569-10", "2026-13", "2๐26-10", "0000-01", "2026-1", "2200-01"])
def test_a_month_that_is_none_of_our_time_is_refused(month: str) -> None:
    """2569 is a year of the Buddhist era: the report would say 3112."""
    asked = TypeAdapter[str](Month)
    assert asked.validate_python("2026-10") == "2026-10"

    with pytest.raises(ValidationError):
        asked.validate_python(month)
