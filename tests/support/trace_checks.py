"""Checks of one request's trace: it is whole, from the first click to the last message, and holds no secret."""

from collections.abc import Collection, Iterable

from shared.events.catalogue import SERVICES
from tests.support.stack import Stack
from tests.support.traces import Span
from tests.support.waiting import until


def trace_of(stack: Stack, root: str, reference: str, ends: Collection[tuple[str, str]]) -> list[Span]:
    """The trace that begins with the HTTP request `root` about this case, once the steps `ends` are in it.

    `ends`: pairs of service and span name.
    """

    def found() -> list[Span]:
        begun = [one for one in stack.traces.spans if one.name == root and _is_about(one, reference)]
        spans = stack.traces.of(begun[0].trace_id) if begun else []
        there = {(span.service, span.name) for span in spans}
        return spans if there.issuperset(ends) and not orphans(spans) else []

    return until(found, f"the trace of {root} for {reference} with {sorted(ends)}")


def orphans(spans: Iterable[Span]) -> list[Span]:
    """Spans whose parent is missing: a broken thread."""
    spans = list(spans)
    known = {span.span_id for span in spans}
    return [span for span in spans if span.parent_id and span.parent_id not in known]


def assert_no_secrets(stack: Stack, secrets: Collection[str]) -> None:
    """None of these words is in any attribute of any span, nor in what any service printed."""
    for span in stack.traces.spans:
        said = f"{span.name} {dict(span.attributes)}"
        assert not [word for word in secrets if word in said], f"{span.service}: {said}"
    for service in SERVICES:
        lines = stack.logs(service).splitlines()
        assert lines, service
        assert not [line for line in lines if any(word in line for word in secrets)], service


def _is_about(span: Span, reference: str) -> bool:
    return span.attributes.get("onestop.reference") == reference
