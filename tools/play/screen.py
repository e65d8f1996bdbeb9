"""What the person at the terminal sees: cases as a table, a progress line, totals. Thai counts as it is drawn."""

import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TextIO
from urllib.parse import quote

from shared.telemetry import names
from tools.play.figures import HOPS, Hops, Spread, destination
from tools.play.ledger import Story
from tools.play.reconcile import Difference, Verdict
from tools.play.sending import Answer

_COLUMNS: Final = (("", 4), ("reference", 13), ("report", 34), ("went to (rule)", 42))
_TRACED_FOR: Final = timedelta(hours=1)  # what follows later is in traces of its own requests
_LINE_SECONDS: Final = 5.0  # between two lines of progress where the line cannot be overwritten
_REDRAW_SECONDS: Final = 0.2
_NAMED: Final = 200  # cases of one kind of difference; more are counted


def wide(text: str) -> int:
    """Columns that a terminal needs: Thai vowels and tone marks above and below the line need none."""
    return sum(_columns(letter) for letter in text)


def fit_text(text: str, columns: int) -> str:
    """Cut and filled to exactly so many columns, with one left free at the end; a file's text moves no cursor."""
    kept, used = "", 0
    for letter in filter(str.isprintable, text):
        used += _columns(letter)
        if used > columns - 1:
            kept = _shorten(kept, columns - 2) + "…"
            break
        kept += letter
    return kept + " " * (columns - wide(kept))


def _shorten(text: str, columns: int) -> str:
    while wide(text) > columns:
        text = text[:-1]
    return text


def _columns(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def duration(seconds: float | None) -> str:
    """`12 ms`, `1.3 s`; a dash for what was not seen."""
    if seconds is None:
        return "–"
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def trace_link(store: str, reference: str, at: datetime) -> str:
    """Zipkin's page with everything that names the reference, around that time; it runs the query at once."""
    until = int((at + _TRACED_FOR).timestamp() * 1000)
    query = quote(f"{names.REFERENCE}={reference}", safe="")
    return f"{store}/zipkin/?annotationQuery={query}&lookback=1d&endTs={until}&limit=20"


def draw_head() -> str:
    """The table's head."""
    return _line(*(name for name, _ in _COLUMNS)) + "".join(f"{hop:>9}" for hop in HOPS)


def case_line(answer: Answer, story: Story, times: Hops, link: str) -> str:
    """One case: reference, text, where it went, how long each hop took; its trace below."""
    number = f"{answer.row.number:>3}"
    if answer.outcome != "accepted":
        return _line(number, answer.outcome, answer.row.text, answer.reason).rstrip()
    team, rule = destination(story)
    marks = [
        word
        for word, told in (("outside the town", "outside_town"), ("sensitive", "sensitive"))
        if story.submitted and story.submitted[0].data.get(told)
    ]
    where = f"{team} ({rule}){', ' if marks else ''}{', '.join(marks)}"
    return (
        _line(number, answer.reference, answer.row.text, where)
        + "".join(f"{duration(getattr(times, hop)):>9}" for hop in HOPS)
        + f"\n    {link}"
    )


def _line(*cells: str) -> str:
    return "".join(fit_text(text, width) for text, (_, width) in zip(cells, _COLUMNS, strict=True))


def totals(verdict: Verdict, went: Sequence[tuple[tuple[str, str], int]], times: dict[str, Spread], took: float) -> str:
    """Where everything went, how fast, and what was refused why."""
    lines = ["", f"{verdict.read:,} rows sent and answered in {duration(took)}: {verdict.read / (took or 1):,.0f}/s"]
    if times:
        lines += ["", f"{'hop':8}{'median':>10}{'p95':>10}{'longest':>10}"]
        lines += [
            f"{hop:8}{duration(one.median):>10}{duration(one.p95):>10}{duration(one.most):>10}"
            for hop, one in times.items()
        ]
    if went:
        lines += ["", f"{'reports':>8}  team (rule)"]
        lines += [f"{count:>8,}  {team} ({rule})" for (team, rule), count in went]
    if verdict.refused:
        lines += ["", f"{'refused':>8}  because"]
        lines += [f"{count:>8,}  {why}" for why, count in sorted(verdict.refused.items(), key=lambda item: -item[1])]
    return "\n".join(lines)


def conclusion(verdict: Verdict) -> str:
    """The one sentence that counts, or each difference by its reference."""
    refused = sum(verdict.refused.values())
    notices = sum(verdict.notices.values())
    outcomes = ", ".join(
        f"{verdict.notices[verb]:,} {verb}" for verb in ("sent", "failed", "skipped") if verdict.notices.get(verb)
    )
    sums = (
        f"{verdict.read:,} rows = {verdict.accepted:,} accepted + {refused:,} refused"
        f"{f' + {verdict.unanswered:,} without an answer' if verdict.unanswered else ''}; "
        f"{verdict.submitted:,} report.submitted; {verdict.work_orders:,} work orders "
        f"({verdict.work_orders - verdict.in_triage:,} with a team, {verdict.in_triage:,} in triage); "
        f"{notices:,} notices{f' ({outcomes})' if outcomes else ''}"
    )
    if verdict.reconciled:
        return f"\nreconciled: {sums}; none lost, none doubled"
    return "\n".join([f"\nNOT reconciled: {sums}", *_say_differences(verdict.differences)])


def _say_differences(differences: Sequence[Difference]) -> Iterator[str]:
    """One line for each kind of difference, with the cases that it is about."""
    kinds: dict[str, list[str]] = {}
    for one in differences:
        kinds.setdefault(one.what, []).append(one.case)
    for what, cases in kinds.items():
        more = len(cases) - _NAMED
        yield f"  {what}: {', '.join(cases[:_NAMED])}{f' and {more:,} more' if more > 0 else ''}"


@dataclass
class Progress:
    """One line that is written over on a terminal, and now and then a new line elsewhere."""

    total: int
    out: TextIO = sys.stderr
    began: float = field(default_factory=time.monotonic)
    took: float = 0.0  # seconds until the last row had its answer; 0: it has not yet
    _shown_at: float = 0.0
    _width: int = 0

    def show(self, sent: int, rest: str, *, last: bool = False) -> None:
        """`sent` rows have an outcome; `rest` says what became of them."""
        now, live = time.monotonic(), self.out.isatty()
        if sent == self.total and not self.took:
            self.took = now - self.began
        if not last and now - self._shown_at < (_REDRAW_SECONDS if live else _LINE_SECONDS):
            return
        self._shown_at = now
        spent = self.took or max(now - self.began, 0.001)
        line = f"{sent:,}/{self.total:,} rows, {sent / spent:,.0f}/s{self._eta(sent, spent)} · {rest}"
        if live:
            print("\r" + line.ljust(self._width), end="\n" if last else "", file=self.out, flush=True)
            self._width = wide(line)
        else:
            print(line, file=self.out, flush=True)

    def clear(self) -> None:
        """Make room for a line of its own."""
        if self.out.isatty() and self._width:
            print("\r" + " " * self._width + "\r", end="", file=self.out, flush=True)
            self._width = 0

    def _eta(self, sent: int, spent: float) -> str:
        if not 0 < sent < self.total:
            return ""
        return f", ready in {spent / sent * (self.total - sent):.0f} s"
