"""Who may what in the database follows from the services there are."""

import pytest

from shared.events.catalogue import SERVICES
from tools.operate.acls import OPERATORS
from tools.operate.users import main, roles


def test_a_service_has_its_own_database_and_the_one_that_all_share() -> None:
    given = roles("maehia")
    assert {name: [role["db"] for role in given[f"maehia_{name}"]] for name in SERVICES} == {
        name: [f"maehia_{name}", "maehia_sessions"] for name in SERVICES
    }
    assert {role["role"] for name in SERVICES for role in given[f"maehia_{name}"]} == {"readWrite"}


def test_two_towns_share_a_database_and_no_user() -> None:
    assert set(roles()) == {*SERVICES, OPERATORS}
    assert roles("maehia").keys() & roles("nong-bua-noi").keys() == set()


def test_operators_have_the_towns_databases_and_no_other_towns() -> None:
    mine = {f"maehia_{name}": "readWrite" for name in (*SERVICES, "sessions")}
    assert {role["db"]: role["role"] for role in roles("maehia")[f"maehia_{OPERATORS}"]} == {**mine, "local": "read"}


def test_the_command_prints_what_the_databases_shell_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--prefix", "maehia"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(roles())
    assert lines[0] == (
        'db.getSiblingDB("admin").createUser({...{"user": "maehia_intake", "roles": [{"role": "readWrite", '
        '"db": "maehia_intake"}, {"role": "readWrite", "db": "maehia_sessions"}]}, pwd: passwordPrompt()})'
    )
