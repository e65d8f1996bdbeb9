"""The measured tables as a page: counts alone, no word of any record."""

from collections.abc import Mapping

from tools.routing_quality.measure import Sent, Suggested

BEGIN, END = "<!-- measured: make by `python -m tools.routing_quality`, do not edit -->", "<!-- end of measured -->"
OFTEN = 3  # what stands in the last column, the most frequent first


def suggestions(title: str, before: Mapping[str, Suggested], now: Mapping[str, Suggested]) -> list[str]:
    """A row for each category, and all together."""
    lines = [f"### {title}", "", "| category | texts | first | among three | nothing | first before | instead |",
             "|---|--:|--:|--:|--:|--:|---|"]  # fmt: skip
    for name in sorted(now, key=lambda one: -now[one].count):
        row = now[name]
        was = _rate(before[name].first, before[name].count) if name in before else "–"
        lines.append(
            f"| {name} | {row.count:,} | {_rate(row.first, row.count)} | {_rate(row.among, row.count)} "
            f"| {_rate(row.none, row.count)} | {was} | {_often(row.instead)} |"
        )
    count = sum(row.count for row in now.values())
    first, among, none = (sum(getattr(row, each) for row in now.values()) for each in ("first", "among", "none"))
    was = _rate(sum(row.first for row in before.values()), sum(row.count for row in before.values()))
    total = f"| **all** | {count:,} | **{_rate(first, count)}** | {_rate(among, count)} | {_rate(none, count)} "
    return [*lines, f"{total}| {was} |  |", ""]


def destinations(title: str, before: Mapping[str, Sent], now: Mapping[str, Sent]) -> list[str]:
    """A row for each unit, and all together."""
    lines = [f"### {title}", "", "| who acted | reports | right here | triage | right before | elsewhere |",
             "|---|--:|--:|--:|--:|---|"]  # fmt: skip
    for name in sorted(now, key=lambda one: -now[one].count):
        row = now[name]
        was = _rate(before[name].right, before[name].count) if name in before else "–"
        lines.append(
            f"| {name} | {row.count:,} | {_rate(row.right, row.count)} | {_rate(row.triage, row.count)} | {was} "
            f"| {_often(row.elsewhere)} |"
        )
    count, right, triage = (sum(getattr(row, each) for row in now.values()) for each in ("count", "right", "triage"))
    was = _rate(sum(row.right for row in before.values()), sum(row.count for row in before.values()))
    total = f"| **all** | {count:,} | **{_rate(right, count)}** | {_rate(triage, count)} | {was} |  |"
    return [*lines, total, ""]


def with_measured(page: str, lines: list[str]) -> str:
    """The page with these between its two marks."""
    head, _, rest = page.partition(BEGIN)
    tail = rest.partition(END)[2]
    return "\n".join([head + BEGIN, "", *lines, END]) + tail


def _rate(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _often(counted: Mapping[str, int]) -> str:
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{name} {count}" for name, count in ordered[:OFTEN])
