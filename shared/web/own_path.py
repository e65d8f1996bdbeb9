"""Which addresses are paths of our own origin: nobody may be sent to another site by a link that looks like ours."""

from urllib.parse import urlsplit


def own_path(target: str) -> str:
    """`target` when it is a path of our own origin, else `/`.

    Backslashes and control characters count as foreign because browsers turn `/\\host` and `/<tab>/host` into `//host`.
    """
    try:
        parts = urlsplit(target)
    except ValueError:  # such as `//[`
        return "/"
    odd = "\\" in target or any(ord(character) < 33 for character in target)
    if odd or parts.scheme or parts.netloc or not target.startswith("/") or target.startswith("//"):
        return "/"
    return "/" if parts.path.startswith("/auth/") else target
