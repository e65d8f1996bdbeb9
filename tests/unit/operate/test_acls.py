"""Who may what on the broker follows from the catalogue."""

from collections.abc import Sequence

import pytest

from tools.operate import acls
from tools.operate.__main__ import main


def of(principal: str, grants: Sequence[acls.Grant]) -> list[str]:
    whose = f"--allow-principal User:{principal} "
    return [command.removeprefix(whose) for command in map(acls.as_command, grants) if command.startswith(whose)]


def test_a_service_writes_what_it_says_reads_what_it_hears_and_has_one_group() -> None:
    assert of("maehia.dispatch", acls.grants("maehia.")) == [
        "--topic maehia.internal.reports.v1 --operation Read --operation Describe",
        "--topic maehia.internal.work-orders.v1 --operation Write --operation Describe",
        "--topic maehia.internal.notices.v1 --operation Read --operation Describe",
        "--topic maehia.public.work-orders.v1 --operation Write --operation Describe",
        "--topic maehia.private.dispatch.dlq --operation Read --operation Write --operation Describe",
        "--group maehia.dispatch --operation Read --operation Describe",
    ]


def test_an_outside_reader_reads_public_topics_in_groups_of_its_own_name_only() -> None:
    assert of("pea", acls.grants(readers=["pea"])) == [
        "--topic public. --resource-pattern-type prefixed --operation Read --operation Describe",
        "--group pea. --resource-pattern-type prefixed --operation Read --operation Describe",
    ]


def test_the_command_prints_them_without_a_broker(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["topics", "acls", "--bootstrap", "127.0.0.1:1", "--reader", "pea"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(acls.grants(readers=["pea"]))
