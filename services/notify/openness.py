"""What a notice may still say when it is read or sent: a case may have been closed to its reader since."""

from services.notify.domain.notice import Notice
from services.notify.store import Store
from shared.readers import sight_of


async def as_open_as_now(store: Store, notice: Notice) -> Notice:
    """The notice as its reader may know it by now; staff may know all of it.

    A reporter knows their own report whatever becomes of it; the one that it was merged into only while everybody may.
    """
    if notice.reader == "staff":
        return notice
    if notice.names and not sight_of("public", await store.openness_now(notice.names, of_survivor=False)).case:
        notice = notice.without_other()
    if notice.reader == "reporter":
        return notice
    return notice.at_most(await store.openness_now(notice.case_id, of_survivor=notice.passed_on))
