"""Addresses of databases, in parts: what the standard library's `urlsplit` refuses on some releases is read by us."""

import pytest

from shared.hosts import DatabaseUri, all_this_machine, split_database_uri


@pytest.mark.parametrize(
    ("uri", "parts"),
    [
        ("mongodb://localhost:27017", ("mongodb", "", "localhost:27017", "", "")),
        ("mongodb://127.0.0.1:27017,[::1]:27018/?replicaSet=rs0",
         ("mongodb", "", "127.0.0.1:27017,[::1]:27018", "/", "replicaSet=rs0")),
        ("MongoDB+srv://intake:p%40ss%2F@db.town.example/intake?tls=true",
         ("mongodb+srv", "intake:p%40ss%2F", "db.town.example", "/intake", "tls=true")),
        ("mongodb://intake@db1,db2?authMechanism=MONGODB-X509",
         ("mongodb", "intake", "db1,db2", "", "authMechanism=MONGODB-X509")),
        ("localhost:27017", ("localhost:27017", "", "", "", "")),
    ],
)  # fmt: skip
def test_an_address_of_a_database_is_split(uri: str, parts: tuple[str, str, str, str, str]) -> None:
    assert split_database_uri(uri) == DatabaseUri(*parts)


def test_several_hosts_are_this_machine_when_each_is() -> None:
    assert all_this_machine(split_database_uri("mongodb://127.0.0.1:27017,[::1]:27018/").hosts)
    assert not all_this_machine(split_database_uri("mongodb://127.0.0.1:27017,[2001:db8::1]:27018/").hosts)
