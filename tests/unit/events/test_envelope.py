"""The envelope survives everything that can arrive, and says what was wrong."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.catalogue import PUBLIC_FAMILIES
from shared.events.envelope import (
    PATTERNS,
    Envelope,
    dataschema,
    decode,
    encode,
    encode_model,
    read_envelope,
    to_headers,
)
from shared.events.ids import new_id
from shared.events.public import public_form, to_public
from shared.events.reports import ReportSubmitted
from shared.events.undecodable import Undecodable
from tools.contract.examples import EXAMPLES, Example

EXAMPLE = EXAMPLES[ReportSubmitted.type]
HEADERS: list[tuple[str, bytes | None]] = [
    *to_headers(EXAMPLE.envelope),
    ("ce_dataschema", dataschema("internal.reports.v1", ReportSubmitted.type).encode()),
]
DATA = EXAMPLE.event.data()
VALUE = encode(DATA)
OPTIONAL = ("ce_team", "ce_category", "ce_zone", "ce_audience", "ce_dataschema", "traceparent")
REQUIRED = [name for name, _ in HEADERS if name not in OPTIONAL]


def headers_with(name: str, value: bytes | None) -> list[tuple[str, bytes | None]]:
    return [(one, value if one == name else raw) for one, raw in HEADERS if one != name] + [(name, value)]


def reason(headers: list[tuple[str, bytes | None]], value: bytes | None = VALUE) -> str:
    with pytest.raises(Undecodable) as caught:
        decode(headers, value)
    assert caught.value.detail
    return caught.value.reason


def test_an_event_comes_back_as_it_was_sent() -> None:
    envelope, event = decode(HEADERS, VALUE)
    assert envelope == EXAMPLE.envelope
    assert event == EXAMPLE.event


def test_an_absent_team_has_no_header() -> None:
    names = [name for name, _ in to_headers(replace(EXAMPLE.envelope, team=None))]
    assert "ce_team" not in names
    assert "ce_category" in names


def envelopes() -> st.SearchStrategy[Envelope]:
    texts: dict[str, st.SearchStrategy[Any]] = {
        name: st.from_regex(pattern, fullmatch=True) for name, pattern in PATTERNS.items()
    }
    texts["sequence"] = st.integers(1, 10**18 - 1)
    for name in ("team", "category", "zone", "audience"):
        texts[name] = st.none() | texts[name]
    moments = st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds)
    whole = moments.map(lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000))
    return st.builds(Envelope, **texts, time=whole, traceparent=st.none())


@given(envelopes())
def test_every_envelope_survives_its_headers(envelope: Envelope) -> None:
    assert read_envelope(to_headers(envelope)) == envelope


@given(st.integers(1, 10**18 - 1), st.integers(1, 10**18 - 1))
def test_sequences_sort_as_text_as_they_do_as_numbers(one: int, other: int) -> None:
    texts = [dict(to_headers(replace(EXAMPLE.envelope, sequence=number)))["ce_sequence"] for number in (one, other)]
    assert (texts[0] < texts[1]) == (one < other)
    assert [len(text) for text in texts] == [19, 19]


def test_an_event_without_its_schema_is_read_all_the_same() -> None:
    assert decode([one for one in HEADERS if one[0] != "ce_dataschema"], VALUE)[1] == EXAMPLE.event


def test_each_copy_names_its_own_schema() -> None:
    named = [dataschema(f"{kind}.reports.v1", ReportSubmitted.type) for kind in ("internal", "public")]
    assert named == [
        "urn:onestop:schema:internal:onestop.report.submitted.v1:r1",
        "urn:onestop:schema:public:onestop.report.submitted.v1:r1",
    ]


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_header_is_named(name: str) -> None:
    with pytest.raises(Undecodable, match=f"missing-header: {name} is missing"):
        decode([one for one in HEADERS if one[0] != name], VALUE)


@pytest.mark.parametrize("name", [name for name, _ in HEADERS if name != "traceparent"])
def test_null_binary_and_repeated_headers_are_poison(name: str) -> None:
    assert reason(headers_with(name, None)) == "null-header"
    assert reason(headers_with(name, b"\xff\xfe\x00")) == "bad-header"
    assert reason([*HEADERS, *(one for one in HEADERS if one[0] == name)]) == "duplicate-header"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce_specversion", b"0.3"),
        ("ce_id", b"not-a-ulid"),
        ("ce_id", b"01KB57W4K0ZQ3T8V6M2N9PX7HC\n"),
        ("ce_source", b"intake"),
        ("ce_type", b"com.example.thing"),
        ("ce_subject", b""),
        ("ce_subject", b"01KB57W4K0ZQ3T8V6M2N9PX7HC:"),
        ("ce_time", b"2026-11-23T01:42:07"),
        ("ce_time", b"2026-02-30T01:42:07Z"),
        ("ce_time", b"0001-01-01T00:00:00+14:00"),
        ("ce_time", b"yesterday"),
        ("ce_sequence", b"0"),
        ("ce_sequence", b"-1"),
        ("ce_sequence", b"1"),
        ("ce_sequence", b"0" * 19),
        ("ce_sequence", b"01" + b"0" * 18),
        ("ce_sequence", b"1.0"),
        ("ce_sequence", "๑".encode()),
        ("ce_sequence", b"9" * 19),
        ("ce_dataschema", b""),
        ("ce_dataschema", b"https://example.org/report.json"),
        ("ce_dataschema", b"urn:onestop:schema:secret:onestop.report.submitted.v1:r1"),
        ("ce_dataschema", b"urn:onestop:schema:internal:onestop.report.rated.v1:r1"),
        ("ce_causationid", b"the key of a client"),
        ("ce_correlationid", b""),
        ("ce_team", "กองช่าง".encode()),
        ("content-type", b"text/plain"),
    ],
)
def test_a_wrong_header_is_poison(name: str, value: bytes) -> None:
    with pytest.raises(Undecodable, match=f"bad-header: {name}"):
        decode(headers_with(name, value), VALUE)


def test_headers_of_others_are_ignored_whatever_they_hold() -> None:
    foreign: list[tuple[str, bytes | None]] = [("x", None), ("x", b"\xff"), ("ce_other", b"\x00"), ("", b"")]
    assert decode([*foreign, *HEADERS], VALUE)[1] == EXAMPLE.event


@pytest.mark.parametrize("broken", [None, b"\xff", b"00-0-0-00", b"00-" + b"0" * 32 + b"-00f067aa0ba902b7-01"])
def test_a_broken_trace_never_stops_the_work(broken: bytes | None) -> None:
    envelope, _ = decode(headers_with("traceparent", broken), VALUE)
    assert envelope.traceparent is None


def test_a_charset_beside_the_content_type_is_fine() -> None:
    assert decode(headers_with("content-type", b"application/json; charset=utf-8"), VALUE)[1] == EXAMPLE.event


def test_an_unknown_type_is_poison() -> None:
    for event_type in ("onestop.report.exploded.v1", "onestop.report.submitted.v2"):
        told = {"ce_type": event_type, "ce_dataschema": dataschema("internal.reports.v1", event_type)}
        headers = [(name, told[name].encode() if name in told else raw) for name, raw in HEADERS]
        assert reason(headers) == "unknown-type"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "no-value"),
        (b"", "not-json"),
        (b"{", "not-json"),
        (b"\xef\xbb\xbf" + VALUE, "not-json"),
        (VALUE.decode().encode("utf-16"), "not-utf8"),
        (VALUE.replace(b'"photos":2', b'"photos":NaN'), "not-json"),
        (VALUE.replace(b'"photos":2', b'"photos":-Infinity'), "not-json"),
        (VALUE.replace(b'"photos":2', b'"photos":1e999'), "not-json"),
        (VALUE.replace(b'"photos":2', b'"photos":' + b"9" * 5000), "not-json"),
        (VALUE.replace(b'"photos":2', b'"photos":2,"photos":3'), "not-json"),
        (VALUE.replace(b'"photos":2', b'"photos":2,"x":' + b"[" * 40 + b"]" * 40), "not-json"),
        (VALUE.replace(b'"photos":2', b'"photos":2,"x":' + b"[" * 200_000), "not-json"),
        (VALUE.replace(b'"photos":2', b'"photos":"2"'), "schema"),
        (VALUE.replace(b'"photos":2', b'"photos":2.5'), "schema"),
        (VALUE.replace(b'"photos":2', b'"photos":99999999999999999999'), "schema"),
        (VALUE.replace(b'"text":"', b'"text":"\\ud800'), "schema"),
        (VALUE.replace(b"18.74312", b"118.74312"), "schema"),
        (VALUE.replace(b"2026-11-23T01:42:07.315Z", b"1700000000"), "schema"),
        (VALUE.replace(b"2026-11-23T01:42:07.315Z", b"0001-01-01T00:00:00+14:00"), "schema"),
        (b"null", "schema"),
        (b"[]", "schema"),
        (b"{}", "schema"),
    ],
)
def test_a_broken_value_is_poison_with_its_reason(value: bytes | None, expected: str) -> None:
    assert reason(HEADERS, value) == expected


def test_the_reason_says_where_and_quotes_no_data() -> None:
    secret = "โทร 081-234-5678 " * 300
    with pytest.raises(Undecodable) as caught:
        decode(HEADERS, encode({**DATA, "text": secret, "photos": "081-234-5678"}))
    assert "text: String should have at most 4000 characters" in caught.value.detail
    assert "photos" in caught.value.detail
    assert "081" not in str(caught.value)


def test_an_unknown_field_is_ignored() -> None:
    assert decode(HEADERS, encode({**DATA, "invented_later": {"deep": [1]}}))[1] == EXAMPLE.event


def test_what_is_not_json_cannot_be_sent_either() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode({"x": float("nan")})


@pytest.mark.parametrize(
    "wrong",
    [{"id": "1"}, {"sequence": 0}, {"source": "intake"}, {"team": ""}, {"time": datetime(2026, 1, 1)}],  # noqa: DTZ001
)
def test_an_envelope_that_nobody_could_read_is_not_made(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"envelope {next(iter(wrong))} must"):
        replace(EXAMPLE.envelope, **wrong)


NAMES = st.sampled_from([name for name, _ in HEADERS]) | st.text(max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner)
    | st.dictionaries(st.text() | st.sampled_from(list(DATA)), inner), max_leaves=12,
)  # fmt: skip


def survives(headers: list[tuple[str, bytes | None]], value: bytes | None) -> None:
    """Whatever arrives: an event, or `Undecodable`, never anything else."""
    try:
        envelope, event = decode(headers, value)
    except Undecodable:
        return
    assert envelope.sequence > 0
    assert event.type == envelope.type


@given(st.lists(st.tuples(NAMES, st.none() | st.binary(max_size=40))), st.none() | st.binary())
def test_arbitrary_records_never_crash(headers: list[tuple[str, bytes | None]], value: bytes | None) -> None:
    survives(headers, value)


@given(st.sampled_from(HEADERS), st.none() | st.binary(max_size=60))
def test_one_arbitrary_header_never_crashes(header: tuple[str, bytes | None], value: bytes | None) -> None:
    survives(headers_with(header[0], value), VALUE)


@given(st.integers(0, len(VALUE) - 1), st.binary(max_size=4))
def test_a_damaged_value_never_crashes(position: int, damage: bytes) -> None:
    survives(HEADERS, VALUE[:position] + damage + VALUE[position + len(damage) :])


@given(st.sampled_from(sorted(EXAMPLES)), st.data())
def test_arbitrary_json_in_any_field_never_crashes(event_type: str, data: st.DataObject) -> None:
    example = EXAMPLES[event_type]
    good = example.event.data()
    wrong = {**good, data.draw(st.sampled_from(sorted(good))): data.draw(JSON)}
    survives(list(to_headers(example.envelope)), json.dumps(wrong).encode())


def test_a_new_id_is_a_valid_event_id() -> None:
    assert replace(EXAMPLE.envelope, id=new_id()).id != EXAMPLE.envelope.id


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=lambda one: one.event.type)
def test_the_quick_way_to_write_an_event_writes_the_same(example: Example) -> None:
    event = example.event
    assert encode_model(event) == encode(event.data())
    if event.family in PUBLIC_FAMILIES:
        assert encode_model(public_form(event)) == encode(to_public(event))
