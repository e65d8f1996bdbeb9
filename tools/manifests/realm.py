"""A town's realm for Keycloak, and the client of a program in it, completed from its profile.

Whoever is in the group of a team is of that team, who is in that of a level holds it, who is in that of an office signs
for it, and who is in that of an agency works for it; so nobody has to know the codes, and none can be mistyped.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from shared.town import Town
from shared.town.vocabulary import LEVELS as LADDER_WORDS

BASE = Path(__file__).resolve().parents[2] / "deploy/keycloak/realm.yaml"
TEAMS, LEVELS, OFFICES, AGENCIES = "teams", "levels", "offices", "agencies"
Realm = dict[str, Any]


def files(town: Town) -> dict[Path, str]:
    """Path and text of the town's two, beside the folder of the profiles."""
    keycloak = town.directory.parent.parent / "keycloak"
    return {
        keycloak / f"realm-{town.code}.json": text(realm(town)),
        keycloak / f"program-{town.code}.json": text(program(town)),
    }


def realm(town: Town) -> Realm:
    """The whole representation, as Keycloak imports it; what is secret in it stays a placeholder."""
    made, claims, _ = _read(town)
    profile = made.pop("userProfile")
    made["clients"][0]["protocolMappers"] = claims
    return {
        "realm": town.code,
        "displayName": town.name.th,
        "supportedLocales": list(town.languages),
        "defaultLocale": town.languages[0],
        **made,
        "groups": _groups(town),
        "components": _user_profile(profile),
    }


def program(town: Town) -> Realm:
    """The client of a program of the town's, but for its name."""
    _, claims, made = _read(town)
    return {**made, "protocolMappers": [*claims, *made["protocolMappers"]]}


def _read(town: Town) -> tuple[Realm, list[Realm], Realm]:
    """The realm, the claims that each client has, and a program's client."""
    made: Realm = yaml.safe_load(BASE.read_text("utf-8"))
    claims: list[Realm] = made.pop("claims")
    next(one for one in claims if one["name"] == "town")["config"]["claim.value"] = town.code
    return made, claims, made.pop("program")


def text(made: Realm) -> str:
    """As it is written to a file."""
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def _groups(town: Town) -> Sequence[Realm]:
    teams = [
        {"name": code, "attributes": {"team": [code], "name": [team.name.th]}} for code, team in town.teams.items()
    ]
    offices = [
        {
            "name": office.code,
            "attributes": {"signs_for": [office.code], "name": [office.title.th]},
            "realmRoles": ["signatory"],
        }
        for office in town.signatories
    ]
    levels = [
        {"name": code, "attributes": {"level": [code], "name": [LADDER_WORDS[code].th]}, "realmRoles": ["supervisor"]}
        for code in town.levels
    ]
    agencies = [
        {"name": code, "attributes": {"agency": [code], "name": [agency.name.th]}, "realmRoles": ["agency"]}
        for code, agency in town.agencies.items()
    ]
    named = {TEAMS: teams, LEVELS: levels, OFFICES: offices, AGENCIES: agencies}
    return [{"name": name, "subGroups": groups} for name, groups in named.items()]


def _user_profile(profile: Mapping[str, Any]) -> Realm:
    """Keycloak keeps it as a text inside a component."""
    config = {"kc.user.profile.config": [json.dumps(profile, ensure_ascii=False)]}
    return {
        "org.keycloak.userprofile.UserProfileProvider": [
            {"name": "user profile", "providerId": "declarative-user-profile", "config": config}
        ]
    }
