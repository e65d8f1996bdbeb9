"""The stand-in for a gateway sends a path to the pods that the routes of the cluster name, and to no other."""

import pytest

from deploy.cluster.gateway import Rule, configuration, ready_pods, rules


def route(kind: str, path: str, *services: str) -> dict[str, object]:
    backends = [{"name": service, "port": 8080} for service in services]
    return {"matches": [{"path": {"type": kind, "value": path}}], "backendRefs": backends}


def test_what_is_more_exact_comes_first() -> None:
    found = rules([{"spec": {"rules": [
        route("PathPrefix", "/", "intake-api"), route("PathPrefix", "/api/v1/teams", "dispatch-api"),
        route("Exact", "/metrics"),
    ]}}])  # fmt: skip
    assert [rule.path for rule in found] == ["/metrics", "/api/v1/teams", "/"]
    assert [rule.service for rule in found] == ["", "dispatch-api", "intake-api"]


def test_a_beginning_ends_at_a_slash() -> None:
    assert Rule("/desk", False).matches() == ["/desk", "/desk/*"]
    assert Rule("/desk/", False).matches() == ["/desk", "/desk/*"]
    assert Rule("/", False).matches() == ["/*"]
    assert Rule("/desk", True).matches() == ["/desk"]


def test_a_kind_of_path_that_it_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="RegularExpression"):
        rules([{"spec": {"rules": [route("RegularExpression", "/.*", "intake-api")]}}])


def test_a_pod_that_is_not_ready_gets_nothing() -> None:
    endpoints = [
        {"addresses": ["10.244.1.2"], "conditions": {"ready": True}},
        {"addresses": ["10.244.1.3"], "conditions": {"ready": False, "serving": True, "terminating": True}},
    ]
    one = {
        "metadata": {"labels": {"kubernetes.io/service-name": "intake-api"}},
        "endpoints": endpoints,
        "ports": [{"port": 8080}],
    }
    empty = {"metadata": {"labels": {"kubernetes.io/service-name": "dispatch-api"}}, "endpoints": None, "ports": None}
    assert ready_pods([one, empty]) == {"intake-api": ["10.244.1.2:8080"]}


def test_where_nobody_is_ready_it_says_so_and_what_has_no_service_is_not_there() -> None:
    found = configuration([Rule("/metrics", True), Rule("/", False, "intake-api", 8080)], {}, 80, 81)
    answers = [one["handle"][0]["status_code"] for one in found["apps"]["http"]["servers"]["gateway"]["routes"]]
    assert answers == [404, 503]
