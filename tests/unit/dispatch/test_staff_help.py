"""The staff's help says what each button of theirs does, in both languages, their own part first."""

import pytest
import yaml

from services.dispatch.domain.acts import ACTS
from services.dispatch.pages.staff_help import BY_ROLE
from tests.support.dispatch_pages import drawn
from tests.support.work import ROOT

WORDS = yaml.safe_load((ROOT / "services/dispatch/pages/strings.yaml").read_text("utf-8"))
ICONS = {name: act.icon for name, act in ACTS.items()}


def test_each_act_is_explained_to_those_who_may_do_it_and_to_nobody_else() -> None:
    """A lead read that they may move work to another team: only the desk may."""
    told = {act for acts in BY_ROLE.values() for act in acts}
    by_others = {name for name in ACTS if name.startswith("agency_")}

    assert told == set(ACTS) - by_others
    assert {ACTS[act].by for act in BY_ROLE["lead"]} == {"lead"}
    assert not {ACTS[act].by for act in BY_ROLE["crew"]} & {"lead", "desk"}
    assert all("desk" in ACTS[act].form_at for act in BY_ROLE["desk"])


@pytest.mark.parametrize("language", ["th", "en"])
@pytest.mark.parametrize("role", BY_ROLE)
def test_ones_own_part_is_unfolded_and_each_button_has_its_words(role: str, language: str) -> None:
    page = drawn("help.html", path="/crew/help", language=language, parts=BY_ROLE, unfolded={role}, icons=ICONS)
    own = page.partition('<details class="card fold" open>')[2].partition("</details>")[0]

    assert page.count('<details class="card fold" open>') == 1
    assert WORDS[f"help.role.{role}"][language] in own
    assert all(WORDS[f"help.act.{act}"][language] in own for act in BY_ROLE[role])
