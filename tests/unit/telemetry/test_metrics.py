"""Every metric is declared once, exposed under a name Prometheus likes, and bounded in its labels."""

from prometheus_client.parser import text_string_to_metric_families

from shared.telemetry import metrics, names


def test_every_declared_metric_is_exposed_with_its_meaning() -> None:
    body, content_type = metrics.render()
    exposed = {family.name: family.documentation for family in text_string_to_metric_families(body.decode())}

    assert content_type.startswith("text/plain")
    for metric in names.METRICS:
        assert exposed[metric.exposed.removesuffix("_total")] == f"{metric.meaning} ({metric.unit})"


def test_no_metric_is_exposed_that_is_not_declared() -> None:
    body, _ = metrics.render()
    exposed = {family.name for family in text_string_to_metric_families(body.decode())}

    ours = {name for name in exposed if not name.startswith("process_")}
    assert ours == {metric.exposed.removesuffix("_total") for metric in names.METRICS}


def test_names_follow_prometheus() -> None:
    assert names.OUTBOX_AGE.exposed == "onestop_outbox_oldest_age_seconds"
    assert names.PUBLISHED.exposed == "onestop_published_total"


def test_labels_are_names_from_code_or_configuration_never_ids() -> None:
    bounded = {"collection", "topic", "outcome", "group", "reason", "lease", "method", "route", "status"}
    bounded |= {"followed", "check", "channel"}  # a collection or database; a check of /workz; one of four
    bounded |= {"what"}  # drafts or photos
    bounded |= {"version", "revision"}  # one of each for a process
    bounded |= {"role"}  # one of four
    bounded |= {"team", "lane"}  # of the town's profile; of the code

    assert {label for metric in names.METRICS for label in metric.labels} <= bounded


def test_a_count_shows() -> None:
    metrics.published_total.labels("internal.test.v1").inc(3)

    assert b'onestop_published_total{topic="internal.test.v1"} 3.0' in metrics.render()[0]
