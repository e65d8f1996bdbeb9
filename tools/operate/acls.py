"""Who may do what on the cluster, derived from the catalogue: one principal for each service and one for operators.

A principal is called like its service, behind the town's prefix: towns that share a cluster cannot read each other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import ClusterAuthorizationFailedError, for_code
from aiokafka.protocol.admin import CreateAclsRequest, DescribeAclsRequest

from shared.events.catalogue import SERVICES
from shared.events.topics import TOPICS, dlq
from shared.kernel.connections import connect
from shared.kernel.trail import Change
from shared.people import Person
from shared.settings import ServiceSettings
from tools.operate.failures import NotDone
from tools.operate.on_record import put_on_record

Resource = Literal["topic", "group"]
OPERATORS = "operators"
PUBLIC = "public."

# Kafka's own numbers, as its protocol has them.
_OPERATION = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10}
_RESOURCE: dict[Resource, int] = {"topic": 2, "group": 3}
_LITERAL, _PREFIXED, _ALLOW = 3, 4, 3
_ANY = 1
_SECURITY_DISABLED = 54  # no authorizer; the client has no class for it
# What a broker may say instead of its access lists: that it keeps none, or that they are not for us.
UNGUARDED: Final = "unguarded"
UNTOLD: Final = "untold"


@dataclass(frozen=True)
class Grant:
    """One principal may do these operations on one topic, or on one group (`prefixed`: on all that begin like it)."""

    principal: str
    resource: Resource
    name: str
    operations: tuple[str, ...]
    is_prefix: bool = False


def grants(prefix: str = "", readers: Sequence[str] = ()) -> list[Grant]:
    """Everything that the services, operators and the named outside readers need, and nothing else."""
    found = [grant for service in SERVICES for grant in _service(prefix, service)]
    found += _operators(prefix)
    return [*found, *(grant for reader in readers for grant in _reader(prefix, reader))]


def _service(prefix: str, service: str) -> Iterator[Grant]:
    """Publishes its own families, hears those of others in the group of its name, parks what it cannot take, and counts
    what is parked."""
    for topic in TOPICS.values():
        reads = ("Read",) if service in topic.readers or topic.name == dlq(service) else ()
        writes = ("Write",) if service in topic.writers else ()
        if reads or writes:
            yield Grant(prefix + service, "topic", prefix + topic.name, (*reads, *writes, "Describe"))
    yield Grant(prefix + service, "group", prefix + service, ("Read", "Describe"))


def _operators(prefix: str) -> Iterator[Grant]:
    """Make and compare topics, look at records and at how far each group is, put events into their topics again, and
    after a restoration say from where on each group goes on."""
    for topic in TOPICS.values():
        yield Grant(
            prefix + OPERATORS, "topic", prefix + topic.name, ("Read", "Write", "Create", "Describe", "DescribeConfigs")
        )
    for service in SERVICES:
        yield Grant(prefix + OPERATORS, "group", prefix + service, ("Read", "Describe"))


def _reader(prefix: str, reader: str) -> Iterator[Grant]:
    """An outside reader: all public topics, in groups called `<its name>.<anything>`."""
    yield Grant(reader, "topic", prefix + PUBLIC, ("Read", "Describe"), is_prefix=True)
    yield Grant(reader, "group", f"{reader}.", ("Read", "Describe"), is_prefix=True)


def as_command(grant: Grant) -> str:
    """The same as arguments of Kafka's own `kafka-acls.sh --add`."""
    operations = " ".join(f"--operation {operation}" for operation in grant.operations)
    pattern = " --resource-pattern-type prefixed" if grant.is_prefix else ""
    return f"--allow-principal User:{grant.principal} --{grant.resource} {grant.name}{pattern} {operations}"


def single(granted: Sequence[Grant]) -> Iterator[Grant]:
    """One operation each, as the broker keeps them."""
    return (replace(grant, operations=(one,)) for grant in granted for one in grant.operations)


async def list_missing(admin: AIOKafkaAdminClient, wanted: Sequence[Grant]) -> list[Grant]:
    """Those of them that the broker does not give yet. Raises the broker's error: who is not its administrator may not
    ask; and `NotDone` where it keeps no access lists."""
    there = await read(admin)
    if there == UNTOLD:
        raise ClusterAuthorizationFailedError("only the cluster's administrator reads and gives rights")
    if there == UNGUARDED:
        raise NotDone("the broker keeps no access lists: give it an authorizer first, nothing was put in force")
    known = set(single(there))
    return [one for one in single(wanted) if one not in known]


async def put_in_force(admin: AIOKafkaAdminClient, wanted: Sequence[Grant], who: Person) -> Sequence[Grant]:
    """What is missing of them, once it is on record who gives it; of what is in force already nothing is said anew."""
    given = await list_missing(admin, wanted)
    if not given:
        return given
    settings = ServiceSettings()
    client = connect(settings.mongodb_uri, "operator")
    try:
        rights = Change("rights", None, [*map(as_command, given)])
        await put_on_record(client, settings, "topics-acls", who, (rights,))
    finally:
        client.close()
    await apply(admin, given)
    return given


async def apply(admin: AIOKafkaAdminClient, wanted: Sequence[Grant]) -> None:
    """Add them; those that are there already stay. Raises the broker's error: who is not its administrator may not."""
    for grant in wanted:
        for operation in grant.operations:
            pattern = _PREFIXED if grant.is_prefix else _LITERAL
            request = CreateAclsRequest(
                _RESOURCE[grant.resource], grant.name, pattern, f"User:{grant.principal}", "*",
                _OPERATION[operation], _ALLOW,
            )  # fmt: skip
            answer = await admin._send_request(request)  # noqa: SLF001 - the client has the request and no method for it
            for code, message in answer.creation_responses:
                if code:
                    raise for_code(code)(message)


async def read(admin: AIOKafkaAdminClient) -> list[Grant] | Literal["unguarded", "untold"]:
    """What the broker's access lists give on topics and groups, to whom."""
    request = DescribeAclsRequest(_ANY, None, _ANY, None, None, _ANY, _ANY)  # of anything, to anybody
    answer = await admin._send_request(request)  # noqa: SLF001 - as above
    error = for_code(answer.error_code)
    if answer.error_code == _SECURITY_DISABLED:
        return UNGUARDED
    if error is ClusterAuthorizationFailedError:
        return UNTOLD
    if answer.error_code:
        raise error(answer.error_message)
    resources: dict[int, Resource] = {number: name for name, number in _RESOURCE.items()}
    operations = {number: name for name, number in _OPERATION.items()}
    return [
        Grant(principal.removeprefix("User:"), resources[kind], name, (operations.get(what, str(what)),),
              is_prefix=pattern == _PREFIXED)
        for kind, name, pattern, given in answer.resources if kind in resources
        for principal, _, what, permission in given if permission == _ALLOW
    ]  # fmt: skip
