"""Everybody who could ask: holders of links, each role in the case's own team and in another, and agencies."""

from shared.web import Person

TEAM, OTHER_TEAM = "works-water", "works-roads"  # of the cases
PERMIT_TEAM = "works-building"
AGENCY, OTHER_AGENCY = "pea", "pwa"  # of what was referred
HOLDERS = ("nobody", "owner", "follower", "stranger")  # `owner`: the case's own secret; `stranger`: another case's
STAFF: dict[str, Person] = {
    name: Person(
        sub=name,
        name=f"name of {name}",
        roles=frozenset(roles),
        team=team,
        town="maehia",
        signs_for=frozenset({"mayor"}) if "signatory" in roles else frozenset(),
    )
    for name, roles, team in (
        ("guest", (), None),  # an account of the town's provider without any role of ours
        ("crew", ("crew",), TEAM),
        ("lead", ("crew", "lead"), TEAM),
        ("other-crew", ("crew",), OTHER_TEAM),
        ("no-crew", ("crew",), None),
        ("officer", ("officer",), "triage"),
        ("other-officer", ("officer",), OTHER_TEAM),
        ("examiner", ("examiner",), PERMIT_TEAM),
        ("other-examiner", ("examiner",), OTHER_TEAM),
        ("signatory", ("signatory",), None),
        ("cashier", ("cashier",), None),
        ("supervisor", ("supervisor",), None),
        ("admin", ("admin",), None),
    )
} | {
    name: Person(sub=name, name=f"name of {name}", roles=frozenset({"agency"}), agency=agency, town="maehia")
    for name, agency in (("agency", AGENCY), ("other-agency", OTHER_AGENCY), ("no-agency", None))
}
WHO = (*HOLDERS, *STAFF)
