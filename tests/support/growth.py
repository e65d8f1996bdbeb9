"""Whether the time of something grows faster than the text that it is given."""

from collections.abc import Callable, Iterator, Sequence
from time import process_time

LONG = 2_000  # characters: half of what people may send
_QUICK = 0.001  # seconds: the square of such a length takes more by far, on a quick machine too
_SHORT = 24  # characters: what doubles its time with each of them is slow on so few
_SHORT_QUICK = 0.01  # seconds for so few
_LINEAR, _TIMES = 4, 3
_TOO_MUCH = 8  # times longer for a text four times as long; the square would be 16


def grows(act: Callable[[str], object], pump: str, begin: str = "", end: str = "") -> bool:
    """Whether `act` takes far more than four times as long for a text of the pump that is four times as long."""

    def seconds(length: int) -> float:
        text = begin + pump * (length // len(pump)) + end
        begun = process_time()
        act(text)
        return process_time() - begun

    if min(seconds(_SHORT) for _ in range(2)) > _SHORT_QUICK:  # the first time it may have had to get ready
        return True
    if seconds(LONG) < _QUICK:
        return False
    # In turn: a processor that wakes up or slows down between them must not change what one is to the other.
    taken = [(seconds(LONG), seconds(LONG * _LINEAR)) for _ in range(_TIMES)]
    return min(long for _, long in taken) > _TOO_MUCH * min(short for short, _ in taken)


def slow_on(
    act: Callable[[str], object],
    signs: Sequence[str],
    begins: Sequence[str] = ("",),
    ends: Sequence[str] = ("", "\0", " "),
) -> Iterator[str]:
    """The texts of one or two signs again and again, begun and ended otherwise, on which `act` grows too much."""
    for pump in (*signs, *(one + other for one in signs for other in signs if one != other)):
        for begin in begins:
            for end in ends:
                if grows(act, pump, begin, end):
                    yield f"{begin!r}, then {pump!r} again and again, then {end!r}"
