"""The code by which a neighbour answers a letter or a mail, and the page behind it. Derived from the town's
`LINK_SECRET`, so never stored.

Made by one service for paper and by another for mail, so what it is made of is written here once.
"""

from urllib.parse import quote

from shared.references import derive_code

PAGE = "/permits/neighbour"  # where the reference and the code are typed


def neighbour_code(key: str, case_id: str, neighbour: str) -> str:
    """`7QHX-29MD-KT4P`: with the application's reference it opens this neighbour's question and no other."""
    return derive_code(key, f"neighbour\x1f{case_id}\x1f{neighbour}")


def neighbour_path(reference: str, code: str) -> str:
    """The path of the page on which a neighbour answers."""
    return f"{PAGE}/{quote(reference)}/{code}"
