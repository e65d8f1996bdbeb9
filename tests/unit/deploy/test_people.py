"""The development provider's people cover every role and every team that the flows need."""

import pytest

from deploy.local.oidc import people
from deploy.local.token import choose
from shared.people import AGENCY, ROLES
from shared.web.people import person_from_claims


def test_everybody_is_somebody_to_the_services() -> None:
    for claims in people():
        person = person_from_claims(claims, "maehia")
        assert person.roles == set(claims["roles"])
        assert person.name


def test_every_role_can_be_tried() -> None:
    assert {role for claims in people() for role in claims["roles"]} == {*ROLES, AGENCY}


def test_role_and_team_choose_a_person() -> None:
    assert choose("crew", "works-water", None) == "crew-water"
    assert choose("officer", None, None) == "officer"
    assert choose(None, None, "crew-water-2") == "crew-water-2"


def test_nobody_who_fits_is_answered_with_the_choice() -> None:
    with pytest.raises(LookupError, match=r"nobody is crew in team works-wate.*crew-water \(crew works-water\)"):
        choose("crew", "works-wate", None)
