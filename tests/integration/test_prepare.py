"""The indexes of a release are made before it serves, by a process that does nothing else."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from pymongo import MongoClient

from shared.events.catalogue import SERVICES
from shared.events.ids import new_id
from tests.support.source import ROOT

# As in a town, where it is not given what people are signed in with.
IN_A_TOWN = {"ENVIRONMENT": "production", "PUBLIC_URL": "https://one.example.test", "OIDC_ISSUER": "https://id.example.test",
             "LINK_SECRET": "a link secret for tests, that is long enough",
             "SIGNATURE_SECRET": "a signature secret for tests, that is long enough"}  # fmt: skip
Prepared = Callable[[str, str], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def prepare(mongo: str) -> Prepared:
    """Runs the command for a service, with a database prefix and no broker anywhere."""

    def run(service: str, prefix: str) -> "subprocess.CompletedProcess[str]":
        told = {"MONGODB_URI": mongo, "MONGODB_PREFIX": prefix, "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", **IN_A_TOWN}
        return subprocess.run(
            [sys.executable, "-m", "services", service, "--prepare"],
            cwd=ROOT, env={**os.environ, "OTEL_TRACES_EXPORTER": "none", **told}, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip

    return run


@pytest.mark.parametrize("service", SERVICES)
def test_a_release_is_prepared_without_serving(service: str, prepare: Prepared, mongo: str) -> None:
    prefix = f"prepare-{new_id()}"
    done = prepare(service, prefix)

    assert done.returncode == 0, done.stdout + done.stderr
    with MongoClient[dict[str, Any]](mongo) as client:
        database = client[f"{prefix}_{service}"]
        assert any("outbox" in database[name].index_information() for name in database.list_collection_names())
        assert database["leases"].count_documents({}) == 0, "it took no share of the work"
