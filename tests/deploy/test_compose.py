"""The compose files: valid, hardened, and every file, command and setting that they name is there."""

import hashlib
import importlib.util
import json
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from tests.deploy import commands, compose

SERVICES = [
    pytest.param(service, id=f"{layout}-{name}")
    for layout, services in (("single", compose.single()), ("cluster", compose.cluster()))
    for name, service in services.items()
]
LIMITS = {"cpus", "memory", "pids"}


def specification() -> Any:
    """The Compose specification's schema, which the package brings; it need not be imported for that."""
    found = importlib.util.find_spec("check_jsonschema")
    assert found
    assert found.submodule_search_locations
    folder = Path(found.submodule_search_locations[0])
    return json.loads(
        (folder / "builtin_schemas" / "vendor" / "compose-spec.json").read_text(encoding="utf-8")
    )


@pytest.mark.parametrize("name", compose.FILES)
def test_a_file_is_valid_by_the_specification(name: str) -> None:
    schema = specification()
    validator = jsonschema.validators.validator_for(schema)(schema)
    assert not [error.message for error in validator.iter_errors(compose.read(name))]


def test_a_wrong_key_is_invalid_by_the_specification() -> None:
    schema = specification()
    with pytest.raises(jsonschema.ValidationError, match="read_onyl"):
        jsonschema.validate({"services": {"worker": {"image": "x", "read_onyl": True}}}, schema)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_hardened(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].split(":")[0]) > 0
    assert service.get("deploy", {}).get("resources", {}).get("limits", {}).keys() >= LIMITS
    assert not {"privileged", "network_mode", "pid", "ipc"} & service.keys()


@pytest.mark.parametrize("service", SERVICES)
def test_what_goes_on_has_a_health_check_and_is_restarted(service: dict[str, Any]) -> None:
    if service["restart"] == "unless-stopped":
        assert service["healthcheck"]["test"]
    else:
        ending = {"migrate", "kafka", "doctor", "digest"}
        assert service["command"][0] in ending, "only what ends by itself needs none"


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_is_ours_or_pinned_by_digest(service: dict[str, Any]) -> None:
    if "build" not in service:
        assert re.fullmatch(r"[a-z/-]+:[\w.-]+@sha256:[0-9a-f]{64}", service["image"])


def test_one_image_has_one_digest() -> None:
    files = [*compose.FOLDER.glob("*.yaml"), *(compose.ROOT / "deploy").rglob("Dockerfile")]
    pins = {pin for file in files for pin in re.findall(r"([\w./-]+:[\w.-]+)@(sha256:\w+)", file.read_text())}
    assert len(pins) == len({name for name, _ in pins}) >= 7


def test_our_image_has_the_version_of_the_program() -> None:
    project = tomllib.loads((compose.ROOT / "pyproject.toml").read_text())["project"]
    images = {service["image"] for service in compose.cluster().values()}
    assert f"reform-pulse:{project['version']}" in images


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_mounted_exists(service: dict[str, Any]) -> None:
    volumes = {name for file in compose.FILES for name in compose.read(file)["volumes"]}
    for volume in service.get("volumes", ()):
        source, target, *mode = volume.split(":")
        if source.startswith("."):
            assert (compose.FOLDER / source).exists(), source
            assert mode == ["ro"], f"{source}: our files are not written to"
        else:
            assert source in volumes
        assert target.startswith("/")


@pytest.mark.parametrize("service", SERVICES)
def test_only_tls_can_be_reached_and_only_the_proxy_publishes_ports(service: dict[str, Any]) -> None:
    published = [port.rpartition(":")[2] for port in service.get("ports", ())]
    assert published in ([], ["8081", "8443"])
    assert compose.read("compose.yaml")["networks"]["back"] == {"internal": True}


@pytest.mark.parametrize("service", SERVICES)
def test_no_secret_is_in_the_environment(service: dict[str, Any]) -> None:
    for name in service.get("environment", {}):
        assert not re.search(r"(PASSWORD|SECRET|_KEYS?)$", name) or name == "REFORM_PULSE_API_KEYS", name


@pytest.mark.parametrize("service", SERVICES)
def test_the_program_takes_the_command_and_the_settings(service: dict[str, Any]) -> None:
    assert not commands.unknown(service.get("environment", {}))
    if service["image"].startswith("reform-pulse:"):
        commands.parse(compose.words(service))


def test_the_board_shows_the_alerts_of_the_alertmanager_that_is_there() -> None:
    for services in (compose.single(), compose.cluster()):
        host, port = services["serve"]["environment"]["REFORM_PULSE_ALERTMANAGER"].split("//")[1].split(":")
        assert f"http://127.0.0.1:{port}/" in services[host]["healthcheck"]["test"][-1]
        assert set(services[host]["networks"]) & set(services["serve"]["networks"])


def test_kafka_writes_its_logs_to_the_output_of_every_container() -> None:
    start = (compose.FOLDER / "kafka" / "start.sh").read_text()
    assert "configurationFile=$folder/log4j2.properties" in start
    nodes = [service for name, service in compose.cluster().items() if name.startswith("kafka")]
    assert len(nodes) == 3
    for node in nodes:
        (logging,) = [volume for volume in node["volumes"] if "log4j2.properties" in volume]
        text = (compose.FOLDER / logging.split(":")[0]).read_text()
        assert "Console" in text
        assert "File" not in text


def test_the_program_takes_what_scripts_and_documents_tell_it() -> None:
    told = compose.script_commands()
    assert any(words[0] == "verify" for words in told)
    for words in told:
        commands.parse(words)


def test_a_setting_and_a_command_that_do_not_exist_are_found() -> None:
    assert commands.unknown({"REFORM_PULSE_KAFAK": ""}) == {"REFORM_PULSE_KAFAK"}
    with pytest.raises(Exception, match="worke"):
        commands.parse(["worke"])
    with pytest.raises(Exception, match="--clickhose"):
        commands.parse(["migrate", "--clickhose", "x"])


@pytest.mark.parametrize(
    "file", sorted((compose.FOLDER / "clickhouse").glob("*.xml")), ids=lambda file: file.name
)
def test_a_clickhouse_configuration_is_well_formed(file: Path) -> None:
    assert ElementTree.fromstring(file.read_text()).tag == "clickhouse"  # noqa: S314 - our own file


def test_every_user_of_clickhouse_has_its_password_and_who_uses_it_is_there() -> None:
    users = ElementTree.fromstring((compose.ROOT / "deploy/clickhouse/users.d/reform-pulse.xml").read_text())  # noqa: S314
    hashes = {each.tag: each.find("password_sha256_hex").get("from_env") for each in users.find("users")}  # type: ignore[union-attr]
    roles = ("admin", "worker", "api", "reader")
    assert hashes == {f"reform_pulse_{role}": f"REFORM_PULSE_{role.upper()}_SHA256" for role in roles}
    for name, service in compose.cluster().items():
        for user in re.findall(r"//(\w+)@clickhouse:", str(service)):
            assert user in hashes
            (secret,) = [each for each in service["secrets"] if "clickhouse" in str(each)]
            assert secret["source"] == f"clickhouse_{user.removeprefix('reform_pulse_')}_password", name


def test_prepare_makes_every_secret_once(tmp_path: Path) -> None:
    folder = tmp_path / "compose"
    folder.mkdir()
    script = folder / "prepare.sh"
    script.write_bytes((compose.FOLDER / "prepare.sh").read_bytes())
    script.chmod(0o755)

    subprocess.run([script, "pulse.example.vn"], check=True, capture_output=True)
    made = {file.name: file.read_text() for file in (folder / "secrets").iterdir()}
    named = {Path(secret["file"]).name for secret in compose.read("compose.yaml")["secrets"].values()}
    assert made.keys() == named | {"kafka.env", "clickhouse.env", "kafka_ca_key"}
    assert all(made.values())
    assert (folder / "secrets").stat().st_mode & 0o077 == 0, "others must not look into it"
    assert (folder / ".env").read_text() == "SITE=pulse.example.vn\n"
    password = made["clickhouse_reader_password"].strip().encode()
    assert f"REFORM_PULSE_READER_SHA256={hashlib.sha256(password).hexdigest()}\n" in made["clickhouse.env"]

    (folder / "secrets" / "grafana_admin_password").unlink()
    subprocess.run([script], check=True, capture_output=True)
    again = {file.name: file.read_text() for file in (folder / "secrets").iterdir()}
    assert {name for name in made if made[name] != again[name]} == {"grafana_admin_password"}
