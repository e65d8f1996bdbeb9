"""The run as it goes: each case's line as soon as all of it has come, in the rows' order, and the progress line."""

import sys
from dataclasses import dataclass

from tools.play.figures import hops
from tools.play.play import Run
from tools.play.reconcile import complete
from tools.play.screen import Progress, case_line, draw_head, trace_link
from tools.play.sending import Answer


@dataclass
class Cases:
    """`shown`: with a line for each case. `store` is the trace store's address."""

    run: Run
    store: str
    progress: Progress
    shown: bool
    _next: int = 0  # the row whose line comes next
    _known: int = 0

    def __post_init__(self) -> None:
        self._answers: dict[int, Answer] = {}

    def head(self) -> None:
        """Before the first row."""
        if self.shown:
            print(draw_head(), flush=True)

    def show(self) -> None:
        """Called often; prints what is new."""
        if self.shown:
            self._lines(everything=False)
        self.progress.show(len(self.run.answers), self._rest())

    def finish(self) -> None:
        """The lines of the cases that never became complete, and the last word of the progress."""
        if self.shown:
            self._lines(everything=True)
        self.progress.show(len(self.run.answers), self._rest(), last=True)

    def _rest(self) -> str:
        accepted = sum(answer.outcome == "accepted" for answer in self.run.answers)
        return f"{accepted:,} accepted, {len(self.run.answers) - accepted:,} not; {self.run.settled:,} routed and told"

    def _lines(self, *, everything: bool) -> None:
        run = self.run
        self._answers |= {answer.row.number: answer for answer in run.answers[self._known :]}
        self._known = len(run.answers)
        while self._next < len(run.rows):
            answer = self._answers.get(run.rows[self._next].number)
            if answer is None or not (everything or self._done(answer)):
                return
            story = run.ledger.story(answer.id)
            self.progress.clear()
            link = trace_link(self.store, answer.reference, answer.sent_at)
            print(case_line(answer, story, hops(answer, story), link))
            sys.stdout.flush()
            self._next += 1

    def _done(self, answer: Answer) -> bool:
        story = self.run.ledger.story(answer.id)
        return answer.outcome != "accepted" or complete(story, self.run.rules, self.run.ledger.channels)
