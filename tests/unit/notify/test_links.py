"""Where staff are led by a message."""

from services.notify.links import Links
from tests.support.notify_in_memory import settings

LINKS = Links(settings())
CREATED, ORDER = "onestop.work-order.created.v1", "01KB57W4K0ZQ3T8V6M2N9PX7HC"


def test_a_crew_is_led_to_the_job_and_the_desk_to_its_own_page_of_it() -> None:
    crew = LINKS.work(CREATED, "MH-4K7T-29Q6", ORDER, "team", triage=False)
    assert crew == f"{LINKS.origin}/crew/{ORDER}"
    assert LINKS.work(CREATED, "MH-4K7T-29Q6", ORDER, "team", triage=True) == f"{LINKS.origin}/desk/{ORDER}"
