"""Officers come to a report from their desk, which another service draws, and go back there with a word of what was
done."""

from urllib.parse import urlencode, urlsplit

from shared.web.own_path import own_path

DESK = "/desk"


def desk_page(back: str) -> str:
    """The page of the desk that somebody came from; nothing for any other address."""
    path = own_path(back)
    return path if path == DESK or path.startswith((f"{DESK}/", f"{DESK}?")) else ""


def back_to(back: str, done: str, otherwise: str) -> str:
    """Where they go on: at the desk, told what was done, or on a page of ours."""
    page = desk_page(back)
    if not page:
        return otherwise
    return f"{page}{'&' if urlsplit(page).query else '?'}{urlencode({'done': done})}"
