"""What is sent to each route so that only the person can be the reason to refuse it, and which cases it is about."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from shared.kernel import now
from tests.support.access.asking import multipart
from tests.support.access.houses import About, Houses
from tests.support.access.people import OTHER_TEAM
from tests.support.permits_running import BODY, PDF
from tests.support.seals import drawing
from tests.support.source import ROOT
from tests.support.uploads import photo

Content = tuple[bytes, str]


@dataclass(frozen=True)
class Sample:
    """What one route needs; `state` is the one in which its case takes it."""

    content: Content = (b"", "")
    of_kind: Mapping[str, Content] = field(default_factory=dict)  # where a kind of case needs another one
    query: Mapping[str, str] = field(default_factory=dict)
    query_of_kind: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    state: str = ""
    about_a_case: bool = False  # although its path names none
    asks_with_link: bool = False  # holders of a link send it in a form
    cookie: str = ""  # a browser that has opened a link before; `{…}` is filled in as in a path
    other_case: str = ""  # this field of the body names a second case


def _json(**body: Any) -> Content:
    return json.dumps(body).encode(), "application/json"


def _form(**fields: str) -> Content:
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


REPORT: dict[str, Any] = {"category": "water-leak", "text": "น้ำไหล", "location": {"address": "หน้าตลาด"}}
_FLAT = {"f_" + name: str(value) for name, value in BODY["form"].items()}
_PERMIT_FORM = _form(**_FLAT, **{name: str(value) for name, value in BODY["location"].items()}, name="สมชาย")
_CHANGED = {name: BODY[name] for name in ("form", "location", "applicant")}
_PROPOSAL = _json(proposal="approve")
_OPEN = ("unanswered:next-door", "unanswered:question")  # what stands open of every house
_SIGNED = _json(seen=_OPEN, decision="approve")
_SHARES = [{"team": "works-water", "task": "x"}, {"team": "works-roads", "task": "y"}]
_FOUND = _json(outcome="not_ours", note="x")
BY_LINK = "case-{reference}.agency={key}"
_DAY = _json(at=(now() + timedelta(days=9)).isoformat())
_WHOSE = {"others": {"team": OTHER_TEAM}, "division": {"team": "director:works-roads"}}
_TODAY = (now() + timedelta(hours=7)).date().isoformat()  # in the town
_VIEW = {"view": "no-objection", "by": "x"}
_CONSENT = {"view": "consents", "by": "x"}
_IN_ORDER = _json(result="in-order")
_LATER = (now() + timedelta(days=90)).date().isoformat()
_AWAY = {"office": "mayor", "deputy": "clerk", "first_day": _LATER, "last_day": _LATER, "order": "x"}
_PDF = (PDF, "application/pdf")
_PAID = {"amount": "20.00", "method": "cash"}
_BACK = {"note": "x", "document": "1"}
_STATEMENT = "Date,Amount,Ref1,Transaction ID\n23/11/2026,20.00,MH00000000,A1\n"
_REQUEST = _json(requirements=["plans"], note="ไม่ชัด")
_MARKED = {"sha256": hashlib.sha256(PDF).hexdigest(), "marks": [{"page": 1, "note": "x"}]}
_RULES = (ROOT / "deploy/municipalities/maehia/routing.yaml").read_text("utf-8")

SAMPLES: Mapping[str, Sample] = {
    "intake POST /api/v1/reports": Sample(_json(**REPORT)),
    "intake POST /api/v1/photos": Sample(multipart("photo", "a.jpg", photo())),
    "intake POST /api/v1/reports/{reference}/comments": Sample(_json(text="x")),
    "intake POST /api/v1/reports/{reference}/follow": Sample(_json(email="b@example.org")),
    "intake POST /api/v1/reports/{reference}/withdraw": Sample(_json()),
    "intake POST /api/v1/reports/{reference}/rating": Sample(_json(stars=5), state="resolved"),
    "intake POST /api/v1/reports/{reference}/reopen": Sample(_json(), state="resolved"),
    "intake PATCH /api/v1/reports/{reference}": Sample(_json(text="ถูกต้องกว่า")),
    "intake POST /api/v1/reports/{reference}/merge": Sample(_json(), other_case="into"),
    "intake POST /api/v1/reports/{reference}/separate": Sample(state="merged"),
    "intake POST /report": Sample(_form(category="water-leak", text="น้ำไหล", address="หน้าตลาด")),
    "intake POST /report/desk": Sample(
        _form(channel="phone", taken_down="yes", category="water-leak", text="น้ำไหล", address="หน้าตลาด")
    ),
    "intake POST /report/desk/follow/{reference}": Sample(_form(email="c@example.org", consent="yes")),
    "intake POST /track/{reference}/reply": Sample(_form(text="มาแล้ว")),
    "intake POST /track/{reference}/correct": Sample(_form(text="ถูกต้องกว่า")),
    "intake POST /track/{reference}/merge": Sample(_form(), other_case="into"),
    "intake POST /track/{reference}/separate": Sample(_form(), state="merged"),
    "notify POST /api/v1/notify/contacts/{reference}/look-up": Sample(_json(reason="details")),
    "notify POST /api/v1/notify/contacts/reports": Sample(_json(caller="phone", email="a@example.org")),
    "notify POST /inbox/contact/{reference}": Sample(_form(reason="details")),
    "intake POST /track/{reference}/comment": Sample(_form(text="x")),
    "intake POST /track/{reference}/follow": Sample(_form(email="b@example.org")),
    "intake POST /track/{reference}/rate": Sample(_form(stars="5"), state="resolved"),
    "intake POST /track/{reference}/reopen": Sample(_form(reason="x"), state="resolved"),
    "dispatch POST /api/v1/work-orders/{order_id}/start": Sample(state="acknowledged"),
    "dispatch POST /api/v1/work-orders/{order_id}/resume": Sample(state="paused"),
    "dispatch POST /api/v1/work-orders/{order_id}/assign": Sample(_json(team="civil-defence")),
    "dispatch POST /api/v1/work-orders/{order_id}/give": Sample(_json(person="crew")),
    "dispatch POST /api/v1/work-orders/{order_id}/drop": Sample(state="held"),
    "dispatch POST /api/v1/work-orders/{order_id}/split": Sample(_json(shares=_SHARES)),
    "dispatch POST /api/v1/work-orders/{order_id}/verify": Sample(state="completed"),
    "dispatch POST /api/v1/work-orders/{order_id}/send_back": Sample(_json(reason="x"), state="completed"),
    "dispatch POST /api/v1/work-orders/{order_id}/adopt": Sample(_json(step="late"), state="overtaken"),
    "dispatch POST /api/v1/work-orders/{order_id}/put_aside": Sample(_json(step="late"), state="overtaken"),
    "dispatch POST /api/v1/work-orders/{order_id}/prioritise": Sample(_json(priority="emergency")),
    "dispatch POST /api/v1/work-orders/{order_id}/complete": Sample(_FOUND, state="on_site"),
    "dispatch POST /api/v1/work-orders/{order_id}/pause": Sample(_json(reason="weather"), state="acknowledged"),
    "dispatch POST /api/v1/work-orders/{order_id}/refer": Sample(_json(agency="pwa")),
    "dispatch POST /api/v1/work-orders/{order_id}/refuse": Sample(_json(reason="x")),
    "dispatch POST /api/v1/work-orders/{order_id}/cancel": Sample(_json(outcome="not_ours", reason="x")),
    "dispatch POST /api/v1/work-orders/{order_id}/photos": Sample(multipart("photo", "a.jpg", photo())),
    "dispatch POST /api/v1/routing/dry-run": Sample(_json(cases=[{"category": "water-leak", "text": "น้ำไหล"}])),
    "dispatch POST /desk/routing/several": Sample(_form(cases="น้ำไหล", category="water-leak")),
    "dispatch POST /desk/routing/rules": Sample(_form(rules=_RULES)),
    "dispatch GET /api/v1/dashboard/by-{group}.csv": Sample(path={"group": "team"}, query_of_kind=_WHOSE),
    "dispatch GET /api/v1/dashboard": Sample(query_of_kind=_WHOSE),
    "dispatch GET /dashboard": Sample(query_of_kind=_WHOSE),
    "dispatch GET /dashboard/report.pdf": Sample(query={"month": _TODAY[:7]}, query_of_kind=_WHOSE),
    "dispatch POST /api/v1/work-orders/{order_id}/take_back": Sample(_json(), state="referred"),
    "dispatch POST /api/v1/work-orders/{order_id}/tell_agency": Sample(_json(text="x"), state="referred"),
    **{
        f"dispatch POST /api/v1/{of}/{{order_id}}/{act}": Sample(_json(note="x"), state="referred")
        for of in ("work-orders", "agency/referrals")
        for act in ("agency_receive", "agency_answer", "agency_ask", "agency_decline", "agency_done")
    },
    "dispatch GET /api/v1/agency/referrals/{order_id}": Sample(state="referred"),
    "dispatch GET /agency/{order_id}": Sample(state="referred"),
    "dispatch POST /agency/{order_id}/{act}": Sample(_form(note="x"), state="referred"),
    "dispatch GET /agency/answer": Sample(query={"key": "{key}"}, state="referred", about_a_case=True),
    "dispatch GET /agency/answer/{reference}": Sample(state="referred", cookie=BY_LINK),
    "dispatch POST /agency/answer/{reference}/{act}": Sample(_form(note="x"), state="referred", cookie=BY_LINK),
    "intake GET /api/v1/reports/{reference}/photos/{number}/referred": Sample(query={"pass": "{pass}"}),
    "dispatch POST /desk/bulk": Sample(_form(act="assign", **{"assign.team": "civil-defence"}), other_case="order"),
    "dispatch POST /desk/{order_id}/{act}": Sample(_form(team="civil-defence"), {"start": _form(stage="on_site")}),
    "dispatch POST /crew/{order_id}/{act}": Sample(_form(team="civil-defence"), {"start": _form(stage="on_site")}),
    "dispatch POST /api/v1/desk/incidents": Sample(_json(references=["{reference}"]), about_a_case=True),
    "dispatch POST /api/v1/desk/incidents/{incident_id}/confirm": Sample(_json(), state="proposed"),
    "dispatch POST /api/v1/desk/incidents/{incident_id}/deny": Sample(state="proposed"),
    "dispatch POST /api/v1/desk/incidents/{incident_id}/announce": Sample(_json(note="x")),
    "dispatch POST /api/v1/desk/incidents/{incident_id}/reports": Sample(_json(references=["{reference}"])),
    "dispatch POST /api/v1/desk/incidents/{incident_id}/remove": Sample(_json(reference="{reference}")),
    "dispatch POST /api/v1/desk/incidents/{incident_id}/merge": Sample(_json(), other_case="into"),
    "dispatch POST /api/v1/desk/incidents/{incident_id}/reopen": Sample(_json(note="x"), state="resolved"),
    "dispatch POST /api/v1/desk/incidents/{incident_id}/close": Sample(_json(outcome="not_ours", note="x")),
    "dispatch POST /desk/incidents/new": Sample(_form(references="{reference}"), about_a_case=True),
    "dispatch POST /desk/incidents/{incident_id}/{act}": Sample(
        _form(note="x", sure="yes"), {"remove": _form(reference="{reference}")}
    ),
    "permits POST /api/v1/applications": Sample(_json(**BODY)),
    "permits PUT /api/v1/applications/{reference}": Sample(_json(**_CHANGED), state="draft"),
    "permits POST /api/v1/applications/{reference}/submit": Sample(_json(declared=True), state="draft"),
    "permits POST /api/v1/applications/{reference}/messages": Sample(_json(text="x")),
    "permits POST /permits/{reference}/messages": Sample(_form(text="x")),
    "permits POST /permits/desk/{reference}/messages": Sample(_form(text="x")),
    "permits POST /api/v1/applications/{reference}/notes": Sample(_json(text="x")),
    "permits POST /permits/desk/{reference}/notes": Sample(_form(text="x")),
    "permits POST /api/v1/applications/{reference}/withdraw": Sample(_json(reason="x")),
    "permits PUT /api/v1/applications/{reference}/documents/{requirement}": Sample(_PDF, state="draft"),
    "permits POST /api/v1/applications/{reference}/request-documents": Sample(_REQUEST),
    "permits POST /api/v1/applications/{reference}/examine": Sample(_PROPOSAL, state="accepted"),
    "permits POST /api/v1/applications/{reference}/decide": Sample(_SIGNED, state="examined"),
    "permits GET /api/v1/applications/{reference}/bill": Sample(state="billed"),
    "permits GET /api/v1/applications/{reference}/invoice.pdf": Sample(state="billed"),
    "permits GET /api/v1/applications/{reference}/receipt.pdf": Sample(state="paid"),
    "permits POST /api/v1/applications/{reference}/payments": Sample(_json(**_PAID), state="billed"),
    "permits POST /api/v1/applications/{reference}/payments/cancel": Sample(_json(note="x"), state="paid"),
    "permits POST /api/v1/applications/{reference}/refund": Sample(_json(**_BACK), state="paid"),
    "permits POST /api/v1/permits/statements": Sample((_STATEMENT.encode(), "text/csv")),
    "permits GET /permits/{reference}/pay": Sample(state="billed"),
    "permits GET /permits/{reference}/pay/code.png": Sample(state="billed"),
    "permits GET /permits/cashier/{reference}": Sample(state="billed"),
    "permits POST /permits/cashier/{reference}/payments": Sample(_form(**_PAID), state="billed"),
    "permits POST /permits/cashier/{reference}/cancel": Sample(_form(note="x"), state="paid"),
    "permits POST /permits/cashier/{reference}/refund": Sample(_form(**_BACK), state="paid"),
    "permits POST /permits/cashier/statement": Sample(multipart("file", "a.csv", _STATEMENT.encode())),
    "permits POST /permits/cashier/statement/take": Sample(_form(rows=_STATEMENT)),
    "permits POST /api/v1/applications/{reference}/inspections": Sample(_DAY, state="decided"),
    "permits POST /api/v1/applications/{reference}/findings": Sample(
        _json(findings=[{"requirement": "plans", "verdict": "ok"}])
    ),
    "permits POST /api/v1/applications/{reference}/consultations": Sample(_json(consultee="pea", question="x")),
    "permits POST /api/v1/applications/{reference}/consultations/{consultation}": Sample(_json(**_VIEW)),
    "permits POST /permits/desk/{reference}/consultations": Sample(_form(consultee="pea", question="x")),
    "permits POST /permits/desk/{reference}/consultations/{consultation}": Sample(_form(**_VIEW)),
    "permits POST /permits/consult/{token}": Sample(_form(**_VIEW)),
    "permits POST /api/v1/applications/{reference}/neighbours": Sample(_json(place="99/7")),
    "permits POST /api/v1/applications/{reference}/neighbours/{neighbour}": Sample(_json(**_CONSENT)),
    "permits POST /permits/desk/{reference}/neighbours": Sample(_form(place="99/7")),
    "permits POST /permits/desk/{reference}/neighbours/{neighbour}": Sample(_form(**_CONSENT)),
    "permits POST /permits/neighbour": Sample(_form(reference="{reference}", code="{word}"), about_a_case=True),
    "permits POST /permits/neighbour/{reference}/{word}": Sample(_form(**_CONSENT)),
    "permits POST /api/v1/permits/absences": Sample(_json(**_AWAY), state="away", about_a_case=True),
    "permits POST /api/v1/permits/absences/{absence}/end": Sample(state="away"),
    "permits POST /permits/desk/absences": Sample(_form(**_AWAY), state="away", about_a_case=True),
    "permits POST /permits/desk/absences/{absence}/end": Sample(state="away"),
    "permits POST /permits/desk/people": Sample(_form(person="นางสาวไม่มี")),
    "permits POST /api/v1/applications/search": Sample(_json(person="นางสาวไม่มี")),
    "permits POST /permits/desk/sign": Sample(
        _form(sign="{reference}", **{"mark-{reference}": "{mark}", "seen-{reference}": " ".join(_OPEN)}),
        state="examined", about_a_case=True,
    ),
    "permits POST /permits/desk/{reference}/findings": Sample(_form(**{"verdict-plans": "ok"})),
    "permits POST /api/v1/applications/{reference}/inspections/{inspection}/move": Sample(_DAY, state="visited"),
    "permits POST /api/v1/applications/{reference}/inspections/{inspection}/cancel": Sample(_json(), state="visited"),
    "permits POST /permits/desk/{reference}/inspections/{inspection}/move": Sample(
        _form(at=(now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")), state="visited"
    ),
    "permits POST /permits/desk/{reference}/inspections/{inspection}/cancel": Sample(_form(), state="visited"),
    "permits POST /api/v1/applications/{reference}/inspections/{inspection}": Sample(_IN_ORDER, state="visited"),
    "permits PUT /api/v1/applications/{reference}/documents/{requirement}/marks": Sample(_json(**_MARKED)),
    "permits POST /permits/desk/{reference}/marks/{requirement}": Sample(
        _form(sha256=str(_MARKED["sha256"]), **{"page-1": "1", "note-1": "x"})
    ),
    "permits POST /api/v1/applications/{reference}/inspections/{inspection}/photos": Sample(
        multipart("photo", "a.jpg", photo()), state="visited"
    ),
    "permits GET /api/v1/applications/{reference}/inspections/{inspection}/photos/{photo}": Sample(state="reported"),
    "permits POST /api/v1/applications/{reference}/inspections/{inspection}/photos/{photo}/remove": Sample(
        state="photographed"
    ),
    "permits POST /permits/desk/{reference}/inspections/{inspection}/photos/{photo}/remove": Sample(
        state="photographed"
    ),
    "permits POST /api/v1/applications/{reference}/construction": Sample(
        _json(step="started", on=_TODAY), state="decided"
    ),
    "permits POST /api/v1/applications/{reference}/construction/accept": Sample(state="finished"),
    "permits POST /api/v1/applications/{reference}/extension": Sample(_json(reason="x"), state="decided"),
    "permits POST /api/v1/applications/{reference}/extension/answer": Sample(_json(days=30), state="extension-asked"),
    "permits POST /api/v1/applications/{reference}/transfer": Sample(
        _json(holder={"name": "x", "phone": "0812345678"}), state="decided"
    ),
    "permits POST /api/v1/applications/{reference}/revoke": Sample(_json(reason="x"), state="decided"),
    "permits POST /api/v1/applications/{reference}/appeal": Sample(_json(reason="x"), state="revoked"),
    "permits POST /api/v1/applications/{reference}/appeal/answer": Sample(
        _json(outcome="dismissed", reason="x"), state="appealed"
    ),
    "permits POST /permits/{reference}/construction": Sample(
        _form(step="started", on=_TODAY), state="decided"
    ),
    "permits POST /permits/{reference}/extension": Sample(_form(reason="x"), state="decided"),
    "permits POST /permits/{reference}/appeal": Sample(_form(reason="x"), state="revoked"),
    "permits POST /permits/desk/{reference}/inspections": Sample(
        _form(at=(now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")), state="decided"
    ),
    "permits POST /permits/desk/{reference}/inspections/{inspection}": Sample(
        _form(result="in-order"), state="visited"
    ),
    "permits POST /permits/desk/{reference}/construction": Sample(
        _form(step="started", on=_TODAY), state="decided"
    ),
    "permits POST /permits/desk/{reference}/construction/accept": Sample(state="finished"),
    "permits POST /permits/desk/{reference}/extension/answer": Sample(_form(days="30"), state="extension-asked"),
    "permits POST /permits/desk/{reference}/transfer": Sample(
        _form(name="x", phone="0812345678", checked="yes"), state="decided"
    ),
    "permits POST /permits/desk/{reference}/revoke": Sample(_form(reason="x", confirm="1"), state="decided"),
    "permits POST /permits/desk/{reference}/appeal/answer": Sample(
        _form(outcome="dismissed", reason="x"), state="appealed"
    ),
    "permits GET /api/v1/plan/collections/{kind}": Sample(path={"kind": "zones"}),
    "permits GET /api/v1/plan/collections/{kind}/items": Sample(path={"kind": "zones"}),
    "permits GET /api/v1/plan/collections/{kind}/items/{code:path}": Sample(path={"kind": "zones", "code": "rural"}),
    "permits GET /api/v1/plan/collections/permits/items/{number:path}": Sample(state="decided"),
    "permits GET /permits/new/{code}": Sample(path={"code": "house-new"}),
    "permits POST /permits/new/{code}": Sample(_PERMIT_FORM, path={"code": "house-new"}),
    "each GET /static/shared/layers/{code}.geojson": Sample(path={"code": "outline"}),
    "permits POST /permits/{reference}/edit": Sample(_PERMIT_FORM, state="draft"),
    "permits POST /permits/{reference}/documents/{requirement}": Sample(multipart("file", "a.pdf", PDF), state="draft"),
    "permits POST /permits/{reference}/submit": Sample(_form(declared="yes"), state="draft"),
    "permits POST /permits/desk/{reference}/request-documents": Sample(_form(requirement="plans", note="ไม่ชัด")),
    "permits POST /permits/desk/{reference}/accept": Sample(_form(unjudged="yes")),
    "permits POST /permits/desk/{reference}/examine": Sample(_form(proposal="approve"), state="accepted"),
    "permits POST /permits/desk/{reference}/decide": Sample(
        _form(decision="approve", confirm="1", seen=" ".join(_OPEN)), state="examined"
    ),
    "permits POST /permits/signature/keep": Sample(multipart("file", "signature.png", drawing())),
    "permits POST /verify/{code}": Sample(multipart("file", "a.pdf", PDF), state="decided"),
    "permits GET /verify/{code}": Sample(state="decided"),
    "permits GET /api/v1/register/{code}": Sample(state="decided"),
    "permits GET /api/v1/applications/{reference}/letter": Sample(state="decided"),
    "permits GET /api/v1/applications/{reference}/letters/{turn}": Sample(state="decided"),
    "each GET /static/shared/town/{name}": Sample(path={"name": "overview.svg"}),
    "each POST /auth/backchannel-logout": Sample(_form(logout_token="x")),
    "intake GET /icons/{name}.png": Sample(path={"name": "192"}),
    "notify POST /inbox": Sample(asks_with_link=True),
    "notify POST /preferences/{token}": Sample(_form(action="mute")),
    "notify POST /inbox/confirm/{question}": Sample(_form(answer="yes")),
    "notify POST /inbox/links": Sample(_form(email="a@example.org")),
}  # fmt: skip
NAMED = {"owner": "shared", "path": "site.css"}  # what other names in paths stand for
OF_INCIDENTS = ("announce", "confirm", "remove")
OF_AGENCIES = ("agency_answer",)  # what is done at their pages
KINDS: Mapping[tuple[str, str], Sequence[str]] = {  # what a route is asked about, by the name in its path
    ("intake", "reference"): ("shown", "hidden"),
    ("dispatch", "act"): ("start", "assign"),
    ("permits", "reference"): ("draft", "handed-in"),
    ("permits", "token"): ("handed-in",),  # of whoever is asked about an application
    ("notify", "notice_id"): ("work", "welfare", "permit"),
    ("notify", "reference"): ("work", "welfare", "permit"),  # whose contact is looked up
    ("notify", "token"): ("work",),
    ("notify", "question"): ("work",),
}


def kinds_of(service: str, path: str) -> Sequence[str]:
    """The kinds of case that a route is to be asked about; one empty kind when it is about none."""
    if "{incident_id}" in path:
        return OF_INCIDENTS if "{act}" in path else (OF_INCIDENTS[0],)
    if "/dashboard" in path:
        return ("", "others", "division")  # whose figures: one's own when nobody says
    if path.startswith("/agency/"):
        return OF_AGENCIES if "{act}" in path else ("",)
    return next((kinds for (of, name), kinds in KINDS.items() if of == service and f"{{{name}}}" in path), ("",))


async def make(house: Houses, service: str, kind: str, sample: Sample) -> About:
    """A case of that kind in the state that the route takes."""
    match service:
        case "intake":
            return await house.report(kind, sample.state)
        case "dispatch" if kind in OF_INCIDENTS:
            about = await house.incident(sample.state or ("proposed" if kind in ("confirm", "deny") else "open"))
            return About(about.case_id, {**about.path, "act": kind})
        case "dispatch":
            about = await house.work(kind, sample.state or "assigned")  # `start` is the crew's, `assign` the desk's
            return About(about.case_id, {**about.path, "act": kind})
        case "permits" if sample.state == "away":
            return await house.absence()
        case "permits":
            return await house.application("draft" if kind == "draft" else sample.state or "submitted")
        case _:
            return await house.notice(kind or "work")
