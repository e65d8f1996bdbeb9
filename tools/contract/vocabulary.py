"""The closed lists of values in the contract: a published name for each list, and what each value says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from shared.events import permit_life
from shared.events.absences import StandInCapacity
from shared.events.agencies import (
    AgencyAnswer,
    ChasedBecause,
    MessageEnd,
    ReferralStatus,
)
from shared.events.contacts import Language
from shared.events.neighbours import NeighbourView
from shared.events.notices import ChannelEnd, LookUpReason, NoticeChannel
from shared.events.outcomes import Outcome
from shared.events.permit_fees import FeesPurpose
from shared.events.permits import ClosedBecause, Decision, Lane, MessageBy, Proposal
from shared.events.reports import Channel, CommentBy, ReportKind
from shared.events.work_orders import CheckedBy, Clock, Level, PauseReason, Priority, Stage


@dataclass(frozen=True)
class ValueList:
    """One closed list: `name` is the type that generated code gets."""

    name: str
    about: str
    meanings: Mapping[str, str]

    @property
    def text(self) -> str:
        """The list's description: Markdown, which renderers show and generators keep as a comment."""
        return "\n".join([self.about, "", *(f"- `{value}`: {meaning}" for value, meaning in self.meanings.items())])


def _list(name: str, literal: Any, about: str, **meanings: str) -> ValueList:
    told = {name.removesuffix("_"): meaning for name, meaning in meanings.items()}  # `import_`: a word of Python's
    if tuple(told) != get_args(literal):
        raise ValueError(f"{name}: the values are {get_args(literal)}, told are {tuple(told)}")
    return ValueList(name, about, told)


LISTS: Mapping[tuple[str, ...], ValueList] = {
    tuple(one.meanings): one
    for one in (
        _list(
            "ReportKind", ReportKind, "What was brought to the town.",
            problem="something to mend: a broken lamp, a burst pipe",
            suggestion="an idea, which is answered in words",
            question="something to know, which is answered in words",
            consultation="a word in a public consultation that the town holds",
        ),
        _list(
            "ReportChannel", Channel, "How a report reached the town.",
            web="the town's own page",
            phone="an officer took it down for somebody on the telephone",
            counter="an officer took it down for somebody at the counter",
            desk="an officer sent it by another way",
            open311="another program, through the Open311 interface",
            line="the town's LINE account",
            import_="carried over from another system",
        ),
        _list(
            "CommentBy", CommentBy, "Who commented, by their part in the report; never a person.",
            reporter="who made the report",
            follower="somebody who follows it",
            staff="an officer or a crew",
            public="anybody else",
        ),
        _list(
            "LookUpReason", LookUpReason, "What a reporter's contact was looked up for.",
            details="to ask for details",
            appointment="to make an appointment",
            outcome="to tell the outcome",
            other="for another reason",
        ),
        _list(
            "Outcome", Outcome, "How a report, or the work about it, ended.",
            fixed="done; of a question or a suggestion: answered",
            not_ours="another agency's, or a private matter",
            duplicate="another report tells of the same thing",
            cannot_be_done="the town cannot do it, and says why",
            withdrawn="the reporter took it back",
        ),
        _list(
            "Level", Level, "The rung that holds the work, from the crew upwards.",
            triage="the centre's desk, where a person chooses the team",
            crew="the field team",
            head="the head of the team's section",
            director="the director of its division",
            clerk="the municipal clerk (palat), head of the town's staff",
            mayor="the mayor",
            agency="an agency outside the town",
        ),
        _list(
            "Priority", Priority, "How urgent the work is.",
            emergency="people are in danger: at once, at any hour",
            high="before other work",
            normal="in its turn",
            low="when there is time",
        ),
        _list(
            "PauseReason", PauseReason, "What the work waits for.",
            part="a part or material",
            weather="better weather",
            reporter="an answer of the reporter",
            agency="an agency outside the town",
            other="something else",
        ),
        _list(
            "Stage", Stage, "How far the crew is.",
            on_the_way="they have set out",
            on_site="they are there",
        ),
        _list(
            "ReferralStatus", ReferralStatus, "How work is handed to an agency.",
            sending="a message to the agency is on its way; what became of it `agency-told` says",
            sent="no message goes to this agency: somebody of the town has told it by other means",
        ),
        _list(
            "MessageEnd", MessageEnd, "What became of the message to an agency, or to whoever is asked.",
            sent="one of the ways to them took it",
            failed="none did; the town's team has the work again, or hands the question on itself",
        ),
        _list(
            "AgencyAnswer", AgencyAnswer, "What an agency says of the work that it was given.",
            received="it has it; what it will do is still to come",
            asked="it needs to know more",
            answered="what it will do, and perhaps by when",
            declined="it is not its own; the town's team has the work again",
            done="it is done; the town looks and closes it",
        ),
        _list(
            "ChasedBecause", ChasedBecause, "Why the town writes to an agency again.",
            reminder="its word is still to come",
            overdue="its word was due; the town's people are told too",
            reply="to reply to what it asked, or because there is news",
        ),
        _list(
            "Clock", Clock, "Which promise of the service level.",
            acknowledge="that the team takes the work",
            resolve="that the work is done",
        ),
        _list(
            "CheckedBy", CheckedBy, "Who says that the work is done.",
            staff="an officer looked at it",
            reporter="who made the report is satisfied",
        ),
        _list(
            "Lane", Lane, "How fast an application must be decided.",
            fast="simple and complete: within hours",
            normal="the time that the law gives",
        ),
        _list(
            "Proposal", Proposal, "What the examiner proposes to the signatory.",
            approve="to grant the permit",
            refuse="to refuse it",
        ),
        _list(
            "Decision", Decision, "What the signatory decided.",
            approved="the permit is granted",
            refused="it is refused; the letter says why and how to appeal",
        ),
        _list(
            "MessageBy", MessageBy, "Which side wrote a message about an application.",
            applicant="the applicant, or whoever acts for them",
            staff="an officer, for the office",
        ),
        _list(
            "ClosedBecause", ClosedBecause, "Why nothing more is expected of an application.",
            withdrawn="the applicant took it back",
            refused="it was refused, and the time to appeal is over",
            expired="the permit was granted, and its validity is over",
            completed="what was permitted is built and accepted",
            revoked="the permit was taken away, and the time to appeal is over",
            **{"set-aside": "the appeal committee set the refusal aside"},
        ),
        _list(
            "InspectionResult", permit_life.InspectionResult, "What was found at a visit to the place.",
            **{"in-order": "it is as it was declared or permitted", "defects": "something is to be mended",
               "not-done": "nothing could be looked at"},
        ),
        _list(
            "VisitCancelledBecause", permit_life.VisitCancelledBecause, "Why nobody comes to look at the place.",
            office="the office called it off", decided="the application was decided without it",
        ),
        _list(
            "NeighbourView", NeighbourView, "What a neighbour who was asked says.",
            consents="nothing against it",
            objects="it should not be permitted",
        ),
        _list(
            "AskedAgainBecause", permit_life.AskedAgainBecause, "Why somebody who was asked is written to again.",
            reminder="their time is nearly over, and they have not answered",
            resent="an officer sends the question again, with a new link",
        ),
        _list(
            "StandInCapacity", StandInCapacity, "In which capacity somebody signs in another's place.",
            acting="by law, while the office's holder cannot act (รักษาราชการแทน)",
            delegated="by what the holder has delegated (ปฏิบัติราชการแทน)",
        ),
        _list(
            "ConsulteeView", permit_life.ConsulteeView, "What somebody who was asked thinks of an application.",
            **{
                "no-objection": "nothing against it",
                "conditions": "nothing against it under conditions",
                "objection": "it should not be permitted",
            },
        ),
        _list(
            "AppealAgainst", permit_life.AppealAgainst, "The order that somebody appeals against.",
            refusal="the permit was refused",
            revocation="the permit was taken away",
        ),
        _list(
            "FeesPurpose", FeesPurpose, "What fees are for.",
            application="the application itself: looking at it, and its permit",
            extension="more time for the permit",
        ),
        _list(
            "AppealOutcome", permit_life.AppealOutcome, "What the appeal committee has decided.",
            granted="the order is set aside",
            dismissed="the order stands",
        ),
        _list(
            "NoticeChannel", NoticeChannel, "By which way a notice is told.",
            inbox="the list of notices on the town's own page",
            email="mail",
            line="the town's LINE account",
            sms="a text message",
            webhook="a call to another program",
        ),
        _list(
            "ChannelEnd", ChannelEnd, "What became of a notice on one channel.",
            sent="the provider took it",
            failed="the provider refused it for good",
            skipped="it was not tried: no consent, no contact, no template, or muted",
        ),
        _list(
            "Language", Language, "The language that somebody is told in.",
            th="Thai",
            en="English",
        ),
    )
}  # fmt: skip
