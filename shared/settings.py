"""Settings that every service has, read from the environment; a service adds its own in its `settings.py`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Role = Literal["api", "worker", "relay", "timers"]
TracesSampler = Literal[
    "always_on", "always_off", "traceidratio",
    "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio",
]  # fmt: skip
ALL_ROLES: frozenset[Role] = frozenset(("api", "worker", "relay", "timers"))


class ServiceSettings(BaseSettings):
    """One environment variable each, named like the field in capitals."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    environment: Literal["local", "test", "production"] = "local"
    town_dir: Path = Path("deploy/municipalities/maehia")
    public_url: str = "http://localhost:8080"  # the one origin that browsers see
    roles: Annotated[frozenset[Role], NoDecode] = ALL_ROLES

    mongodb_uri: str = "mongodb://127.0.0.1:27017/?replicaSet=rs0&directConnection=true"
    mongodb_prefix: str = "onestop"  # each service's database is `<prefix>_<service>`
    kafka_bootstrap_servers: str = "127.0.0.1:9092"  # comma-separated
    topic_prefix: str = ""  # lets several towns share one cluster

    oidc_issuer: str = "http://localhost:8181"
    oidc_client_id: str = "onestop"
    oidc_client_secret: str = "onestop-local"
    oidc_audience: str = "onestop"  # what `aud` of a bearer token must hold
    session_secret: str = "local-only-session-secret"  # signs cookies; a new one signs everybody out
    link_secret: str = "local-only-link-secret"  # derives the citizens' secret links; a new one ends them all
    rate_limits: str = ""  # `off`, or `name=per_minute,…` in place of the limits in the code (0: none)
    trusted_proxies: str = "127.0.0.0/8,::1"  # networks whose X-Forwarded-For is believed

    otel_exporter_otlp_endpoint: str = ""  # empty and no exporter chosen: traces are not exported
    otel_traces_sampler: TracesSampler = "always_on"  # OpenTelemetry's own default lets any client switch tracing off
    otel_traces_sampler_arg: float = Field(default=1.0, ge=0, le=1)  # share of traces kept by the two ratio samplers
    otel_traces_exporter: Literal["otlp", "zipkin", "none"] = "otlp"
    zipkin_endpoint: str = "http://127.0.0.1:9411/api/v2/spans"
    park_refused: bool = False  # park what cannot be read or is refused without ever stopping for its number
    log_level: str = "INFO"
    shutdown_seconds: float = Field(default=20, gt=0)  # and 3 s for traces; the pod's grace period must exceed both

    @field_validator("roles", mode="before")
    @classmethod
    def _split_roles(cls, value: object) -> object:
        """`ROLES=api,relay` as people write it."""
        if isinstance(value, str):
            return frozenset(part.strip() for part in value.split(",") if part.strip())
        return value

    def topic(self, name: str) -> str:
        """The topic's real name in the cluster."""
        return f"{self.topic_prefix}{name}"

    @property
    def bootstrap(self) -> list[str]:
        """Kafka's addresses as a list (a comma-separated string would be taken for one host)."""
        return [part.strip() for part in self.kafka_bootstrap_servers.split(",") if part.strip()]
