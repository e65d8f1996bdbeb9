"""Two secrets are for ever, and the seal is the town's signature: no page about a bad day may forget one of them.

What is encrypted or derived with them is in the backups, and they are not: who throws one away has lost that for good.
"""

import re
from collections.abc import Iterator

import pytest

from tests.support.source import ROOT
from tools.operate.restore import NEXT

FOR_EVER = {"LINK_SECRET", "SIGNATURE_SECRET"}
SEAL = "the key that letters are sealed with"
OPERATIONS = ROOT / "docs/operations"
# Where it is said what is kept, what is thrown away, and what is brought back.
PAGES = ("backup.md", "before-production.md", "disaster.md", "secrets.md")
_KEEPS = re.compile(r"\b(keep|kept beside|all but|but for|as (it|they) w|for ever|restored without)", re.IGNORECASE)


def blocks(text: str) -> Iterator[str]:
    """Rows of tables, steps of lists, and paragraphs."""
    yield from re.split(r"\n(?=\||\d+\. |- )|\n\n", text)


def forgetful(text: str) -> list[str]:
    """The blocks that tell to keep one of the two and not the other; rows that begin with one are about it alone."""
    return [
        block
        for block in blocks(text)
        if _KEEPS.search(block)
        and (named := {one for one in FOR_EVER if f"{one}`" in block or f"{one} " in block})
        and named != FOR_EVER
        and not re.match(r"\| `\w+` \|", block)
    ]


@pytest.mark.parametrize("page", PAGES)
def test_whoever_is_told_to_keep_one_is_told_to_keep_both(page: str) -> None:
    assert forgetful((OPERATIONS / page).read_text("utf-8")) == []


def test_a_restoration_ends_with_both_of_them() -> None:
    assert {one for one in FOR_EVER if one in NEXT} == FOR_EVER


@pytest.mark.parametrize("text", ["Keep `LINK_SECRET` as it was.", "new secrets (all but `LINK_SECRET`), restore"])
def test_a_page_that_forgets_one_is_found(text: str) -> None:
    assert forgetful(f"Before.\n\n{text}\n\nAfter.") == [text]


@pytest.mark.parametrize("table", ["What is lost", "Who knows too much"])
def test_it_is_said_what_to_do_when_one_is_lost_and_when_a_stranger_has_it(table: str) -> None:
    rows = (OPERATIONS / "disaster.md").read_text("utf-8").partition(f"\n## {table}\n")[2].partition("\n## ")[0]

    assert [one for one in (*(f"`{name}`" for name in sorted(FOR_EVER)), SEAL) if f"\n| {one}" not in rows] == []


RENEWED = "the-key-that-letters-are-sealed-with"


def test_a_renewed_key_ends_with_a_start_of_permits_for_a_process_has_a_copy_or_the_password_from_its_start() -> None:
    unit = (ROOT / "deploy/systemd/onestop@permits.service.d/signing.conf").read_text("utf-8")
    pod = (ROOT / "deploy/kubernetes/base/permits/seal.yaml").read_text("utf-8")
    page = (OPERATIONS / "secrets.md").read_text("utf-8").partition("## The key that letters are sealed with\n")[2]
    steps = page.partition("\n## ")[0]

    assert "LoadCredential=seal-key:" in unit
    assert "systemctl restart onestop@permits" in steps
    assert "- name: SEAL_KEY_PASSWORD\n" in pod
    assert "rollout restart deployment/permits-worker" in steps


@pytest.mark.parametrize(
    "page",
    [
        "docs/operations/configuration.md",
        "docs/operations/disaster.md",
        "docs/operations/runbooks/OnestopMomentsOverdue.md",
        "docs/operations/runbooks/OnestopCertificateEnds.md",
        "deploy/kubernetes/README.md",
    ],
)
def test_whoever_needs_another_key_is_led_to_how_it_is_put_there(page: str) -> None:
    assert f"secrets.md#{RENEWED}" in (ROOT / page).read_text("utf-8")
