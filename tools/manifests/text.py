"""Kubernetes objects as text, alike in every run."""

from collections.abc import Iterable
from typing import Any

import yaml

Manifest = dict[str, Any]
HEADER = "# Written by `python -m tools.manifests`; change {source} instead.\n"


class _Dumper(yaml.SafeDumper):
    """Texts of several lines stay readable."""


def _string(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _string)


def text(objects: Iterable[Manifest], source: str) -> str:
    """A file of several documents, which names what it was made of."""
    return HEADER.format(source=source) + dump(*objects)


def dump(*objects: Manifest) -> str:
    """The objects alone."""
    return str(yaml.dump_all(objects, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120))
