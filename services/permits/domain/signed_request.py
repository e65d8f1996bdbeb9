"""Which data a signed request form was printed from: what was corrected afterwards is not what was signed."""

import hashlib
import json

from services.permits.domain.application import Application


def mark_of(application: Application) -> str:
    """`7F3A-21BC`: the same for the same answers, printed on the form and shown to the officer who checks it."""
    who, where = application.applicant, application.location
    told = [
        application.reference,
        application.type,
        application.form,
        who.name,
        who.phone,
        who.email,
        who.address,
        where.address,
        where.latitude,
        where.longitude,
    ]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest().upper()
    return f"{digest[:4]}-{digest[4:8]}"
