"""Every setting of the program: environment variables `REFORM_PULSE_<NAME>`, secret files, a TOML file.

Secret files are those of the folder that `REFORM_PULSE_SECRETS` names, as containers mount them: the file
`reform_pulse_clickhouse_password` has that setting's value. The TOML file is `reform-pulse.toml` in the
working directory, or the one that `REFORM_PULSE_SETTINGS` names. Environment beats secret file beats TOML
file beats default. `docs/settings.md` is generated from this class.
"""

import os
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from streams import window

PREFIX = "REFORM_PULSE_"


class Settings(BaseSettings):
    """All settings with their defaults; unknown names in the file are an error."""

    # What pydantic says of a mistake would repeat all values, passwords included.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    kafka: str = Field("127.0.0.1:9092", description="Kafka bootstrap servers, comma-separated `host:port`.")
    kafka_security: str = Field(
        "PLAINTEXT",
        pattern="^(PLAINTEXT|SSL|SASL_PLAINTEXT|SASL_SSL)$",
        description="How Kafka is spoken to: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL; SSL is TLS, SASL a "
        "password by SCRAM-SHA-512.",
    )
    kafka_user: str = Field("", description="Kafka user, with SASL.")
    kafka_password: SecretStr = Field(SecretStr(""), description="Password of the Kafka user.")
    kafka_ca: Path | None = Field(
        None, description="PEM file of who signs the brokers' certificates; none: the system's authorities."
    )
    kafka_certificate: Path | None = Field(
        None, description="PEM file of this program's own certificate, where brokers ask for one."
    )
    kafka_key: Path | None = Field(None, description="PEM file of the key of that certificate.")
    group: str = Field("reform-pulse", description="Consumer group of the workers.")
    group_instance: str = Field(
        "",
        description="Name of this worker in its group, kept over restarts (static membership): back within "
        "`session_timeout` it has its shards again, and the others never stop. None: it leaves when it ends.",
    )
    partitions: int = Field(4, ge=1, le=512, description="Partitions of a topic that has to be created.")
    replication: int = Field(1, ge=1, le=7, description="Replicas of a topic that has to be created.")
    session_timeout: float = Field(10.0, gt=1, description="Seconds until a silent worker loses its shards.")
    heartbeat_interval: float = Field(3.0, gt=0, description="Seconds between heartbeats to the group.")
    fetch_max_bytes: int = Field(4_000_000, ge=10_000, description="Most bytes of one partition per fetch.")
    fetch_min_bytes: int = Field(
        1_000_000, ge=1, description="A fetch waits for so many bytes: small batches cost more per event."
    )
    fetch_max_wait_ms: int = Field(200, ge=1, description="How long a fetch waits for them, in milliseconds.")
    shutdown_seconds: float = Field(
        5.0, gt=0, description="The process ends at the latest so long after SIGTERM."
    )

    clickhouse: str = Field(
        "http://127.0.0.1:8123", description="ClickHouse server, `http(s)://user@host:port/database`."
    )
    clickhouse_password: SecretStr = Field(SecretStr(""), description="Password of the ClickHouse user.")
    clickhouse_ca: Path | None = Field(
        None, description="PEM file of who signs ClickHouse's certificate; none: the usual authorities."
    )
    clickhouse_cluster: str = Field(
        "",
        pattern=r"^[\w.{}-]*$",
        description="Name of the cluster, of one shard with replicas, that the ClickHouse server belongs to: "
        "tables replicate, `migrate` reaches all of them, and a majority acknowledges each write. None: one "
        "server by itself.",
    )
    clickhouse_timeout: float = Field(
        30.0, ge=1, description="Seconds until a ClickHouse request is given up; whole ones."
    )

    checkpoint_rows: int = Field(200_000, ge=1, description="Events after which a checkpoint is written.")
    checkpoint_seconds: float = Field(
        1.0, gt=0, description="Seconds after which a checkpoint is written, but behind a backlog."
    )
    retry_seconds: float = Field(5.0, gt=0, description="Longest pause between two tries of a failing write.")

    evict_after_days: int = Field(
        90,
        ge=0,
        description="States that no event has touched for so many days (of the events) leave the worker's "
        "memory; a later event fetches them back from ClickHouse. 0: never.",
    )

    dead_letter_topic: str = Field("reform.dead-letters", description="Topic of what was refused.")
    dead_letter_ratio: float = Field(
        0.5,
        gt=0,
        le=1,
        description="The worker stops when more than this share of the last 1,000 events is refused.",
    )
    dead_letter_run: int = Field(
        1_000, ge=1, description="The worker stops after so many refused events in a row (per shard)."
    )

    administrative_day: int = Field(
        15, ge=1, le=28, description="First day of administrative periods, in the month before (`-admin`)."
    )
    catalogue: Path | None = Field(
        None, description="A province's own catalogue file, on top of the built-in one."
    )
    metrics_host: str = Field(
        "127.0.0.1", description="Address that metrics and probes listen on; in a container `0.0.0.0`."
    )
    metrics_port: int = Field(
        0,
        ge=0,
        le=65535,
        description="Port of `/metrics`, `/health/live` and `/health/ready` of a worker; 0: off.",
    )
    gauge_windows: str = Field(
        "24h,7d,28d,30d", description="Windows of the measures exported to Prometheus, in hours or days."
    )
    gauge_agencies: int = Field(
        300, ge=1, description="Agencies with a label of their own in Prometheus; the rest is rolled up."
    )
    gauge_depth: int = Field(
        0, ge=0, description="Agency codes are cut to so many parts in Prometheus; 0: not at all."
    )
    gauge_sources: int = Field(
        50, ge=1, description="Sources with a label of their own in Prometheus; the rest is `other`."
    )
    gauge_seconds: float = Field(
        10.0, gt=0, description="Seconds until the gauges of the province are computed again."
    )
    pseudonym_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys of the hashes that stand for dossier codes: `a=secret, b@2027-01-01=secret`.",
    )
    adapters: Path | None = Field(
        None, description="Folder of source configurations: `NAME.toml` is `/v1/ingest/NAME`."
    )
    raw_adapters: str = Field(
        "", description="Adapters that `ingest` runs on their topics `reform.raw.NAME`, comma-separated."
    )
    raw_group: str = Field("reform-pulse-raw", description="Consumer group of `ingest`.")
    http_host: str = Field(
        "127.0.0.1", description="Address that `serve` listens on; any but this machine's own takes API keys."
    )
    http_port: int = Field(8080, ge=0, le=65535, description="Port of `serve` and `up`; 0: any free one.")
    api_keys: Path | None = Field(
        None, description="File of API keys, made by `keys create`; none: whoever is on this machine may."
    )
    oidc_issuer: str = Field(
        "", description="Issuer of OIDC tokens that may ask (not send), its URL; none: API keys alone."
    )
    oidc_audience: str = Field("", description="The audience that a token must be for: our name there.")
    oidc_jwks_url: str = Field(
        "", description="Where the issuer's keys are; none: its discovery document says it."
    )
    oidc_role_claim: str = Field(
        "roles", description="Claim of a token with its roles; `realm_access.roles` for one inside another."
    )
    oidc_agency_claim: str = Field("agencies", description="Claim with the agency codes it may see, or `*`.")
    oidc_roles: str = Field(
        "", description="What the issuer calls our roles: `ioc-viewers=viewer, ioc-duty=operator`."
    )
    oidc_client_id: str = Field(
        "",
        description="Our client at the issuer, to sign in on the board in a browser; none: keys and tokens.",
    )
    oidc_client_secret: SecretStr = Field(
        SecretStr(""), description="Secret of that client; none: it is a public one, held by PKCE alone."
    )
    oidc_scope: str = Field(
        "openid profile", pattern=r"(^| )openid( |$)", description="Scopes that a sign-in asks for."
    )
    board_url: str = Field(
        "",
        description="Address that browsers open the board at, `https://pulse.example.gov.vn`: a sign-in "
        "comes back to `/session/callback` there.",
    )
    session_minutes: int = Field(
        60,
        ge=5,
        le=1440,
        description="Minutes until the board signs in anew, by itself where the issuer still knows who it "
        "is; so long does what was taken away there still open here.",
    )
    session_secret: SecretStr = Field(
        SecretStr(""),
        description="Signs the sessions, 32 signs or more, the same for all that serve one address; none: a "
        "new one with each start.",
    )
    gateway_rate: float = Field(
        10_000.0,
        gt=0,
        description="Events per second that a key may send on average; ten times that at once.",
    )
    gateway_body_bytes: int = Field(
        4 << 20,
        ge=1 << 16,
        description="Most bytes of a request to the gateway; 500 events are some 160 kB.",
    )
    gateway_timeout: float = Field(
        10.0, gt=0, description="Seconds until the gateway answers 503 because Kafka does not acknowledge."
    )
    gateway_origins: str = Field(
        "*", description="Whose web hooks may validate this address, comma-separated domain names; `*`: all."
    )
    query_rate: float = Field(
        100.0, gt=0, description="Questions per second that a key may ask the query API on average."
    )
    alertmanager: str = Field(
        "", description="Alertmanager whose alerts the live board shows, `http://host:9093`; none: no alerts."
    )
    public_minimum: int = Field(
        5, ge=2, description="Smallest denominator that `/v1/public` shows; smaller ones are hidden."
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="DEBUG, INFO, WARNING or ERROR."
    )

    @field_validator("gauge_windows")
    @classmethod
    def _windows_are_read(cls, text: str) -> str:
        window.parse(text)
        return text

    @model_validator(mode="after")
    def _kafka_is_whole(self) -> Self:
        if self.kafka_security.startswith("SASL") != bool(self.kafka_user):
            raise ValueError(
                f"kafka_security is {self.kafka_security}, and kafka_user is "
                f"{'set' if self.kafka_user else 'empty'}: a user belongs to SASL_SSL, and SASL_SSL to a user"
            )
        if bool(self.kafka_certificate) != bool(self.kafka_key):
            raise ValueError("kafka_certificate and kafka_key belong together: set both or none")
        if self.heartbeat_interval >= self.session_timeout:
            raise ValueError(
                f"heartbeat_interval is {self.heartbeat_interval:g} s and session_timeout"
                f" {self.session_timeout:g} s: a session takes at least one heartbeat, better three"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then environment, then secret files, then the TOML file."""
        del dotenv_settings, file_secret_settings
        secrets = SecretsSettingsSource(settings_cls, _secrets())
        return init_settings, env_settings, secrets, _read(settings_cls, _file())


def _secrets() -> Path | None:
    named = os.environ.get(f"{PREFIX}SECRETS")
    if named and not Path(named).is_dir():
        raise FileNotFoundError(f"{PREFIX}SECRETS names `{named}`, and there is no such folder")
    return Path(named) if named else None


def _file() -> Path:
    named = os.environ.get(f"{PREFIX}SETTINGS")
    if named and not Path(named).is_file():  # the default file may be missing, one that was asked for may not
        raise FileNotFoundError(f"{PREFIX}SETTINGS names `{named}`, and there is no such file")
    return Path(named or "reform-pulse.toml")


def _read(settings: type[BaseSettings], file: Path) -> TomlConfigSettingsSource:
    try:
        return TomlConfigSettingsSource(settings, file)
    except ValueError as error:  # no TOML, or not even UTF-8
        raise OSError(f"the settings file `{file}` is not TOML: {error}") from error
