"""Colour profiles (ICC 2.1) made of their parts: none of the usual ones may be copied into a repository."""

import struct
from collections.abc import Sequence


def _fixed(*numbers: float) -> bytes:
    return b"".join(struct.pack(">i", round(number * 65536)) for number in numbers)


def _place(x: float, y: float, z: float) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(x, y, z)


def _gamma(power: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(power * 256)) + b"\0\0"


def _profile(space: bytes, connected: bytes, tags: dict[bytes, bytes]) -> bytes:
    tags = {b"wtpt": _place(0.9642, 1.0, 0.8249), **tags}
    at, listed, held = 128 + 4 + 12 * len(tags), b"", b""
    for name, told in tags.items():
        content = told.ljust((len(told) + 3) // 4 * 4, b"\0")
        listed += name + struct.pack(">II", at + len(held), len(content))
        held += content
    kind = b"prtr" if space == b"CMYK" else b"mntr"
    head = struct.pack(">I4sI4s4s4s", at + len(held), b"\0\0\0\0", 0x02100000, kind, space, connected)
    head += b"\0" * 12 + b"acsp" + b"\0" * 28 + _fixed(0.9642, 1.0, 0.8249)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + listed + held


def display_p3() -> bytes:
    """The wide space of phones by its primaries, as they are under D50."""
    primaries: dict[bytes, Sequence[float]] = {
        b"r": (0.51512, 0.24120, -0.00105), b"g": (0.29198, 0.69225, 0.04189), b"b": (0.15710, 0.06657, 0.78407),
    }  # fmt: skip
    tags = {name + b"XYZ": _place(*place) for name, place in primaries.items()}
    return _profile(b"RGB ", b"XYZ ", tags | {name + b"TRC": _gamma(2.2) for name in primaries})


def grey(power: float) -> bytes:
    """Grey that is lighter than it looks by its numbers when the power is small."""
    return _profile(b"GRAY", b"XYZ ", {b"kTRC": _gamma(power)})


def press() -> bytes:
    """Four inks of which the last is black and the first is red, where it is blue on every other press."""
    clut = b"".join(
        bytes((0, 128, 128) if at & 1 else (140, 200, 180) if at & 8 else (255, 128, 128)) for at in range(16)
    )
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1)
    return _profile(b"CMYK", b"Lab ", {b"A2B0": table + bytes(range(256)) * 4 + clut + bytes(range(256)) * 3})
