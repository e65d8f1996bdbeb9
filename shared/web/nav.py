"""The one menu of the whole site: the paths are the origin's fixed ones, whichever service draws the page."""

from dataclasses import dataclass

from shared.people import Person


@dataclass(frozen=True)
class Link:
    """One entry of the menu, for whoever has one of `roles`; without any it is for everybody."""

    path: str
    key: str  # in the catalogue
    icon: str
    roles: tuple[str, ...] = ()


CITIZENS = (
    Link("/report", "nav.report", "megaphone"),
    Link("/track", "nav.track", "search"),
    Link("/map", "nav.map", "map"),
    Link("/permits", "nav.permits", "file-text"),
    Link("/register", "nav.register", "landmark"),
)
STAFF = (
    Link("/crew", "nav.crew", "hard-hat", ("crew", "supervisor")),
    Link("/desk", "nav.desk", "inbox", ("officer", "supervisor")),
    Link("/desk/escalated", "nav.escalated", "layers", ("supervisor",)),
    Link("/permits/desk", "nav.permits-desk", "clipboard-check", ("officer", "examiner", "signatory", "supervisor")),
    Link("/permits/cashier", "nav.cashier", "receipt", ("cashier",)),
    Link("/agency", "nav.agency", "send", ("agency",)),
    Link("/dashboard", "nav.dashboard", "chart-column", ("lead", "officer", "supervisor")),
    Link("/inbox", "nav.inbox", "bell", ("crew", "lead", "officer", "examiner", "signatory", "supervisor")),
    Link("/trail/intake", "nav.trail", "history", ("supervisor",)),
)

_OTHERS = ("/", "/verify", "/plan", "/promises", "/privacy", "/help", "/accessibility")
PUBLIC_PAGES = frozenset((*_OTHERS, *(link.path for link in CITIZENS)))
PUBLIC_FILES = ("/static/", "/feeds/", "/api/v1/open-data/", "/.well-known/")


def is_findable(path: str, query: bytes) -> bool:
    """What a search engine may keep: the pages that residents begin at, as they are without anything filled in.

    Everything else is about somebody's case, or somebody's work.
    """
    plain = not query or query in (b"lang=th", b"lang=en")
    return path.startswith(PUBLIC_FILES) or (path in PUBLIC_PAGES and plain)


def staff_links(who: Person | None) -> list[Link]:
    """The entries of the staff's menu that this person's roles open; none for who is not signed in."""
    if who is None:
        return []
    return [link for link in STAFF if who.may(*link.roles)]


def is_current(link: Link, path: str) -> bool:
    """The page is the link's or below it, and no longer entry of the menu fits better."""
    fits = [other.path for other in (*CITIZENS, *STAFF) if path == other.path or path.startswith(other.path + "/")]
    return bool(fits) and max(fits, key=len) == link.path
