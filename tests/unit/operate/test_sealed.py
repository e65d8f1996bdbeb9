"""A sealed file holds what was put into it, for those with the key alone, and says when it is not as it was written."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import bson
import pytest
from pyrage import x25519

from tools.operate.backups.sealed import Part, Unreadable, check, read, write

OURS, THEIRS = x25519.Identity.generate(), x25519.Identity.generate()
DOCUMENTS = [bson.encode({"_id": number, "text": "ท่อประปาแตก" * (number % 50)}) for number in range(3000)]


def sealed(folder: Path, documents: Sequence[bytes] = DOCUMENTS) -> Part:
    return write(folder, "intake.reports", documents, [OURS.to_public()])


def opened(folder: Path, part: Part, identity: x25519.Identity = OURS) -> list[bytes]:
    found: list[bytes] = []
    read(folder, part, [identity], found.append)
    return found


@pytest.mark.parametrize(
    "documents", [[], DOCUMENTS[:1], DOCUMENTS, [bson.encode({"_id": 1, "photo": bytes(9_000_000)})]]
)
def test_what_was_sealed_comes_out_as_it_was(tmp_path: Path, documents: list[bytes]) -> None:
    part = sealed(tmp_path, documents)
    assert part.documents == len(documents)
    assert part.bytes == (tmp_path / part.name).stat().st_size
    assert opened(tmp_path, part) == documents


def test_any_of_several_keys_opens_it_and_no_other(tmp_path: Path) -> None:
    part = write(tmp_path, "x", DOCUMENTS[:3], [OURS.to_public(), THEIRS.to_public()])
    assert opened(tmp_path, part, OURS) == opened(tmp_path, part, THEIRS) == DOCUMENTS[:3]
    with pytest.raises(Unreadable, match="with this key"):
        opened(tmp_path, part, x25519.Identity.generate())


def test_nothing_of_what_is_inside_can_be_read_from_outside(tmp_path: Path) -> None:
    raw = (tmp_path / sealed(tmp_path).name).read_bytes()
    assert raw.startswith(b"age-encryption.org/v1")
    assert "ท่อ".encode() not in raw


@pytest.mark.parametrize("fault", ["changed", "cut", "longer", "missing"])
def test_a_file_that_is_not_as_it_was_written_is_found_out_without_a_key(tmp_path: Path, fault: str) -> None:
    part = sealed(tmp_path)
    file = tmp_path / part.name
    raw = file.read_bytes()
    check(tmp_path, part)
    if fault == "missing":
        file.unlink()
    else:
        file.write_bytes({"changed": raw[:-9] + b"?" + raw[-8:], "cut": raw[:-100], "longer": raw + b"?"}[fault])
    with pytest.raises(Unreadable, match=r"intake\.reports"):
        check(tmp_path, part)


def test_what_goes_wrong_while_documents_are_read_is_told_as_it_is(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield DOCUMENTS[1]
        raise LookupError("the database is away")

    with pytest.raises(LookupError, match="the database is away"):
        write(tmp_path, "x", broken(), [OURS.to_public()])


def test_a_part_that_names_another_number_of_documents_is_not_believed(tmp_path: Path) -> None:
    part = sealed(tmp_path)
    with pytest.raises(Unreadable, match="holds 3000 documents instead of 2999"):
        opened(tmp_path, part.model_copy(update={"documents": 2999}))
