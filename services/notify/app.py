"""Composition of notify: settings, town, store, sender, subscriptions, routes."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from services.notify.agencies import ToAgency
from services.notify.api import contacts, deliveries
from services.notify.channels.channel import Channel, count_from_zero
from services.notify.channels.email import Email, MailWriter
from services.notify.channels.guarded import Guarded, networks
from services.notify.channels.limit import Limit
from services.notify.channels.smtp import MailServer
from services.notify.channels.webhook import AT_ONCE, Webhook
from services.notify.commands import Desk
from services.notify.domain.moments import MAIL, WEBHOOK
from services.notify.domain.planning import Profile
from services.notify.domain.rules import Rules
from services.notify.handlers import subscribe
from services.notify.letters import Letters
from services.notify.links import Links
from services.notify.offices import deputies_in
from services.notify.pages import confirm, contact, inbox, links_again, preferences
from services.notify.sending import Sender
from services.notify.settings import Settings
from services.notify.store import Store
from services.notify.timers import schedule
from services.notify.undelivered import find_stuck
from services.notify.wording import Wording
from shared.events.notices import NoticeChannel
from shared.kernel.service import Service
from shared.town import load_town
from shared.web import create_web
from shared.web.ops import ops_routes
from shared.web.trail import trail_routes

PAGES = Path(__file__).parent / "pages"
EDGES = (deliveries, contacts, confirm, contact, links_again, inbox, preferences)


def create_app() -> FastAPI:
    """The app that `uvicorn --factory` runs."""
    settings = Settings()
    town = load_town(settings.town_dir)
    service = Service("notify", settings, town.code)
    links = Links(settings)
    wording = Wording(town, links)
    server = MailServer(settings.mail_server, settings.smtp_timeout_seconds, settings.smtp_connections)
    store = Store(service)
    limit = Limit(store, settings.link_secret, settings.mails_to_stranger, settings.mails_to_person)
    letters = Letters(settings.permits_url, links, settings.letter_bytes) if settings.permits_url else None
    email = Email(MailWriter(town, links, wording, settings.mail_from), server, limit, letters)
    guard = Guarded(networks(settings.webhook_networks))
    to_agency = ToAgency(town, links)
    seconds = settings.webhook_timeout_seconds
    webhook = Webhook(town, wording, to_agency, settings.secrets_of_agencies, guard, seconds)
    outside: Mapping[NoticeChannel, Channel] = {"email": email, "webhook": webhook}
    for channel in outside:
        count_from_zero(channel)
    sender = Sender(store, town, outside, settings.patience)
    desk = Desk(store, town, links, sender, Profile(Rules(town.notices), sender.channels, deputies_in(town)), email)
    service.limit_pool(MAIL, most=settings.smtp_connections)
    service.limit_pool(WEBHOOK, most=AT_ONCE)

    def stop_soon(seconds: float) -> None:
        server.stopping = True
        sender.answers.end_soon(seconds)

    service.ending.told.append(stop_soon)
    service.ending.begun.append(sender.wait_until_idle)
    if "timers" in settings.roles:
        service.health.add_work("deliveries", partial(find_stuck, store, sender.outside))
    subscribe(service, desk)
    schedule(service, desk)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with service.lifespan(app):
            yield
        await server.close()
        await webhook.close()
        if letters:
            await letters.close()

    trail = trail_routes("notify", service.trail, lambda line: f"/track/{line.reference}")
    routers = (*(edge.router for edge in EDGES), trail) if "api" in settings.roles else ()
    app = create_web(
        "notify",
        settings,
        town,
        templates=PAGES / "templates",
        static=PAGES / "static",
        strings=PAGES / "strings.yaml",
        routers=[ops_routes(service.health), *routers],
        lifespan=lifespan,
        endings=service.ended_sessions,
    )
    app.state.desk, app.state.wording = desk, wording
    return app
