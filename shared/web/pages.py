"""Draws pages: Jinja with escaping on, the reader's language, and the same components for every service."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from shared.release import read_own
from shared.settings import ServiceSettings
from shared.town import Town
from shared.web import nav
from shared.web.assets import Assets
from shared.web.brand import Brand
from shared.web.language import SHARED_STRINGS, language_of
from shared.web.maps import Maps
from shared.web.parts import part_of
from shared.web.people import find_signed_in
from shared.words import LANGUAGES, Words, dates

TEMPLATES = Path(__file__).parent / "templates"
ICONS = Path(__file__).parent / "static" / "icons.svg"


class Bilingual(Protocol):
    """A text in every language: of a town's profile, or of what a service has kept of one."""

    def get(self, language: str) -> str: ...


class Missing(StrictUndefined):
    """A missing name is false in an `if`, and an error where it would be printed."""

    def __bool__(self) -> bool:  # type: ignore[override]  # the base class always raises
        return False


class Pages:
    """One service's templates and words on top of the shared ones."""

    def __init__(
        self,
        service: str,
        town: Town,
        assets: Assets,
        brand: Brand,
        maps: Maps,
        templates: Path | None,
        strings: Path | None,
    ) -> None:
        self.town = town
        self.service = service
        self.assets = assets
        self.words = Words(SHARED_STRINGS, *([strings] if strings else []))
        self.env = _environment(town, [templates, TEMPLATES] if templates else [TEMPLATES])
        self.env.globals.update(
            service=service,
            town=town,
            languages=LANGUAGES,
            brand_css=brand.css_url,
            shared=lambda name: assets.url("shared", name),
            static=lambda name: assets.url(service, name),
            shared_script=cache(lambda name: _script(assets, "shared", name)),
            script=cache(lambda name: _script(assets, service, name)),
            citizen_links=nav.CITIZENS,
            staff_links=nav.staff_links,
            is_current=nav.is_current,
            has_icon=frozenset(re.findall(r'<symbol id="([^"]+)"', ICONS.read_text(encoding="utf-8"))).__contains__,
            maps=maps,
            release=str(read_own()),
        )

    def draw(self, request: Request, template: str, context: Mapping[str, Any]) -> str:
        """The template's HTML in the visitor's language; `context` adds to what every page has (words, person,
        assets)."""
        language = language_of(request)

        def t(key: str, **values: object) -> str:
            return self.words(language, key, **values)

        def in_language(other: str) -> str:
            kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
            return f"?{urlencode([*kept, ('lang', other)])}"  # never the path: `//other.example/x` would lead there

        shared: dict[str, Any] = {
            "t": t,
            "lang": language,
            "who": find_signed_in(request),
            "path": request.url.path,
            "origin": part_of(request, ServiceSettings).public_url.rstrip("/"),
            "in_language": in_language,
        }
        # The components as `ui`, bound to this reader's language; templates need no import.
        shared["ui"] = self.env.get_template("ui.html").make_module(shared)
        return self.env.get_template(template).render({**shared, **context})


def _script(assets: Assets, owner: str, name: str) -> Markup:
    """A module of the page, and all that it imports: found one by one, each would cost another way there and back."""
    ahead = Markup("").join(
        Markup('<link rel="modulepreload" href="{}">').format(url) for url in assets.list_imported(owner, name)
    )
    return ahead + Markup('<script type="module" src="{}"></script>').format(assets.url(owner, name))


def page(request: Request, template: str, *, status_code: int = 200, **context: Any) -> HTMLResponse:
    """A page of this service in the reader's language; `context`: what the template names besides the shared words."""
    return HTMLResponse(part_of(request, Pages).draw(request, template, context), status_code)


COMPOUNDS = ("ข้อเสนอแนะ",)  # one word each, of which browsers make two


def _own_names(town: Town) -> list[str]:
    """What is left of the town's names without their kind (the "Mae Hia" of a town municipality), escaped."""
    names = (town.name.get(language) for language in LANGUAGES)
    kinds = [town.kind.get(language) for language in LANGUAGES]
    bare = {next((name.removeprefix(kind) for kind in kinds if name.startswith(kind)), name).strip() for name in names}
    return sorted(str(escape(name)) for name in bare if name and " " not in name)


def _environment(town: Town, folders: list[Path]) -> Environment:
    env = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        autoescape=True,
        undefined=Missing,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    zone = ZoneInfo(town.timezone)

    @pass_context
    def thai_date(context: Context, moment: datetime, short: bool = False) -> str:
        return dates.date_text(moment, zone, context["lang"], short=short)

    @pass_context
    def thai_datetime(context: Context, moment: datetime) -> str:
        text = dates.datetime_text(moment, zone, context["lang"])
        return text.replace(" น.", "\N{NO-BREAK SPACE}น.")  # keeps "o'clock" from being alone on a phone's next line

    @pass_context
    def ago(context: Context, moment: datetime) -> str:
        return dates.relative_text(moment, datetime.now(UTC), context["lang"])

    @pass_context
    def duration(context: Context, span: timedelta | float) -> str:
        return dates.duration_text(span if isinstance(span, timedelta) else timedelta(seconds=span), context["lang"])

    @pass_context
    def say(context: Context, text: Bilingual | str | None) -> str:
        return text or "" if text is None or isinstance(text, str) else text.get(context["lang"])

    whole = (*COMPOUNDS, *_own_names(town))

    def unbroken(text: str) -> Markup:
        """The text with the town's own name and such compounds kept on one line: Thai has no spaces, and half a name
        may be a bad word."""
        safe = str(escape(text))
        for word in whole:
            safe = safe.replace(word, f'<span class="whole">{word}</span>')
        return Markup(safe)  # noqa: S704  # escaped above

    filters = (thai_date, thai_datetime, ago, duration, say, unbroken)
    env.filters.update({function.__name__: function for function in filters})
    return env
