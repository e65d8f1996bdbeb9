"""A town with one permit type, and applications in any state of its way, for tests of permits."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from services.permits.domain import completeness, decision, handing_in
from services.permits.domain.application import (
    Actor,
    Applicant,
    Application,
    Decision,
    Location,
    State,
)
from services.permits.domain.bill import Bill, FeeLine, Payment
from services.permits.domain.documents import hand_in
from services.permits.domain.paper import Upload
from services.permits.domain.rules import rules_of
from services.permits.domain.signed_acts import Signing
from shared.calendar import Hours, WeekHours
from shared.events.ids import new_id
from shared.events.neighbours import PermitNeighbourAsked
from shared.events.permit_life import PermitConsulted
from shared.kernel import Cause
from shared.town.models import (
    Appeal,
    Choice,
    Condition,
    Document,
    Duration,
    Fee,
    FormField,
    LandUseZone,
    Lane,
    PermitStep,
    PermitType,
    Signatory,
    Text,
    Town,
    TownCalendar,
)
from shared.town.notices import NoticeRule
from shared.town.work import Agency
from tests.support.small_town import SQUARE, small_town

OFFICER = Actor(sub="officer", name="นภา", level="officer")
EXAMINER = Actor(sub="examiner", name="ธีระ", level="examiner")
CASHIER = Actor(sub="cashier", name="อรวรรณ", level="cashier")
SIGNATORY = Actor(sub="signatory", name="สุดา", level="signatory")
HOME = Location(latitude=18.74, longitude=98.95, address="99/4 หมู่ 3")
ELSEWHERE = Location(latitude=18.70, longitude=98.90)
FORM = {"storeys": "1", "usable_area_m2": "150.00", "use": "house", "height_m": "4.2", "setback_m": "3",
        "covered_area_m2": "120", "plot_area_m2": "400"}  # fmt: skip
OPEN = (Hours.model_validate({"opens": "08:30", "closes": "16:30"}),)
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # 09:00 in Bangkok


def words(text: str) -> Text:
    """The same text in both languages."""
    return Text(th=text, en=text)


def number(code: str, **limits: object) -> FormField:
    """A decimal field."""
    return FormField.model_validate({"code": code, "label": words(code), "type": "decimal", **limits})


def condition(code: str, **test: object) -> Condition:
    """A lane's condition."""
    return Condition.model_validate({"code": code, "name": words(code), **test})


def document(code: str, **rules: object) -> Document:
    """A document of any of the three kinds."""
    accepts = ("application/pdf", "image/jpeg", "image/png")
    return Document.model_validate({"code": code, "name": words(code), "accepts": accepts, **rules})


_IN_THE_PROFILE = PermitType(
    name=words("บ้าน"), form_code=words("ข.1"), law=words("มาตรา 21"), valid_days=365, fee_due_days=30,
    fees=(Fee(code="permit", name=words("ใบอนุญาต"), law=words("ข้อ 1"), amount=Decimal(20)),),
    appeal=Appeal(days=30, law=words("มาตรา 52")),
    fields=(
        FormField(code="storeys", label=words("ชั้น"), type="integer", minimum=Decimal(1)),
        number("usable_area_m2", minimum=1), number("height_m"), number("setback_m"), number("covered_area_m2"),
        number("plot_area_m2"),
        FormField(code="use", label=words("การใช้"), type="choice",
                  choices=(Choice(code="house", label=words("บ้าน")), Choice(code="shop", label=words("ร้าน")))),
        FormField(code="remark", label=words("หมายเหตุ"), type="longtext", required=False),
    ),
    documents=(
        document("title-deed"), document("plans", accepts=("application/pdf",), max_mb=1),
        document("engineer", required=False,
                 required_when=(condition("large", field="usable_area_m2", at_least="150.01"),)),
        document("consent", required=False),
    ),
    lanes=(
        Lane(code="fast", name=words("ด่วน"), duration=Duration(minutes=120), conditions=(
            condition("storeys", field="storeys", equals=1),
            condition("usable-area", field="usable_area_m2", at_most="150.0"),
            condition("residential", field="use", one_of=("house", "row-house")),
            condition("zone", check="zone-allows-use"), condition("documents", check="documents-complete"),
            condition("plan", check="plan-checks-pass"),
        )),
        Lane(code="normal", name=words("ปกติ"), duration=Duration(days=20)),
    ),
)  # fmt: skip


def permit_town() -> Town:
    """One permit type, two offices, a working week without holidays, escalation at half and at the end."""
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    return small_town().model_copy(update={
        "reference_prefix": "ST",
        "notices": (),
        "calendar": TownCalendar(timezone="Asia/Bangkok", hours=WeekHours(**dict.fromkeys(days, OPEN)), years=(2026,)),
        "permits": {"house-new": _IN_THE_PROFILE},
        "permit_escalation": (PermitStep(percent=50, level="examiner"), PermitStep(percent=100, level="clerk")),
        "signatories": (Signatory(code="mayor", title=words("นายก")),
                        Signatory(code="clerk", title=words("ปลัด"), permits=("fence",))),
        "land_use": (LandUseZone(code="low", name=words("อยู่อาศัย"), colour="yellow", allows=("house",),
                                 max_height_m=12, max_coverage_percent=60, min_setback_m=2, polygons=((SQUARE,),)),),
    })  # fmt: skip


def town_with_agency() -> Town:
    """The same, with an agency that is asked by mail."""
    pea = Agency(name=words("การไฟฟ้า"), phone="1129", email="plans@pea.example")
    asked = NoticeRule(
        code="asked", event=PermitConsulted.type, audience="consultee", channels=("email",), template="asked"
    )
    return permit_town().model_copy(update={"agencies": {"pea": pea}, "notices": (asked,)})


def town_that_mails_neighbours() -> Town:
    """The same, where neighbours are written to."""
    asked = NoticeRule(
        code="next-door",
        event=PermitNeighbourAsked.type,
        audience="neighbour",
        channels=("email",),
        template="next-door",
    )
    return permit_town().model_copy(update={"notices": (asked,)})


TOWN = permit_town()
RULES = rules_of(TOWN, "house-new")
HOUSE = RULES.permit


def a_payment(amount: int = 2000, moment: datetime = MONDAY, **values: object) -> Payment:
    """Money that the cashier has taken."""
    made = {"satang": amount, "method": "cash", "paid_on": moment, "sub": CASHIER.sub, "name": CASHIER.name}
    return Payment.model_validate({**made, "at": moment, **values})


def a_bill(*, paid: bool = False, **values: object) -> Bill:
    """Twenty baht for a permit, to be paid in 30 days, or paid."""
    payment = {"standing": "paid", "payment": a_payment(receipt="P-1/2569")} if paid else {}
    made = {"lines": (FeeLine(code="permit", satang=2000),), "satang": 2000, "issued_at": MONDAY}
    return Bill.model_validate({**made, "due_at": MONDAY + timedelta(days=30), **payment, **values})


def signing(by: Actor = SIGNATORY, office: str = "mayor", code: str = "9ABC-DEFG-HJK0") -> Signing:
    """Who signs what comes after the decision."""
    return Signing(by, office, code)


def at(moment: datetime = MONDAY) -> Cause:
    """A request at that moment."""
    return Cause.request(at=moment)


def draft(form: dict[str, str] | None = None, location: Location = HOME) -> Application:
    """Filled in, nothing handed in."""
    return Application(
        id=new_id(), reference="ST-0000-0000", type="house-new", fingerprint="x", form={**FORM, **(form or {})},
        location=location, zone="one", applicant=Applicant(name="สมชาย", email="a@example.org"), created_at=MONDAY,
    )  # fmt: skip


def with_documents(application: Application, *codes: str, moment: datetime = MONDAY) -> Application:
    """The application with a file for each of these documents."""
    for code in codes:
        upload = Upload(
            id=new_id(), sha256=new_id(), sent_sha256=new_id(), size=1, media_type="application/pdf", filename="a.pdf",
            at=moment,
        )  # fmt: skip
        step = hand_in(application, at(moment), HOUSE, code, upload)
        assert step is not None
        application = step.state
    return application


def signed(decided: str = "approved", by: Actor = SIGNATORY, **values: object) -> Decision:
    """A signature as the office hands it to the domain."""
    made = {"by": by, "office": "mayor", "decision": decided, "legal_reason": "" if decided == "approved" else "ม. 21",
            "conditions": (), "at": MONDAY, "number": "1/2569" if decided == "approved" else None,
            "verify_code": "7QHX-29MD-KT4P", "on_time": True, "valid_until": None, **values}  # fmt: skip
    return Decision.model_validate(made)


def application(state: State, moment: datetime = MONDAY, **form: str) -> Application:
    """An application that went the straight way to `state`, all of it at one moment."""
    filled = with_documents(draft(form), "title-deed", "plans", moment=moment)
    if state == "draft":
        return filled
    filled = handing_in.submit(filled, at(moment), RULES, TOWN, declared=True).state
    if state == "documents-requested":
        return completeness.request_documents(filled, at(moment), RULES, TOWN, OFFICER, ["title-deed"], "ไม่ชัด").state
    if state == "withdrawn":
        return handing_in.withdraw(filled, at(moment), Actor(), "").state
    if state == "submitted":
        return filled
    filled = completeness.accept(filled, at(moment), RULES, TOWN, OFFICER).state
    if state == "accepted":
        return filled
    filled = decision.examine(filled, at(moment), EXAMINER, "approve", "", "", ()).state
    return filled if state == "examined" else decision.decide(filled, at(moment), RULES, TOWN, signed()).state
