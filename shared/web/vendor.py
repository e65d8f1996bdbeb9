"""`python -m shared.web.vendor [node_modules]`: copies MapLibre GL from npm to where pages load it."""

import shutil
import sys
from pathlib import Path

TARGET = Path(__file__).parent / "static" / "vendor" / "maplibre-gl"
FILES = {
    "dist/maplibre-gl.mjs": "maplibre-gl.mjs",
    "dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
    "dist/maplibre-gl.css": "maplibre-gl.css",
    "LICENSE.txt": "LICENSE.txt",
}


def copy(node_modules: Path, target: Path = TARGET) -> None:
    """The files that pages load, and their licence. FileNotFoundError names the package that is not installed."""
    package = node_modules / "maplibre-gl"
    if not package.is_dir():
        raise FileNotFoundError(f"{package} is missing: run `npm ci` first")
    target.mkdir(parents=True, exist_ok=True)
    for source, name in FILES.items():
        shutil.copyfile(package / source, target / name)


if __name__ == "__main__":
    copy(Path(sys.argv[1] if len(sys.argv) > 1 else "node_modules"))
