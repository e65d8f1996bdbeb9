"""What is signed after the decision: each act has a number, a code and a letter of its own, made by its own moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.permits.domain.application import SYSTEM, Actor, Application, Standing, with_entry, with_values
from services.permits.domain.letters import ActKind, LetterProgress, Seal, SignedAct
from shared.events.permit_life import AppealAgainst
from shared.kernel import Cause, Step

DECISION = 0  # the turn of the decision's letter

# `stands`, `replaced` by a later act of its kind, `set-aside` by an appeal, `over`: what it is about holds no more.
ActStanding = Literal["stands", "replaced", "set-aside", "over"]
_OF_THE_PERMIT = ("extension", "transfer")  # whoever holds the permit needs them to show what it is worth


@dataclass(frozen=True)
class Signing:
    """Who signs, for which office, and the code by which everybody finds what was signed."""

    by: Actor
    office: str
    verify_code: str


def with_act(
    application: Application,
    cause: Cause,
    signing: Signing,
    kind: ActKind,
    *,
    legal_reason: str = "",
    until: datetime | None = None,
    against: AppealAgainst | None = None,
    invoice: int | None = None,
) -> Application:
    """The application with one act more, whose letter is owed from now on."""
    act = SignedAct(
        turn=len(application.signed) + 1,
        kind=kind,
        at=cause.at,
        sub=signing.by.sub,
        name=signing.by.name,
        office=signing.office,
        stand_in=signing.by.stand_in,
        legal_reason=legal_reason,
        until=until,
        invoice=invoice,
        against=against,
        verify_code=signing.verify_code,
        letter=LetterProgress(owed_since=cause.at),
    )
    return with_values(application, signed=(*application.signed, act))


def find_last_turn(application: Application) -> int:
    """Of the act that was signed just now."""
    return len(application.signed)


def act_of(application: Application, turn: int) -> SignedAct | None:
    """The act of that turn; none has the decision's."""
    return next((one for one in application.signed if one.turn == turn), None)


def turn_of_code(application: Application, code: str) -> int:
    """Which letter of the application a verify code belongs to."""
    return next((one.turn for one in application.signed if one.verify_code == code), DECISION)


def letters_of(application: Application) -> Sequence[tuple[int, LetterProgress]]:
    """Every letter by its turn, made or owed."""
    first = [(DECISION, application.letter)] if application.letter else []
    return [*first, *((one.turn, one.letter) for one in application.signed)]


def find_owed_since(application: Application) -> datetime | None:
    """Since when a letter waits to be made."""
    return min((letter.owed_since for _, letter in letters_of(application) if not letter.sha256), default=None)


def turn_of_file(application: Application, sha256: str) -> int | None:
    """Which letter a file is, byte for byte."""
    return next((turn for turn, letter in letters_of(application) if letter.sha256 == sha256), None)


def number_of(application: Application, act: SignedAct) -> str:
    """The number of an act's letter: the permit's, or the application's where there is no permit, and its turn."""
    number = application.decision.number if application.decision else None
    return f"{number or application.reference}-{act.turn}"


def holder_at(application: Application, at: datetime) -> str:
    """Who held it then, for letters that are made after it went to somebody else."""
    past = (one.name for one in application.past_holders if one.until > at)
    return next(past, application.applicant.name)


def valid_until_then(application: Application, act: SignedAct) -> datetime | None:
    """Until when the permit held by this act and those before it."""
    longer = [one.until for one in application.signed if one.turn <= act.turn and one.until]
    return longer[-1] if longer else application.decision.valid_until if application.decision else None


def is_for_holder(application: Application, act: SignedAct) -> bool:
    """Whether it is for whoever holds the permit now: an order to the one before is between them and the office."""
    return act.kind in _OF_THE_PERMIT or application.theirs(act.at)


def act_standing(application: Application, act: SignedAct, permit: Standing | None) -> ActStanding:
    """What an act is worth while the permit stands so (`validity.find_standing`)."""
    later = {one.kind for one in application.signed if one.turn > act.turn}
    match act.kind:
        case "extension" | "transfer":
            if act.kind in later:
                return "replaced"
            return "stands" if permit == "in-force" else "over"
        case "extension-refusal":
            return "replaced" if "extension" in later else "stands"
        case "revocation":
            return "set-aside" if "appeal-granted" in later else "stands"
    return "stands"


def note_letter_made(
    application: Application, cause: Cause, turn: int, sha256: str, size: int, seal: Seal | None
) -> Step[Application] | None:
    """The letter of that turn is there for good; a second one changes nothing."""
    progress = dict(letters_of(application)).get(turn)
    if progress is None or progress.sha256:
        return None
    made = progress.model_copy(update={"sha256": sha256, "size": size, "made_at": cause.at, "seal": seal})
    act = act_of(application, turn)
    if act is None:
        return Step(with_entry(with_values(application, letter=made), cause, "letter-made", SYSTEM))
    acts = tuple(one.model_copy(update={"letter": made}) if one is act else one for one in application.signed)
    return Step(with_entry(with_values(application, signed=acts), cause, "act-letter-made", SYSTEM, act=act.kind))
