"""Checks of a page as it is seen: width, overlaps, pictures, accessibility, and where the Tab key leads."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
MOST_TABS = 80
_FOCUSED = """() => {
  const it = document.activeElement;
  const style = getComputedStyle(it);
  const face = it.matches("input") && it.nextElementSibling ? getComputedStyle(it.nextElementSibling) : style;
  const ring = (one) => one.outlineStyle !== "none" && parseFloat(one.outlineWidth) >= 2;
  const seen = [style, face].some((one) => ring(one) || one.boxShadow !== "none");
  return { what: it.outerHTML.slice(0, 120), main: it.matches("[data-looked-for]"), seen, body: it === document.body };
}"""


def settle(page: Page) -> None:
    """Fonts are there and the maps that are not folded away are drawn, or have said that they cannot be."""
    page.evaluate("document.fonts.ready.then(() => true)")
    for box in page.locator("[data-map-box]:visible").all():
        box.scroll_into_view_if_needed()  # it is not fetched before
        box.locator("canvas").wait_for(state="attached")
        page.locator(".map-ready").first.wait_for()
    page.evaluate("scrollTo(0, 0)")


def too_wide(page: Page) -> list[str]:
    """What sticks out at the right; empty when nobody has to scroll sideways."""
    found: list[str] = page.evaluate(
        """() => {
          const wide = Math.min(innerWidth, screen.width);  // a phone's innerWidth grows with what sticks out
          return document.documentElement.scrollWidth <= wide ? [] : [...document.querySelectorAll("body *")]
            .filter((one) => one.getBoundingClientRect().right > wide + 1)
            .map((one) => one.outerHTML.slice(0, 120));
        }"""
    )
    return found


def overlapping(page: Page) -> list[str]:
    """Words that stand on other words; empty when all can be read."""
    found: list[str] = page.evaluate(
        """() => {
          scrollTo(0, 0);
          const isStuck = (one) => /sticky|fixed/.test(getComputedStyle(one).position);
          const bar = (one) => one && (isStuck(one) ? one : bar(one.parentElement));
          const clipped = (one) => one && (getComputedStyle(one).clipPath !== "none" || clipped(one.parentElement));
          const shown = ({ left, right, top, bottom }, one) => {  // lines beyond a box that hides them cover nothing
            for (let up = one; up && up !== document.body; up = up.parentElement) {
              if (getComputedStyle(up).overflow === "visible") continue;
              const box = up.getBoundingClientRect();
              [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
              [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
            }
            return { left, right, top, bottom, width: right - left, height: bottom - top };
          };
          const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), seen = [];
          while (words.nextNode()) {
            const node = words.currentNode, holder = node.parentElement;
            const text = node.data.trim().slice(0, 60);
            if (!text || holder.closest("select, [data-map-box]") || clipped(holder)) continue;
            if (!holder.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
            const range = document.createRange();
            range.selectNodeContents(node);
            for (const line of range.getClientRects()) {
              const box = shown(line, holder);
              if (box.width > 2 && box.height > line.height / 2) seen.push({ box, text, node, at: bar(holder) });
            }
          }
          const common = (from, to, other, end) => Math.min(to, end) - Math.max(from, other);
          // What stays at an edge covers what is scrolled below it, and may.
          const on = ({ box: a, ...mine }, { box: b, ...other }) => mine.node !== other.node && mine.at === other.at &&
            common(a.left, a.right, b.left, b.right) > 3 &&
            common(a.top, a.bottom, b.top, b.bottom) > Math.min(a.height, b.height) / 2;
          return seen.flatMap((one, index) => seen.slice(index + 1).filter((other) => on(one, other))
            .map((other) => `${one.text} | ${other.text}`));
        }"""
    )
    return found


def broken_pictures(page: Page) -> list[str]:
    """Pictures that were loaded and show nothing."""
    found: list[str] = page.evaluate(
        "() => [...document.images].filter((one) => one.complete && !one.naturalWidth).map((one) => one.src)"
    )
    return found


def accessibility(page: Page) -> list[str]:
    """Serious and critical findings of axe. The policy forbids foreign scripts, so it comes by the debugger's way."""
    page.evaluate(AXE)
    rules = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
    found: dict[str, Any] = page.evaluate("(rules) => axe.run(document, rules)", rules)
    return [
        f"{rule['id']}: {rule['help']}: {node['html'][:160]} ({node.get('failureSummary', '')[:200]})"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def tab_to(page: Page, main_action: str) -> list[str]:
    """What is wrong on the way of the Tab key to the page's main action."""
    action = page.locator(main_action).first
    action.evaluate("(one) => one.setAttribute('data-looked-for', '')")
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if not focused["seen"] and not focused["body"]:
            return [f"the focus cannot be seen on {focused['what']}"]
        if focused["main"]:
            return []
    return [f"{main_action} is not reached in {MOST_TABS} steps"]
