"""Static files under `/static/<owner>/`: listed once at start, cached for a year because their path holds a hash."""

import hashlib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from shared.web.parts import part_of
from shared.web.problem import Problem

router = APIRouter(include_in_schema=False)
SHARED = Path(__file__).parent / "static"
YEAR = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"  # the browser keeps it, and asks each time whether it has changed (ETag)
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".webmanifest": "application/manifest+json",
    ".txt": "text/plain; charset=utf-8",
}
_VERSIONED = re.compile(r"~([0-9a-f]{12})/(.+)")
_OF_SHARED = re.compile(rb'(?<=")/static/shared/(?!~)(?=[\w/.-]+\.mjs")')  # what a service's module imports of ours
# Not what comes later, if at all.
_IMPORTED = re.compile(rb'^(?:import\b|export\b|\})[^"\n]*"([^"\n]+\.mjs)"', re.MULTILINE)
_PLACED = re.compile(r"/static/(shared)/(?:~[0-9a-f]{12}/)?(.+)")


@dataclass(frozen=True)
class _File:
    path: Path
    etag: str
    kind: str
    content: bytes | None = None  # where it differs from what is on the disk

    def read_served(self) -> bytes:
        return self.path.read_bytes() if self.content is None else self.content


class _Folder:
    """A folder's files under one common hash, so that a module's relative imports are versioned with it."""

    def __init__(self, root: Path | None, shared: str | None = None) -> None:
        """`shared`: where the shared folder's files are, with its hash. A service's modules import them by their plain
        address; with the hash it is the very module that the page has loaded, and kept for as long."""
        self.files: dict[str, _File] = {}
        total = hashlib.sha256()
        for path in sorted(root.rglob("*")) if root and root.is_dir() else []:
            if path.is_file() and path.suffix in TYPES:
                name, raw = path.relative_to(root or path).as_posix(), path.read_bytes()
                content = _OF_SHARED.sub(shared.encode(), raw) if shared and path.suffix == ".mjs" else raw
                digest = hashlib.sha256(content).hexdigest()
                served = content if content != raw else None
                self.files[name] = _File(path, f'"{digest[:20]}"', TYPES[path.suffix], served)
                total.update(f"{name}={digest};".encode())
        self.version = total.hexdigest()[:12]


class Assets:
    """The shared layer's files and one service's own."""

    def __init__(self, service: str, static: Path | None) -> None:
        shared = _Folder(SHARED)
        self.folders = {"shared": shared, service: _Folder(static, f"/static/shared/~{shared.version}/")}

    def url(self, owner: str, name: str) -> str:
        """The address of a file, with its folder's hash. KeyError when there is no such file: that is a bug of ours."""
        folder = self.folders[owner]
        if name not in folder.files:
            raise KeyError(f"no static file {name!r} in {owner}")
        return f"/static/{owner}/~{folder.version}/{name}"

    def list_imported(self, owner: str, name: str) -> list[str]:
        """The addresses of all modules that come with one of this owner: those it imports and theirs, nearest first."""
        found = [(owner, name)]
        for one in found:  # grows while it is walked
            found += [other for other in dict.fromkeys(self._imports(*one)) if other not in found]
        return [self.url(*one) for one in found[1:]]

    def _imports(self, owner: str, name: str) -> Iterator[tuple[str, str]]:
        for target in _IMPORTED.findall(self.folders[owner].files[name].read_served()):
            placed = _PLACED.fullmatch(target.decode())
            beside = posixpath.normpath(posixpath.join(posixpath.dirname(name), target.decode()))
            yield (placed[1], placed[2]) if placed else (owner, beside)

    def find(self, owner: str, path: str) -> tuple[_File, str] | None:
        """The file and its cache header; an outdated hash still gets the current file, for pages opened long ago."""
        folder = self.folders.get(owner)
        if folder is None:
            return None
        versioned = _VERSIONED.fullmatch(path)
        version, name = versioned.groups() if versioned else ("", path)
        file = folder.files.get(name)
        return (file, YEAR if version == folder.version else REVALIDATE) if file else None


@router.get("/static/{owner}/{path:path}")
async def static_file(request: Request, owner: str, path: str) -> Response:
    found = part_of(request, Assets).find(owner, path)
    if found is None:
        raise Problem(404, "http-404")
    file, cache = found
    headers = {"Cache-Control": cache, "ETag": file.etag}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    if file.content is not None:
        return Response(file.content, media_type=file.kind, headers=headers)
    return FileResponse(file.path, media_type=file.kind, headers=headers)
