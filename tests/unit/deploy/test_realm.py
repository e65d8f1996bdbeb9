"""The realm of a town's own Keycloak is what the services ask for, whatever the town."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.local.keycloak import REALM_FILE, VERSION, _unpack, local_realm
from deploy.local.machine import ROOT
from deploy.local.oidc import people
from shared.people import AGENCY, ROLES
from shared.settings import ServiceSettings
from shared.town import Town, load_town
from shared.web.login import router
from shared.web.people import person_from_claims
from tests.support.small_town import small_town
from tools.manifests.realm import program, realm

TOWNS = sorted(path.parent for path in (ROOT / "deploy/municipalities").glob("*/town.yaml"))
SETTINGS = ServiceSettings()
Made = dict[str, Any]


@pytest.fixture(params=TOWNS, ids=lambda path: path.name)
def town(request: pytest.FixtureRequest) -> Town:
    return load_town(request.param)


def client(made: Made, name: str) -> Made:
    return next(one for one in made["clients"] if one["clientId"] == name)


def groups(made: Made, name: str) -> list[Made]:
    found: list[Made] = next(one for one in made["groups"] if one["name"] == name)["subGroups"]
    return found


def test_what_was_fetched_is_unpacked_by_the_python_that_is_here(tmp_path: Path) -> None:
    """Debian's knows nothing of what later ones do about archives."""
    (tmp_path / f"keycloak-{VERSION}").mkdir()
    archive = shutil.make_archive(str(tmp_path / "fetched"), "gztar", tmp_path, f"keycloak-{VERSION}")
    (tmp_path / "room").mkdir()

    assert _unpack(Path(archive), tmp_path / "room").is_dir()


def test_each_team_each_level_and_each_office_that_signs_has_its_group(town: Town) -> None:
    made = realm(town)
    assert [one["attributes"]["team"] for one in groups(made, "teams")] == [[code] for code in town.teams]
    offices = groups(made, "offices")
    assert [one["attributes"]["signs_for"] for one in offices] == [[office.code] for office in town.signatories]
    assert all(one["realmRoles"] == ["signatory"] for one in offices)
    levels = groups(made, "levels")
    assert [one["attributes"]["level"] for one in levels] == [[level] for level in town.levels]
    assert all(one["realmRoles"] == ["supervisor"] for one in levels)


def test_it_speaks_the_towns_languages_and_bears_its_name(town: Town) -> None:
    made = realm(town)
    assert (made["realm"], made["displayName"]) == (town.code, town.name.th)
    assert (made["supportedLocales"], made["defaultLocale"]) == (list(town.languages), town.languages[0])


def test_its_roles_are_those_of_the_services_and_sign_ins_carry_no_others() -> None:
    made = realm(small_town())
    assert [role["name"] for role in made["roles"]["realm"]] == [*ROLES, AGENCY]
    assert made["scopeMappings"] == [{"client": SETTINGS.oidc_client_id, "roles": [*ROLES, AGENCY]}]
    assert not client(made, SETTINGS.oidc_client_id)["fullScopeAllowed"]


@pytest.mark.parametrize("made", [lambda town: realm(town)["clients"][0], program], ids=("sign-in", "program"))
def test_its_claims_are_those_that_the_services_read(made: Callable[[Town], Made]) -> None:
    mappers = [one for one in made(small_town())["protocolMappers"] if "claim.name" in one["config"]]
    claims = {one["config"]["claim.name"]: f"some-{one['name']}" for one in mappers}
    person = person_from_claims({**claims, "sub": "u-1", "town": "smalltown", "roles": ["crew"]}, "smalltown")
    assert (person.team, person.level, set(person.roles)) == ("some-team", "some-level", {"crew"})
    assert person.agency == "some-agency"
    assert set(person.signs_for) == {"some-signs_for"}
    assert set(claims) == {"roles", "team", "level", "agency", "signs_for", "town"}
    assert next(one for one in mappers if one["name"] == "town")["config"]["claim.value"] == "smalltown"


def test_its_addresses_are_routes_of_the_services() -> None:
    made = client(realm(small_town()), SETTINGS.oidc_client_id)
    paths = {route.path for route in router.routes if hasattr(route, "path")}
    named = [*made["redirectUris"], made["attributes"]["backchannel.logout.url"]]
    assert {one.removeprefix("${ONESTOP_PUBLIC_URL}") for one in named} <= paths
    assert made["attributes"]["post.logout.redirect.uris"] == "${ONESTOP_PUBLIC_URL}/"


def test_a_programs_token_opens_the_api_and_a_sign_ins_does_not() -> None:
    audiences = [
        [one["config"]["included.custom.audience"] for one in made["protocolMappers"] if one["name"] == "audience"]
        for made in (program(small_town()), client(realm(small_town()), SETTINGS.oidc_client_id))
    ]
    assert audiences == [[SETTINGS.oidc_audience], []]


def test_whatever_a_flow_names_is_there() -> None:
    """Keycloak drops what it does not find, and says so in its log only."""
    made = realm(small_town())
    steps = [step for flow in made["authenticationFlows"] for step in flow["authenticationExecutions"]]
    flows = {flow["alias"] for flow in made["authenticationFlows"]}
    assert made["browserFlow"] in flows
    assert {step["flowAlias"] for step in steps if "flowAlias" in step} <= flows
    configured = {step["authenticatorConfig"] for step in steps if "authenticatorConfig" in step}
    assert configured == {one["alias"] for one in made["authenticatorConfig"]}


def test_keycloaks_own_pages_keep_the_scopes_that_it_makes_for_them() -> None:
    """It makes and gives them only in a realm that names none; without them people cannot open their account."""
    assert "clientScopes" not in realm(small_town())


def test_nobody_changes_the_name_that_the_trail_will_bear() -> None:
    (component,) = realm(small_town())["components"]["org.keycloak.userprofile.UserProfileProvider"]
    profile = json.loads(component["config"]["kc.user.profile.config"][0])
    editable = [one["name"] for one in profile["attributes"] if "user" in one["permissions"]["edit"]]
    assert editable == ["email"]


def test_the_realm_of_a_town_holds_no_person_and_no_secret() -> None:
    made: Made = json.loads(REALM_FILE.read_text("utf-8"))
    assert "users" not in made
    assert [one.get("secret") for one in made["clients"]] == ["${ONESTOP_CLIENT_SECRET}"]
    assert not any(one["directAccessGrantsEnabled"] for one in made["clients"])


def test_on_a_developers_machine_everybody_of_the_small_provider_is_there() -> None:
    made = json.loads(local_realm())
    known = {group["name"] for kind in ("teams", "levels", "offices", "agencies") for group in groups(made, kind)}
    assert [user["username"] for user in made["users"]] == [person["sub"] for person in people()]
    assert {Path(group).name for user in made["users"] for group in user["groups"]} <= known
