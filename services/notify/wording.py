"""Turns a notice into words: fills the town's template with what the event said, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.notify.agencies import TO_AGENCIES, ToAgency
from services.notify.domain.foreign import in_a_line, is_foreign, plain_name, quote_text, without_links
from services.notify.domain.notice import INBOX, Notice
from services.notify.domain.recipient import Recipient
from services.notify.domain.shown import as_shown, names_matter
from services.notify.domain.texts import fill_message, message_in
from services.notify.links import Links
from services.notify.neighbours import ToNeighbour
from services.notify.offices import post_of
from shared.events.neighbours import NEIGHBOUR
from shared.references import read_reference
from shared.town import Town
from shared.town.notices import PLACEHOLDERS, Message, placeholders
from shared.words import Words
from shared.words.dates import date_text, datetime_text

WORDS = Words(Path(__file__).parent / "wording.yaml")
_AS_WRITTEN = (
    "text", "note", "comment", "legal_reason", "agency_reference", "into_reference", "number", "times", "stars",
    "followers", "percent", "reminders", "task", "amount", "receipt", "question", "deed_number",
)  # fmt: skip
_PASSED_ON = ("text", "question", "whereabouts")  # to whoever is asked for an answer
_IN_A_LINE = ("agency_reference", "address")  # of what strangers wrote
_TIMES = (
    "acknowledge_by", "due_at", "was", "resume_at", "expected_until", "decided_at", "answer_by", "at", "transferred_at",
    "revoked_at", "check_due_at",
)  # fmt: skip
_DAYS = ("on", "valid_until")  # of which nobody wants the hour
_CODES = ("priority", "stage", "clock", "outcome", "proposal", "decision", "answer", "why", "result", "against", "view")
_UNSAID = ("category", "team", "agency")
_TITLES = ("นาย", "นาง", "น.ส.", "ด.ช.", "ด.ญ.", "คุณ", "ดร.", "พระ")  # before a name that has its own
_PAUSED = ("onestop.work-order.paused.v1", "onestop.permit.paused.v1")


@dataclass(frozen=True)
class Worded:
    """What is said, and the page that it leads to ("": to several). `letter`: the body where a button leads there,
    without that line."""

    subject: str
    body: str
    letter: str
    link: str


class Wording:
    """The town's templates and names."""

    def __init__(self, town: Town, links: Links) -> None:
        self._town = town
        self._links = links
        self._zone = ZoneInfo(town.timezone)
        self._to_agency = ToAgency(town, links)
        self._to_neighbour = ToNeighbour(links)

    @property
    def origin(self) -> str:
        """Of the town's own pages."""
        return self._links.origin

    def say(self, notice: Notice, channel: str, language: str, person: Recipient | None = None) -> Worded | None:
        """None: the profile has no such template (any more). `person`: who is to be greeted by name."""
        template = self._town.templates.get(notice.template)
        if template is None or notice.about not in PLACEHOLDERS:
            return None
        message = message_in(template, language)
        link = self.link(notice, channel, person)
        fixed = {"town": self._town.name.get(language), "phone": self._town.contact.phone or "", "link": link}
        fixed |= {"reference": notice.reference, "greeting": greet(notice, person, language)}
        fixed["answer_code"] = self._to_neighbour.code(notice, mailed=channel != INBOX)
        # What was told by a release before this one says no purpose: there was one.
        fixed["fees"] = _say_word("fees", notice.data.get("purpose") or "application", language)
        asked = _list_placeholders(message) - set(fixed)
        shown = as_shown(notice)
        said = {name: self._fill(name, shown, language, channel) for name in asked - TO_AGENCIES} | fixed
        said |= {name: self._to_agency.say(name, shown, language) for name in asked & TO_AGENCIES}
        if notice.answers_by_link:  # an officer may have left in it what a stranger wrote, as the address of the place
            out = WORDS(language, "link-left-out")
            said |= {name: without_links(text, out) for name, text in said.items() if name in _PASSED_ON}
        subject, body = fill_message(message, channel, said)
        _, letter = fill_message(message, channel, {**said, "link": ""})
        return Worded(" ".join(subject.split()), body, letter, link)

    def recall(self, notice: Notice, language: str) -> Worded:
        """What the inbox shows of a notice: as it was told, or that something was, where the profile lost its text."""
        if said := self.say(notice, INBOX, language):
            return said
        link = self.link(notice, INBOX)
        subject = WORDS(language, "gone.subject", reference=notice.reference)
        return Worded(subject, WORDS(language, "gone.body", link=link), WORDS(language, "gone.letter"), link)

    def link(self, notice: Notice, channel: str, person: Recipient | None = None) -> str:
        """The recipient's own page of the case; who reads the inbox has shown their key, so it holds none.

        In a mail to an address that nobody has confirmed it asks for that first.
        """
        if notice.answers_by_link:
            return self._to_agency.link(notice)
        if notice.audience == NEIGHBOUR:
            return self._to_neighbour.link(notice, mailed=channel != INBOX)
        if notice.party is None:
            triage = notice.team in (None, self._town.triage)
            return self._links.work(notice.about, notice.reference, notice.subject, notice.audience, triage=triage)
        if channel == INBOX:
            return self._links.page(notice.about, notice.reference)
        number = person.link_number if person else 0
        if person is not None and person.must_confirm:
            return self._links.confirm(notice.case_id, notice.party, number)
        return self._links.case(notice.about, notice.reference, notice.case_id, notice.party, number)

    def _fill(self, name: str, notice: Notice, language: str, channel: str) -> str:
        """Finished text for a placeholder; empty when the event does not say."""
        data = notice.data
        if is_foreign(notice.about, name, data):
            return self._quote_lines(name, notice, language, channel)
        if name in _AS_WRITTEN:
            return "" if data.get(name) is None else str(data[name])
        if name in _TIMES or name in _DAYS:
            return self._say_time(data.get(name), language, day=name in _DAYS)
        if name in _CODES:
            return _say_word(name, data.get(name), language)
        match name:
            case "received_at":
                return self._say_time(data.get("submitted_at"), language)
            case "reason":
                said = self._say_reason(notice)
                return _say_word("paused", said, language) if notice.about in _PAUSED else said
            case "level":
                return self._say_level(data, notice, language)
            case "place":
                written = str(data.get("address") or "")
                return self._name("zone", data, notice, language) or self._quote_words(written, language, channel)
            case "into_link" | "verify_link":
                return self._link_other(name, notice)
            case _:
                return self._name(name, data, notice, language)

    def _say_reason(self, notice: Notice) -> str:
        """Why, but for a duplicate the report that stays: what it is called may be hidden by now, and only staff read
        it then. Releases before this one gave it as the reason."""
        said, outcome = str(notice.data.get("reason") or ""), notice.data.get("outcome")
        named = outcome == "duplicate" and read_reference(self._town.reference_prefix, said) is not None
        return "" if named and notice.reader != "staff" else said

    def _name(self, name: str, data: Mapping[str, Any], notice: Notice, language: str) -> str:
        """What the profile calls a code, or words that name nothing where the reader may not know what it is about."""
        code = data.get(name)
        if name in _UNSAID and not names_matter(notice) and (code or name != "agency"):
            return WORDS(language, f"unsaid.{name}")
        town = self._town
        match name:
            case "category" | "previous_category":
                return town.category_name(str(code), language) if code else ""
            case "zone":
                return next((zone.name.get(language) for zone in town.zones if zone.code == code), "")
            case "team":
                return town.team_name(notice.team, language)
            case "previous_team":
                return town.team_name(str(code), language) if code else ""
            case "agency":
                return town.agency_name(str(code), language) if code else ""
            case "agency_phone":
                agency = town.agencies.get(str(data.get("agency")))
                return agency.phone if agency else ""
            case "permit_type" | "consultee" | "lane" | "requirements" | "conditions":
                return self._say_of_permit(name, data, language)
            case _:
                raise KeyError(name)  # the profile's check offers a placeholder that nobody fills: a bug of ours

    def _say_of_permit(self, name: str, data: Mapping[str, Any], language: str) -> str:
        permit = self._town.permits.get(str(data.get("permit_type")))
        match name:
            case "permit_type":
                return self._town.permit_name(str(data.get(name)), language)
            case "consultee":
                code, town = str(data.get(name)), self._town
                return town.team_name(code, language) if code in town.teams else town.agency_name(code, language)
            case "lane":
                known = next((lane for lane in permit.lanes if lane.code == data.get("lane")), None) if permit else None
                return known.name.get(language) if known else ""
            case "requirements":
                documents = {one.code: one.name.get(language) for one in permit.documents} if permit else {}
                return _say_list(documents.get(code, code) for code in data.get("requirements", []))
            case _:
                return _say_list(data.get("conditions", []))

    def _link_other(self, name: str, notice: Notice) -> str:
        """Another page than the notice's own, where there is one."""
        said = notice.data.get("into_reference" if name == "into_link" else "verify_code")
        if not said:
            return ""
        return self._links.page(notice.about, str(said)) if name == "into_link" else self._links.verify(str(said))

    def _quote_lines(self, name: str, notice: Notice, language: str, channel: str) -> str:
        """What somebody outside the town hall wrote: on lines of its own, or as a few words within a line."""
        written = str(notice.data.get(name) or "")
        if name in _IN_A_LINE:
            return self._quote_words(written, language, channel)
        left_out, for_work = WORDS(language, "link-left-out"), notice.agency is not None
        return quote_text(written, link_left_out=left_out, whole=channel == INBOX, cut=not for_work)

    def _quote_words(self, written: str, language: str, channel: str) -> str:
        """A few words of somebody else's within a line of ours: an address, an agency's number for the work."""
        said = in_a_line(written, link_left_out=WORDS(language, "link-left-out"), whole=channel == INBOX)
        return f"“{said}”" if said else ""

    def _say_level(self, data: Mapping[str, Any], notice: Notice, language: str) -> str:
        post = post_of(self._town, str(data.get("level")), notice.team) if names_matter(notice) else None
        return post.title.get(language) if post else _say_word("level", data.get("level"), language)

    def _say_time(self, value: object, language: str, *, day: bool = False) -> str:
        written = date_text if day else datetime_text
        return written(datetime.fromisoformat(str(value)), self._zone, language) if value else ""


def greet(notice: Notice, person: Recipient | None, language: str) -> str:
    """By name whom we know; a stranger's address by no name, for a stranger may have written it."""
    name = plain_name(person.name) if person and not person.must_confirm else None
    if name is None:
        whom = "agency" if notice.agency else "office" if notice.party is None else notice.audience
        return WORDS(language, f"greeting.{whom}" if WORDS.has(f"greeting.{whom}") else "greeting.resident")
    titled = language != "th" or name.startswith(_TITLES)
    return WORDS(language, "greeting.titled" if titled else "greeting.name", name=name)


@cache
def _list_placeholders(message: Message) -> frozenset[str]:
    """What a text of the profile wants filled in."""
    return frozenset(name for text in message.texts() for name in placeholders(text))


def _say_word(kind: str, code: object, language: str) -> str:
    """The word for a code, or the code: a newer service may know more of them."""
    key = f"{kind}.{code}"
    return WORDS(language, key) if WORDS.has(key) else str(code or "")


def _say_list(items: Any) -> str:
    texts = [str(item) for item in items]
    return texts[0] if len(texts) == 1 else "".join(f"\n- {text}" for text in texts).lstrip("\n")
