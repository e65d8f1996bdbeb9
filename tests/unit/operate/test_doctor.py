"""What the doctor says of settings, a town, a database, a broker and a provider that the test makes."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.events.catalogue import SERVICES
from shared.events.topics import TOPICS
from tests.support.source import ROOT
from tests.support.work import town
from tools.operate import acls
from tools.operate.__main__ import main
from tools.operate.doctor import broker, database, outside
from tools.operate.doctor.command import ORDER
from tools.operate.doctor.settings import SETTINGS
from tools.operate.doctor.town import of_town
from tools.operate.topics import Found

AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
HELLO: dict[str, Any] = {"setName": "rs0", "hosts": ["a", "b", "c"], "localTime": AT.replace(tzinfo=None)}


def test_every_service_is_looked_at() -> None:
    stores = (ROOT / "tools/operate/desks.py").read_text("utf-8")
    assert {kind.__module__.split(".")[1] for kind in SETTINGS} == set(SERVICES)
    assert [name for name in SERVICES if f"from services.{name}.store import Store" not in stores] == []


def test_every_unsafe_setting_of_all_services_is_said_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PUBLIC_URL", "http://town.example")
    monkeypatch.setenv("SMTP_URL", "smtp://mail.town.example")
    monkeypatch.setenv("ACCEPTED_RISKS", "smtp-in-the-clear")

    assert main(["doctor", "--only", "settings"]) == 1

    said = capsys.readouterr().out
    for part in ("PUBLIC_URL=http://town.example is not https", "SESSION_SECRET is the development one", "LINK_SECRET"):
        assert said.count(part) == 1, part
    assert "SMTP_URL is without TLS: write smtp+starttls:// or smtps:// (accepted: smtp-in-the-clear)" in said
    assert said.splitlines()[-1].endswith("unfinished")


def test_a_setting_that_cannot_be_read_is_broken_and_its_value_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SMTP_URL", "https://secret@mail")
    assert main(["doctor", "--only", "settings"]) == 1
    said = capsys.readouterr().out
    assert "broken      settings  settings are refused: SMTP_URL" in said
    assert "secret" not in said.replace("SECRET", "")


def test_what_is_away_is_said_of_each_part_and_keeps_nobody_from_hearing_of_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MONGODB_URI", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    monkeypatch.setenv("OIDC_ISSUER", "http://127.0.0.1:1")
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:1")

    assert main(["doctor", "--json"]) == 1

    found = json.loads(capsys.readouterr().out)
    broken = {one["about"]: one["text"] for one in found if one["grade"] == "broken"}
    assert "MongoDB at 127.0.0.1:1 gives no answer" in broken["database"]
    assert "Kafka at 127.0.0.1:1 gives no answer" in broken["broker"]
    said = " ".join(one["text"] for one in found if one["about"] == "outside")
    assert "OIDC_ISSUER=http://127.0.0.1:1 gives no usable answer" in said
    assert "the mail server 127.0.0.1:1 does not take us" in said
    assert [one["grade"] for one in found] == sorted((one["grade"] for one in found), key=ORDER.index)


def test_the_shipped_profile_is_told_to_be_nobodys_yet() -> None:
    said = " ".join(one.text for one in of_town(town(), AT))
    assert ".example" in said
    assert "put the town's own into its files" in said


def test_next_years_holidays_are_asked_for_in_the_last_quarter() -> None:
    year = max(town().calendar.years) + 1
    early, late = datetime(year - 1, 9, 1, tzinfo=UTC), datetime(year - 1, 11, 1, tzinfo=UTC)
    assert not [one for one in of_town(town(), early) if "holidays" in one.text]
    assert [one for one in of_town(town(), late) if f"has no holidays of {year}" in one.text]


def test_a_town_without_its_map_is_unfinished() -> None:
    elsewhere = town().model_copy(update={"directory": town().directory.parent})
    assert [one for one in of_town(elsewhere, AT) if "maps are blank" in one.text]
    assert not [one for one in of_town(town(), AT) if "maps are blank" in one.text]


def test_a_whole_database_is_well() -> None:
    assert list(database.of_server(HELLO, (6, 0, 5, 0), AT)) == []


@pytest.mark.parametrize(
    ("hello", "version", "grade", "said"),
    [
        ({}, (4, 4, 0, 0), "broken", "MongoDB 4.4.0 is older than 6.0"),
        ({"setName": None}, (6, 0, 5, 0), "broken", "no replica set"),
        ({"hosts": ["a"]}, (6, 0, 5, 0), "unfinished", "has 1 member: when one fails, so does the town"),
        ({"localTime": AT.replace(tzinfo=None) - timedelta(seconds=41)}, (6, 0, 5, 0), "broken", "differ by 41 s"),
    ],
)
def test_what_a_database_lacks_is_said(hello: dict[str, Any], version: tuple[int, ...], grade: str, said: str) -> None:
    asked = {name: value for name, value in {**HELLO, **hello}.items() if value is not None}
    (found,) = database.of_server(asked, version, AT)
    assert found.grade == grade
    assert said in found.text


def test_a_stranger_is_whoever_does_not_sign_in() -> None:
    uri = "mongodb://ops:p%40ss@db1,db2/?authSource=admin&tls=true&replicaSet=rs0"
    assert database.without_user(uri) == "mongodb://db1,db2/?tls=true&replicaSet=rs0"


def whole(copies: int = 3, acknowledged_by: str = "2") -> dict[str, Found]:
    safe = {"min.insync.replicas": acknowledged_by}
    return {name: Found(topic.partitions, topic.configs() | safe, copies) for name, topic in TOPICS.items()}


def test_topics_as_they_must_be_are_well() -> None:
    assert list(broker.of_topics("", whole())) == []


def test_few_copies_and_one_that_counts_as_acknowledged_are_said_once_for_all_topics() -> None:
    (few,) = broker.of_topics("", whole(copies=1))
    assert few.text.startswith(f"{len(TOPICS)} topics have fewer than 3 copies")
    (alone,) = broker.of_topics("", whole(acknowledged_by="1"))
    assert alone.grade == "unsafe"


def test_a_topic_that_is_missing_is_broken() -> None:
    found = whole()
    del found["internal.reports.v1"]
    (missing,) = broker.of_topics("", found)
    assert (missing.grade, missing.text) == ("broken", "internal.reports.v1: it is missing")


def test_access_lists_are_held_to_the_catalogue() -> None:
    granted = acls.grants("mh.")
    assert list(broker.of_access("mh.", granted)) == []
    less = [one for one in granted if one.principal != "mh.notify"]
    (lacking,) = broker.of_access("mh.", less)
    assert "its access lists give mh.notify less than they need" in lacking.text
    (open_to_all,) = broker.of_access("mh.", [*granted, acls.Grant("*", "topic", "private.contacts.v1", ("Read",))])
    assert open_to_all.grade == "unsafe"


ISSUER = "https://id.town.example/realms/town"
PUBLISHED = {
    "issuer": ISSUER, "authorization_endpoint": "a", "token_endpoint": "t", "jwks_uri": "j",
    "end_session_endpoint": "e",
}  # fmt: skip
KEYS = {"keys": [{"kid": "1"}]}


def test_a_whole_provider_is_well() -> None:
    assert list(outside.of_issuer(ISSUER, PUBLISHED, KEYS, AT, AT + timedelta(seconds=3))) == []


@pytest.mark.parametrize(
    ("published", "keys", "its_time", "said"),
    [
        ({**PUBLISHED, "issuer": "https://other"}, KEYS, AT, "calls itself https://other"),
        ({**PUBLISHED, "token_endpoint": None}, KEYS, AT, "says no token_endpoint"),
        (PUBLISHED, {"keys": []}, AT, "publishes no keys"),
        ({**PUBLISHED, "end_session_endpoint": None}, KEYS, AT, "has no end_session_endpoint"),
        (PUBLISHED, KEYS, AT - timedelta(minutes=5), "differ by 300 s"),
    ],
)
def test_what_a_provider_lacks_is_said(
    published: dict[str, Any], keys: dict[str, Any], its_time: datetime, said: str
) -> None:
    told = {name: value for name, value in published.items() if value is not None}
    (found,) = outside.of_issuer(ISSUER, told, keys, its_time, AT)
    assert said in found.text


def test_a_certificate_that_ends_soon_is_named_with_its_day() -> None:
    ends = {"notAfter": "Dec  6 09:00:00 2026 GMT"}
    (found,) = outside.of_certificate("town.example:443", ends, AT)
    assert found.text == "the certificate of town.example:443 ends on 2026-12-06: renew it"
    assert list(outside.of_certificate("town.example:443", {"notAfter": "Dec  6 09:00:00 2027 GMT"}, AT)) == []
