"""The one rule, read aloud: what each reader sees of an open, a sensitive and a hidden case."""

from typing import get_args

import pytest

from shared.readers import RULE, Openness, Reader, least_open, openness_of, public_words, sight_of, words_for

DEGREES: tuple[Openness, ...] = get_args(Openness)


def test_the_rule_answers_for_every_reader_and_every_case() -> None:
    assert set(RULE) == {(reader, openness) for reader in get_args(Reader) for openness in DEGREES}


def test_nobody_but_its_people_and_those_who_work_on_it_may_know_of_a_hidden_case() -> None:
    knowing = [reader for reader in get_args(Reader) if sight_of(reader, "hidden").case]
    assert knowing == ["follower", "reporter", "agency", "staff"]
    news = sight_of("follower", "hidden")
    assert (news.matter, news.words, news.pictures, news.where) == (False, "none", False, "none")


@pytest.mark.parametrize("reader", ["public", "follower"])
def test_of_a_sensitive_case_others_see_where_it_stands_and_neither_words_nor_pictures(reader: Reader) -> None:
    sight = sight_of(reader, "sensitive")
    assert (sight.case, sight.matter) == (True, True)
    assert (sight.ways, sight.words, sight.pictures, sight.where) == (False, "none", False, "coarse")


def test_following_shows_no_more_than_anybody_sees() -> None:
    assert all(sight_of("follower", degree) == sight_of("public", degree) for degree in ("open", "sensitive"))


@pytest.mark.parametrize("openness", DEGREES)
def test_only_the_reporter_and_staff_read_what_was_written_as_it_was_written(openness: Openness) -> None:
    written = [reader for reader in get_args(Reader) if sight_of(reader, openness).words == "written"]
    assert written == [reader for reader in get_args(Reader) if sight_of(reader, openness).private]
    assert written == ["reporter", "staff"]


def test_the_less_open_of_two_times_counts() -> None:
    assert least_open("open", "sensitive") == "sensitive"
    assert least_open("hidden", "open", "sensitive") == "hidden"
    assert least_open() == "open"


def test_what_only_a_newer_release_knows_shows_nothing() -> None:
    assert least_open("open", "sealed") == "hidden"
    assert not sight_of("reporter", "sealed").case
    assert not sight_of("auditor", "open").case


def test_a_category_that_is_not_shown_hides_its_cases_whether_it_says_sensitive_or_not() -> None:
    assert openness_of(sensitive=False, shown=False) == openness_of(sensitive=True, shown=False) == "hidden"
    assert openness_of(sensitive=True, shown=True) == "sensitive"
    assert openness_of(sensitive=False, shown=True) == "open"


def test_a_text_is_covered_for_everybody_and_has_no_public_form_where_its_case_is_not_open() -> None:
    assert public_words("โทร 081-234-5678", "open") == "โทร •••"
    assert [public_words("โทร 081-234-5678", degree) for degree in ("sensitive", "hidden")] == [None, None]
    assert public_words(None, "open") is None


def test_a_question_to_others_is_read_by_whoever_is_asked_and_not_by_whose_case_it_is() -> None:
    readers = [reader for reader in get_args(Reader) if words_for(reader, "open", meant_for="asked", written="x")]
    assert readers == ["agency", "staff"]
