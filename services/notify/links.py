"""Where a recipient looks: their own page of the case, and the page of their preferences."""

from typing import Literal, NamedTuple
from urllib.parse import quote, urlencode

from services.notify.domain.file import FOLLOWER
from services.notify.domain.rights import PERMITS
from shared.agency_links import AnswerLink, PhotoPass, answer_token, photo_pass, photo_path
from shared.consult_links import ConsultLink, consult_path, consult_token
from shared.events.neighbours import PARTY as NEIGHBOURS
from shared.neighbour_links import neighbour_code, neighbour_path
from shared.secret_links import case_secret, opens
from shared.settings import ServiceSettings

Purpose = Literal["preferences", "confirm"]
_NUMBER_MOST = 9  # digits


class Token(NamedTuple):
    """Whose a link of a mail is, and how often their own link had been renewed when it was made."""

    case_id: str
    party: str
    number: int = 0


class Links:
    """Addresses under the town's origin; secrets in them are derived, never stored."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.origin = settings.public_url.rstrip("/")
        self._key, self._keys = settings.link_secret, settings.link_secrets

    def case(self, about: str, reference: str, case_id: str, party: str, number: int = 0) -> str:
        """A citizen's own link, as the service that owns the case made it; `number`: how often that was renewed."""
        secret, named = self.key(case_id, party, number)
        access = {"party": named, "secret": secret} if named else {"secret": secret}
        return f"{self.page(about, reference)}?{urlencode(access)}"

    def page(self, about: str, reference: str) -> str:
        """The same page by its clean address: for a browser that has opened the link before, and for everybody."""
        place = "permits" if is_of_permit(about) else "track"
        return f"{self.origin}/{place}/{quote(reference)}"

    def work(self, about: str, reference: str, subject: str, audience: str, *, triage: bool) -> str:
        """The page on which staff deal with what a notice is about: the permit's, the report's, the desk's or the
        crew's."""
        if is_of_permit(about):
            return f"{self.origin}/permits/desk/{quote(reference)}"
        if about.startswith("onestop.report."):
            return self.page(about, reference)
        at_desk = triage or audience in ("level", "officer")
        return f"{self.origin}/{'desk' if at_desk else 'crew'}/{subject}"

    def answer(self, link: AnswerLink) -> str:
        """Where an agency answers once, without an account."""
        return f"{self.origin}/agency/answer?{urlencode({'key': answer_token(self._key, link)})}"

    def consult(self, link: ConsultLink) -> str:
        """Where whoever is asked about an application answers once, without an account."""
        return f"{self.origin}{consult_path(consult_token(self._key, link))}"

    def neighbour(self, reference: str, case_id: str, neighbour: str) -> str:
        """Where somebody next to the plot reads what is to be built, and answers once."""
        return f"{self.origin}{neighbour_path(reference, self.neighbour_code(case_id, neighbour))}"

    def neighbour_code(self, case_id: str, neighbour: str) -> str:
        """The code that opens a neighbour's question, the same as on their printed letter."""
        return neighbour_code(self._key, case_id, neighbour)

    def agency_board(self, order_id: str) -> str:
        """Where somebody of the agency who has an account finds the work."""
        return f"{self.origin}/agency/{order_id}"

    def report_photos(self, reference: str, given: PhotoPass) -> list[str]:
        """The photos of a report that its pass opens."""
        token = photo_pass(self._key, reference, given)
        return [f"{self.origin}{photo_path(reference, number, token)}" for number in range(1, given.photos + 1)]

    def verify(self, code: str) -> str:
        """The page on which anybody verifies a decision by the code on its letter."""
        return f"{self.origin}/verify/{quote(code, safe='')}"

    def preferences(self, case_id: str, party: str, number: int = 0) -> str:
        """Mute, language, erase: for one party of one case."""
        return f"{self.origin}/preferences/{self.token('preferences', case_id, party, number)}"

    def confirm(self, case_id: str, party: str, number: int = 0) -> str:
        """Asks whether the owner of the address wants to be told, and then opens the party's own page."""
        return f"{self.origin}/inbox/confirm/{self.token('confirm', case_id, party, number)}"

    def token(self, purpose: Purpose, case_id: str, party: str, number: int = 0) -> str:
        """`<case>.<number>.<secret>.<party>`: only a party may hold dots. It serves this purpose alone."""
        return f"{case_id}.{number}.{case_secret(self._key, case_id, f'{purpose}/{party}', number)}.{party}"

    def read_token(self, purpose: Purpose, token: str) -> Token | None:
        """What a token of ours for that purpose says; None for any other. It may be older than the newest link."""
        case_id, number, secret, party = [*token.split(".", 3), "", "", ""][:4]
        if not (number.isascii() and number.isdigit() and len(number) <= _NUMBER_MOST):
            return None
        read = Token(case_id, party, int(number))
        return read if opens(secret, self._keys, case_id, f"{purpose}/{party}", read.number) else None

    def opens(self, secret: str | None, case_id: str, party: str, number: int = 0) -> bool:
        """Whether the secret is the one of that party's own link."""
        return opens(secret, self._keys, case_id, _own(party), number)

    def key(self, case_id: str, party: str, number: int = 0) -> tuple[str, str]:
        """The secret of that party's own link, and the party as the link names it."""
        return case_secret(self._key, case_id, _own(party), number), _own(party)


def _own(party: str) -> str:
    """The case's owner holds the case's own secret, a follower one of their own. So would a neighbour, who is given
    none: never that of the case."""
    return party if party.startswith((FOLLOWER, NEIGHBOURS)) else ""


def is_of_permit(about: str) -> bool:
    """Whether an event of this type is about an application."""
    return about.startswith(PERMITS)
