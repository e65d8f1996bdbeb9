"""What notify does by the clock: notices that are due, and the next pages of rounds."""

from services.notify.commands import Desk
from services.notify.domain.file import TELL
from services.notify.domain.moments import DELIVER
from services.notify.telling import tell_page
from shared.kernel import Cause, Moment
from shared.kernel.service import Service


def schedule(service: Service, desk: Desk) -> None:
    """The moments are `domain/moments.moments` and `domain/file.moments`."""

    async def on_notice_due(notice_id: str, moment: Moment, cause: Cause) -> None:
        await desk.sender.deliver(notice_id, moment.name.removeprefix(f"{DELIVER} "), cause)

    async def on_round_due(case_id: str, moment: Moment, cause: Cause) -> None:
        await tell_page(desk, case_id, moment.name.removeprefix(f"{TELL} "), cause)

    service.on_due(desk.store.notices, on_notice_due)
    service.on_due(desk.store.files, on_round_due)
