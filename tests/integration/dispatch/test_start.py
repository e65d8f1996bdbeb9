"""What a start does to a database that an earlier version has used."""

from services.dispatch.settings import Settings
from services.dispatch.store import INDEXES, RETIRED, Store
from shared.events.ids import new_id
from shared.kernel.service import Service
from tests.support.fieldwork import eventually
from tests.support.work import town


async def test_an_index_of_an_earlier_version_goes_and_those_of_today_stay(mongo: str) -> None:
    settings = Settings.model_validate(
        {"mongodb_uri": mongo, "mongodb_prefix": new_id()[-12:], "otel_traces_exporter": "none", "roles": "api"}
    )
    service = Service("dispatch", settings, "maehia")
    collection = Store(service, town()).orders.collection
    await collection.create_indexes([*RETIRED])
    wanted = {index.document["name"] for index in INDEXES}

    async def prepared() -> bool | None:
        names = {*await collection.index_information()}
        return (wanted < names and "near" not in names) or None

    async with service.lifespan():
        assert await eventually(prepared)
        await service.database.client.drop_database(service.database)
