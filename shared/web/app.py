"""Builds a service's FastAPI app with everything that must be the same in all of them; holds no route of its own."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
from fastapi import APIRouter, FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware

from shared.release import read_own
from shared.settings import ServiceSettings
from shared.telemetry.http import count_from_zero
from shared.town import Town
from shared.web import assets, brand, errors, login, maps, well_known
from shared.web.bodies import Bodies
from shared.web.crosssite import CrossSiteGuard
from shared.web.crowd import Crowd
from shared.web.expiries import tell_expiries
from shared.web.headers import SecurityHeaders, policy
from shared.web.language import Languages
from shared.web.last_resort import App
from shared.web.limits import Limits, rate_limit
from shared.web.logout_hint import LogoutHint
from shared.web.oidc import Provider
from shared.web.pages import Pages
from shared.web.parts import add_part
from shared.web.routes import add_routes
from shared.web.safety import refuse_unsafe
from shared.web.session import Sessions
from shared.web.session_keeper import Endings, Revocations, SessionKeeper
from shared.web.taken import TakenForms
from shared.web.web import Web

# One client's share of a process, far above what a household or an office needs; routes that cost more have limits of
# their own. Phones of thousands may share the address of their network.
EVERYTHING = rate_limit("requests", per_minute=3000, burst=1500)
JSON_BYTES = 64_000  # default body limit; 4,000 Thai characters escaped as \uXXXX are 24 kB


def create_web(
    service_name: str,
    settings: ServiceSettings,
    town: Town,
    *,
    templates: Path | None = None,
    static: Path | None = None,
    strings: Path | None = None,
    routers: Sequence[APIRouter] = (),
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[Any]] | None = None,
    endings: Endings | None = None,
    oidc_client: httpx.AsyncClient | None = None,
) -> FastAPI:
    """One app with login, problem details, limits, security headers, pages and static files.

    `templates`: this service's Jinja templates (they extend `layout.html`). `static`: its ES modules and pictures,
    served under `/static/<service_name>/`. `strings`: its catalogue, `key: {th: …, en: …}`. `endings`: where it is
    written which sessions are over, `Service.ended_sessions`; without it signing out ends nothing but the cookie.
    Raises `UnsafeConfiguration` when others than this machine would be served with development settings.
    """
    refuse_unsafe(settings, service_name)
    tell_expiries(settings, town)
    app = App(
        title=f"onestop {service_name}",
        version=read_own().version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # the framework would redirect to whatever `Host` says; `errors` does it
        openapi_url=f"/api/v1/{service_name}/openapi.json",
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},  # `HttpTelemetry`
    )
    add_part(app, settings, ServiceSettings)
    add_part(app, town)
    add_part(app, Provider(settings, oidc_client))
    add_part(app, Limits(settings))
    look, files = add_part(app, brand.Brand(town)), add_part(app, assets.Assets(service_name, static))
    charts = add_part(app, maps.Maps(town, files))
    pages = add_part(app, Pages(service_name, town, files, look, charts, templates, strings))
    sessions = add_part(app, Sessions(settings))
    add_part(app, LogoutHint(settings))
    revocations = add_part(app, Revocations(endings))
    add_part(app, Web(settings, town, pages, files, sessions))
    errors.install(app)
    served = (login, well_known, brand, maps, assets) if "api" in settings.roles else ()
    routes = [route for router in (*(one.router for one in served), *routers) for route in router.routes]
    add_routes(app.router, routes, before=EVERYTHING)
    count_from_zero(routes)
    # The last added is the outermost: headers are on every answer, also on those of the layers inside.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=JSON_BYTES)
    app.add_middleware(errors.TooLargeAsProblem)
    app.add_middleware(Bodies)
    app.add_middleware(CrossSiteGuard, settings=settings)
    app.add_middleware(TakenForms, secure=sessions.secure)
    app.add_middleware(SessionKeeper, sessions=sessions, revocations=revocations)
    app.add_middleware(Crowd)
    app.add_middleware(Languages, town=town, secure=sessions.secure)
    rules = policy(settings, town)
    app.add_middleware(SecurityHeaders, policy=rules, https=sessions.secure, session_cookie=sessions.cookie)
    return app
