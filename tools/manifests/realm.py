"""A town's realm for Keycloak, completed from its profile.

Whoever is in the group of a team is of that team, and whoever is in the group of an office signs for it; so nobody has
to know the codes, and none can be mistyped.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from shared.town import Town, load_town

BASE = Path(__file__).resolve().parents[2] / "deploy/keycloak/realm.yaml"
TEAMS, OFFICES = "teams", "offices"
Realm = dict[str, Any]


def files(folder: Path) -> dict[Path, str]:
    """Path and text of the town's one, beside the folder of the profiles."""
    town = load_town(folder)
    return {folder.parent.parent / "keycloak" / f"realm-{town.code}.json": text(realm(town))}


def realm(town: Town, base: Path = BASE) -> Realm:
    """The whole representation, as Keycloak imports it; what is secret in it stays a placeholder."""
    made: Realm = yaml.safe_load(base.read_text("utf-8"))
    profile = made.pop("userProfile")
    _mapper(made, "town")["claim.value"] = town.code
    return {
        "realm": town.code,
        "displayName": town.name.th,
        "supportedLocales": list(town.languages),
        "defaultLocale": town.languages[0],
        **made,
        "groups": _groups(town),
        "components": _user_profile(profile),
    }


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
    return [{"name": TEAMS, "subGroups": teams}, {"name": OFFICES, "subGroups": offices}]


def _user_profile(profile: Mapping[str, Any]) -> Realm:
    """Keycloak keeps it as a text inside a component."""
    config = {"kc.user.profile.config": [json.dumps(profile, ensure_ascii=False)]}
    return {
        "org.keycloak.userprofile.UserProfileProvider": [
            {"name": "user profile", "providerId": "declarative-user-profile", "config": config}
        ]
    }


def _mapper(made: Realm, name: str) -> dict[str, str]:
    """The settings of one of our own claims."""
    scope = next(one for one in made["clientScopes"] if one["name"] == "onestop")
    config: dict[str, str] = next(one for one in scope["protocolMappers"] if one["name"] == name)["config"]
    return config
