"""Many steps on one case are few loads and writes, and each of them still has its own outcome."""

import asyncio

from shared.kernel import Cause, Reject, Step
from tests.support.tally import Desk, Tally, Watched


async def test_who_waits_for_a_case_is_decided_with_the_others_in_order() -> None:
    desk = Desk(Watched())
    words = [str(number) for number in range(256)]
    cases = await asyncio.gather(*map(desk.add, words))

    assert desk.taken() == words
    assert len(desk.decisions) == 256
    assert desk.store.saves <= 3
    assert [case.version for case in cases] == list(range(1, 257)), "each saw a state of its own"


async def test_two_processes_on_one_case_do_not_decide_thousands_of_times() -> None:
    store = Watched()
    desks = [Desk(store, case_id="01M") for _ in range(2)]
    await asyncio.gather(*(desk.add(str(number)) for number in range(256) for desk in desks))

    assert sorted(desks[0].taken(), key=int) == sorted([str(number // 2) for number in range(512)], key=int)
    assert sum(len(desk.decisions) for desk in desks) < 4 * 512


async def test_a_refusal_or_a_bug_among_them_is_its_own() -> None:
    desk = Desk(Watched())
    outcomes = await asyncio.gather(*map(desk.add, ["a", "no", "b", "bug", "c"]), return_exceptions=True)

    assert desk.taken() == ["a", "b", "c"]
    assert [type(outcome).__name__ for outcome in outcomes] == ["Case", "Reject", "Case", "ZeroDivisionError", "Case"]


async def test_nobody_hears_a_refusal_that_rests_on_a_step_that_was_not_saved() -> None:
    desk = Desk(Watched(["ok", "ok", "ok", "lost"]))  # the first alone; then one load, and a save that is lost
    outcomes = await asyncio.gather(*map(desk.add, ["a", "b", "no"]), return_exceptions=True)

    assert [type(outcome).__name__ for outcome in outcomes] == ["Case", "Transient", "Transient"]


async def test_a_value_that_another_case_holds_fails_only_who_brought_it() -> None:
    desk = Desk(Watched())
    desk.store.taken_elsewhere = {"dup"}
    outcomes = await asyncio.gather(*map(desk.add, ["a", "b", "dup", "c"]), return_exceptions=True)

    assert desk.taken() == ["a", "b", "c"]
    assert [type(outcome).__name__ for outcome in outcomes] == ["Case", "Case", "DuplicateKey", "Case"]


async def test_who_gives_up_while_it_decides_for_all_leaves_them_to_the_next() -> None:
    desk = Desk(Watched())
    tasks = [asyncio.create_task(desk.add(word)) for word in "abc"]
    await asyncio.sleep(0)  # all have asked, the first one leads
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    assert desk.taken()[-2:] == ["b", "c"]
    assert desk.cases._queues == {}


async def test_a_refusal_that_rests_on_the_guess_that_a_case_is_new_is_judged_on_the_case() -> None:
    desk = Desk(Watched())
    await desk.add("a")

    def add_if_there(state: Tally | None, _: Cause) -> Step[Tally]:
        if state is None:
            raise Reject("unknown-case", "there is none")
        return Step(Tally(taken=(*state.taken, "b")))

    await desk.cases.step(desk.case_id, add_if_there, Cause.request(), is_new=True)
    assert desk.taken() == ["a", "b"]


async def test_the_same_cause_twice_at_once_takes_effect_once() -> None:
    desk, cause = Desk(Watched()), Cause.request(key="again", scope="test")
    cases = await asyncio.gather(*(desk.add("a", cause) for _ in range(5)))

    assert desk.taken() == ["a"]
    assert [case.repeated for case in cases] == [False, True, True, True, True]


async def test_moments_are_renewed_without_a_change_and_again_and_again() -> None:
    desk = Desk(Watched())
    case = await desk.add("a")
    for _ in range(2):
        await desk.cases.renew_moments(case.id)

    assert (desk.taken(), desk.store.rows[case.id].case.version) == (["a"], 3)
