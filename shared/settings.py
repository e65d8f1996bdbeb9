"""Settings that every service has, read from the environment; a service adds its own in its `settings.py`."""

import os
from collections.abc import Iterable
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from pydantic_settings import PydanticBaseSettingsSource as Source

from shared.brokers import Brokers, Identity, Mechanism, Protocol

Role = Literal["api", "worker", "relay", "timers"]
TracesSampler = Literal[
    "always_on", "always_off", "traceidratio",
    "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
]  # fmt: skip
Risk = Literal[
    "no-rate-limit",
    "kafka-in-the-clear",
    "kafka-open",
    "mongodb-open",
    "mongodb-in-the-clear",
    "traces-in-the-clear",
    "smtp-in-the-clear",
    "letters-in-the-clear",
    "shared-identity",
]
ALL_ROLES: frozenset[Role] = frozenset(("api", "worker", "relay", "timers"))
# Published with the code: `shared.web.safety` lets nobody serve others with them.
_SESSION, _LINK, _CLIENT = "local-only-session-secret", "local-only-link-secret", "onestop-local"
DEVELOPMENT = frozenset((_SESSION, _LINK, _CLIENT))
_PUBLISHED = "local-only-"  # how each of them begins that is not a provider's
MIN_SECRET = 32  # characters; 128 bits even when it is hexadecimal
MIN_DIFFERENT = 10  # characters; 32 hexadecimal ones that were drawn at random have fewer once in 300 million times


def _is_there(file: Path, info: ValidationInfo) -> Path:
    if not file.is_file():
        raise ValueError(f"{(info.field_name or '').upper()}={file}: there is no such file")
    return file


def is_weak(secret: str, least: int = MIN_SECRET) -> bool:
    """Whether somebody could know or guess it: published with the code, too short, or hardly random."""
    published = secret in DEVELOPMENT or secret.startswith(_PUBLISHED)
    return published or len(secret) < least or len(set(secret)) < min(MIN_DIFFERENT, least)


def _pairs(text: str) -> list[tuple[str, str, str]]:
    return [part.partition("=") for part in text.split(",") if part.strip()]


PemFile = Annotated[Path, AfterValidator(_is_there)]


class MissingFile(ValueError):
    """A file that a `…_FILE` names cannot be read; the text names the variable, the file and why."""


class FromFiles(Source):
    """Values kept in files: `SESSION_SECRET_FILE=/run/secrets/session` in place of `SESSION_SECRET`."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - inherited
        """The value, under the field's own name. Raises `MissingFile`. Of what is said without a file none is read."""
        file = os.environ.get(f"{field_name.upper()}_FILE")
        if not file or os.environ.get(field_name.upper()):
            return None, field_name, False
        try:
            return Path(file).read_text().strip(), field_name, False
        except OSError as error:
            raise MissingFile(f"{field_name.upper()}_FILE={file}: {error.strerror}") from error

    def __call__(self) -> dict[str, Any]:
        """Every field that has a file."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


class ServerSettings(BaseSettings):
    """Which service a process is, and where it listens; read before the service's own settings."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    service: str = ""  # empty: it is named on the command line
    bind: str = "127.0.0.1"
    port: int = Field(default=8080, gt=0, lt=65536)


class NameSettings(BaseSettings):
    """What a town's databases and topics are called: known before there is any secret."""

    # What was given is not said again in an error: it may be a password, and errors are logged.
    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    mongodb_prefix: str = "onestop"  # each service's database is `<prefix>_<service>`
    topic_prefix: str = ""  # lets several towns share one cluster

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: Source,
        env_settings: Source,
        dotenv_settings: Source,  # noqa: ARG003 - there is none
        file_secret_settings: Source,  # noqa: ARG003 - names its files otherwise
    ) -> tuple[Source, ...]:
        """`NAME_FILE` names a file that holds the value of `NAME`, as secrets are mounted."""
        return init_settings, env_settings, FromFiles(settings_cls)


class ServiceSettings(NameSettings):
    """One environment variable each, named like the field in capitals."""

    environment: Literal["local", "test", "production"] = "local"
    town_dir: Path = Path("deploy/municipalities/maehia")
    public_url: str = "http://localhost:8080"  # the one origin that browsers see
    roles: Annotated[frozenset[Role], NoDecode] = ALL_ROLES

    mongodb_uri: str = "mongodb://127.0.0.1:27017/?replicaSet=rs0&directConnection=true"
    kafka_bootstrap_servers: str = "127.0.0.1:9092"  # comma-separated
    kafka_security_protocol: Protocol = "PLAINTEXT"
    kafka_sasl_mechanism: Mechanism = "SCRAM-SHA-512"
    kafka_sasl_username: str = ""
    kafka_sasl_password: str = ""
    kafka_ca_file: PemFile | None = None  # PEM; empty: whom the system trusts
    kafka_certificate_file: PemFile | None = None  # PEM, the client's own; its key may be in the same file
    kafka_key_file: PemFile | None = None
    kafka_token_url: str = ""  # of OAUTHBEARER; the user name and its password are the client's there
    kafka_token_scope: str = ""

    oidc_issuer: str = "http://localhost:8181"
    oidc_ca_file: PemFile | None = None  # PEM, of a provider that no public authority vouches for
    oidc_client_id: str = "onestop"
    oidc_client_secret: str = _CLIENT
    oidc_audience: str = "onestop-api"  # what `aud` of a bearer token must hold
    session_secret: str = _SESSION  # signs cookies; a new one signs everybody out
    session_secret_also: str = ""  # cookies signed with it are good too, while the secret is changed
    link_secret: str = _LINK  # derives the citizens' secret links; a new one ends them all
    link_secret_also: str = ""  # links derived from it open too, while the secret is changed
    signing_max_age_seconds: int = Field(default=0, ge=0)  # since who signs a decision proved who they are; 0: any
    signing_acr: str = ""  # by which means (`acr`), separated by spaces; empty: by any
    accepted_risks: Annotated[frozenset[Risk], NoDecode] = frozenset()  # what `shared.web.safety` would refuse
    rate_limits: str = ""  # `off`, or `name=per_minute,…` in place of the limits in the code (0: none)
    client_share: float = Field(default=0.25, ge=0.125, lt=1)  # of a process's places, for each client
    trusted_proxies: str = "127.0.0.0/8,::1"  # networks whose X-Forwarded-For is believed

    otel_exporter_otlp_endpoint: str = ""  # empty and no exporter chosen: traces are not exported
    otel_exporter_otlp_headers: str = ""  # `name=value,…`, percent-encoded; a collector's key or password
    otel_exporter_otlp_certificate: PemFile | None = None  # who vouches for it, PEM; empty: whom the system trusts
    otel_exporter_otlp_client_certificate: PemFile | None = None  # PEM, the process's own, where it is asked for one
    otel_exporter_otlp_client_key: PemFile | None = None
    otel_traces_sampler: TracesSampler = "always_on"  # the case's whole way, whenever it is asked for
    otel_traces_sampler_arg: float = Field(default=1.0, ge=0, le=1)  # share of traces kept by the two ratio samplers
    otel_traces_exporter: Literal["otlp", "zipkin", "none"] = "otlp"
    zipkin_endpoint: str = "http://127.0.0.1:9411/api/v2/spans"
    park_refused: bool = False  # park what cannot be read or is refused without ever stopping for its number
    trail_days: int = Field(default=730, ge=90)  # for how long the town keeps what its staff did to which case
    log_level: str = "INFO"
    shutdown_seconds: float = Field(default=20, gt=0)  # and 3 s for traces; the pod's grace period must exceed both

    @field_validator("public_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        """Once and for all `https://host[:port]`: cookies, links and policies are made of it, and compared with it."""
        parts = urlsplit(value.strip())
        bare = parts.path in ("", "/") and not parts.query and not parts.fragment and "@" not in parts.netloc
        if parts.scheme not in ("http", "https") or not parts.hostname or not bare:
            raise ValueError(f"PUBLIC_URL={value}: write https://host, without a path")
        standard = {"http": 80, "https": 443}[parts.scheme]
        host = parts.netloc.lower().removesuffix(f":{standard}")
        return f"{parts.scheme}://{host}"

    @field_validator("otel_exporter_otlp_headers")
    @classmethod
    def _headers(cls, value: str) -> str:
        """Found at the start, and not when the first trace is sent."""
        if any(not (name.strip() and equals) for name, equals, _ in _pairs(value)):
            raise ValueError("OTEL_EXPORTER_OTLP_HEADERS: write name=value,…")  # and not what was written: a secret
        return value

    @field_validator("roles", "accepted_risks", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        """`ROLES=api,relay` as people write it."""
        if isinstance(value, str):
            return frozenset(part.strip() for part in value.split(",") if part.strip())
        return value

    def unsafe(self) -> Iterable[tuple[str, Risk | Literal[""]]]:
        """What its own settings would risk where others are served, and the name of a risk that a town may accept
        (`shared.web.safety`)."""
        return ()

    def topic(self, name: str) -> str:
        """The topic's real name in the cluster."""
        return f"{self.topic_prefix}{name}"

    @property
    def brokers(self) -> Brokers:
        """Kafka's addresses, and who this process is to it."""
        servers = tuple(part.strip() for part in self.kafka_bootstrap_servers.split(",") if part.strip())
        identity = Identity(
            self.kafka_security_protocol,
            self.kafka_sasl_mechanism,
            self.kafka_sasl_username,
            self.kafka_sasl_password,
            self.kafka_ca_file,
            self.kafka_certificate_file,
            self.kafka_key_file,
            self.kafka_token_url,
            self.kafka_token_scope,
            self.oidc_ca_file,
        )
        return Brokers(servers, identity)

    @property
    def otlp_headers(self) -> dict[str, str]:
        """What the collector of traces is told with each request, such as a key."""
        said = _pairs(self.otel_exporter_otlp_headers)
        return {name.strip().lower(): unquote(value.strip()) for name, _, value in said}

    @property
    def session_secrets(self) -> tuple[str, ...]:
        """The one that signs, and the one that counts beside it. A process that serves nobody is given neither: it
        draws its own, so that nothing which was signed with the published one is ever believed."""
        if "api" not in self.roles:
            return (token_urlsafe(32),)
        return (self.session_secret, *filter(None, [self.session_secret_also]))

    @property
    def link_secrets(self) -> tuple[str, ...]:
        """The one that links are made with, and the one whose links open beside them."""
        return (self.link_secret, *filter(None, [self.link_secret_also]))

    @model_validator(mode="after")
    def _signs_in(self) -> Self:
        """Better at the start than as a connection that is refused again and again."""
        who = self.brokers.identity
        if who.has_password and not (who.username and who.password):
            raise ValueError(
                f"KAFKA_SECURITY_PROTOCOL={who.protocol} needs KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"
            )
        if who.has_token and not who.token_url:
            raise ValueError("KAFKA_SASL_MECHANISM=OAUTHBEARER needs KAFKA_TOKEN_URL")
        return self
