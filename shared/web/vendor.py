"""`python -m shared.web.vendor [node_modules]`: copies what maps need from npm to where pages load it."""

import shutil
import sys
from pathlib import Path

TARGET = Path(__file__).parent / "static" / "vendor"
FILES = {
    "maplibre-gl": {
        "dist/maplibre-gl.mjs": "maplibre-gl.mjs",
        "dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
        "dist/maplibre-gl.css": "maplibre-gl.css",
        "LICENSE.txt": "LICENSE.txt",
    },
    "pmtiles": {"dist/pmtiles.js": "pmtiles.mjs"},
}
# The package has no module that a page can load without a bundler: its script sets a variable, which this hands on.
EXPORTS = {"pmtiles.mjs": "\nexport const { Protocol } = pmtiles;\n"}


def copy(node_modules: Path, target: Path = TARGET) -> None:
    """The files that pages load, and their licences. FileNotFoundError names a package that is not installed."""
    for name, files in FILES.items():
        package = node_modules / name
        if not package.is_dir():
            raise FileNotFoundError(f"{package} is missing: run `npm ci` first")
        (target / name).mkdir(parents=True, exist_ok=True)
        for source, copied in files.items():
            shutil.copyfile(package / source, target / name / copied)
            with (target / name / copied).open("a", encoding="utf-8") as file:
                file.write(EXPORTS.get(copied, ""))


if __name__ == "__main__":
    copy(Path(sys.argv[1] if len(sys.argv) > 1 else "node_modules"))
