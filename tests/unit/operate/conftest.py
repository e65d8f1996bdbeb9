"""What the tests of the backup have in common."""

from pathlib import Path

import pytest

from tests.support.kept_town import KeptTown
from tools.operate import backup
from tools.operate.backups import records, taking
from tools.operate.backups.settings import BackupSettings


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> KeptTown:
    made = KeptTown()

    async def away(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(taking, "Databases", lambda *_: made)
    monkeypatch.setattr(records, "begins", away)
    return made


@pytest.fixture
def settings(tmp_path: Path) -> BackupSettings:
    backup.main(["key", str(tmp_path / "key")])
    public = (tmp_path / "key").read_text("utf-8").split()[3]
    secret = (tmp_path / "key").read_text("utf-8")
    return BackupSettings(backup_dir=tmp_path / "kept", backup_recipients=(public,), backup_identity=secret)
