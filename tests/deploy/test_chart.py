"""The chart: linted, valid, restricted, and with the alerts, commands and settings of the program."""

import json
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from pydantic import SecretStr

from deploy.kubernetes import access, house
from schemas.catalogue import load
from serving.alerts.__main__ import calendar
from serving.alerts.files import rule_files
from streams.access import ROLES
from streams.probes import LIVE, READY
from streams.settings import PREFIX, Settings
from tests.deploy import chart, commands, compose

VERSIONS = ("1.29", "1.37")
OTHERS = {"ServiceMonitor", "PrometheusRule"}
"""Kinds that an operator brings: their schemas are not Kubernetes' own."""


@pytest.fixture
def everything() -> tuple[dict[str, Any], ...]:
    """All objects with all options on."""
    return chart.rendered(*chart.EVERYTHING)


def test_helm_finds_nothing_to_complain_of() -> None:
    said = chart.helm("lint", "--strict", chart.CHART)
    assert "0 chart(s) failed" in said
    assert "[WARNING]" not in said


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_is_valid_by_the_schemas_of_kubernetes(
    everything: tuple[dict[str, Any], ...], version: str
) -> None:
    own = [each for each in everything if each["kind"] not in OTHERS]
    for each in own:
        kubernetes_validate.validate(each, version, strict=True)
    kinds = {each["kind"] for each in own}
    assert kinds >= {
        "StatefulSet",
        "Deployment",
        "Job",
        "HorizontalPodAutoscaler",
        "NetworkPolicy",
        "Ingress",
    }


def test_a_wrong_key_is_not_valid(everything: tuple[dict[str, Any], ...]) -> None:
    (worker,) = chart.of_kind(everything, "StatefulSet")
    wrong = worker | {"spec": worker["spec"] | {"replicsa": 1}}
    with pytest.raises(kubernetes_validate.ValidationError, match="replicsa"):
        kubernetes_validate.validate(wrong, VERSIONS[-1], strict=True)


def test_pods_fit_the_restricted_security_standard(everything: tuple[dict[str, Any], ...]) -> None:
    pods = chart.pods(everything)
    assert pods.keys() == {"StatefulSet", "Deployment", "Job", "CronJob"}
    for pod in pods.values():
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC"} & pod.keys()
        assert all({"emptyDir", "secret", "projected"} & volume.keys() for volume in pod["volumes"])
        (container,) = pod["containers"]
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["readOnlyRootFilesystem"] is True
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert container["resources"]["requests"].keys() == {"cpu", "memory"}
        assert "memory" in container["resources"]["limits"]


def test_the_program_takes_the_commands_and_the_settings(everything: tuple[dict[str, Any], ...]) -> None:
    for pod in chart.pods(everything).values():
        (container,) = pod["containers"]
        commands.parse(container["args"])
        assert not commands.unknown(variable["name"] for variable in container["env"])


def test_a_large_number_is_written_as_a_number() -> None:
    objects = chart.rendered("settings.fetch_max_bytes=4000000", "settings.retry_seconds=0.5")
    env = {
        each["name"]: each.get("value") for each in chart.pods(objects)["StatefulSet"]["containers"][0]["env"]
    }
    assert env["REFORM_PULSE_FETCH_MAX_BYTES"] == "4000000"
    assert env["REFORM_PULSE_RETRY_SECONDS"] == "0.5"


def test_a_worker_keeps_its_name_and_its_end_fits_into_what_is_left_to_it(
    everything: tuple[dict[str, Any], ...],
) -> None:
    pod = chart.pods(everything)["StatefulSet"]
    (container,) = pod["containers"]
    env = {each["name"]: each for each in container["env"]}
    name = env["REFORM_PULSE_GROUP_INSTANCE"]["valueFrom"]
    assert name == {"fieldRef": {"fieldPath": "metadata.name"}}
    assert float(env["REFORM_PULSE_SHUTDOWN_SECONDS"]["value"]) < pod["terminationGracePeriodSeconds"]
    assert container["livenessProbe"]["httpGet"]["path"] == LIVE
    assert container["readinessProbe"]["httpGet"]["path"] == READY


def test_what_a_pod_listens_on_is_let_in_and_measured(everything: tuple[dict[str, Any], ...]) -> None:
    for kind in ("StatefulSet", "Deployment"):
        (made,) = chart.of_kind(everything, kind)
        labels = made["spec"]["template"]["metadata"]["labels"].items()
        ports = {port["name"] for port in made["spec"]["template"]["spec"]["containers"][0]["ports"]}

        def selected(selector: dict[str, str], labels: Any = labels) -> bool:
            return selector.items() <= labels

        (policy,) = [
            each
            for each in chart.of_kind(everything, "NetworkPolicy")
            if selected(each["spec"]["podSelector"]["matchLabels"])
        ]
        let_in = {port["port"] for rule in policy["spec"]["ingress"] for port in rule["ports"]}
        assert let_in == ports
        (service,) = [
            each for each in chart.of_kind(everything, "Service") if selected(each["spec"]["selector"])
        ]
        assert {port["targetPort"] for port in service["spec"]["ports"]} == ports
        assert [
            each
            for each in chart.of_kind(everything, "ServiceMonitor")
            if each["spec"]["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
        ]


@pytest.mark.parametrize("enabled", ["true", "false"])
def test_a_pod_comes_to_kafka_in_its_role_with_its_password(enabled: str) -> None:
    roles = {"StatefulSet": "worker", "Deployment": "gateway", "Job": "reader", "CronJob": "reader"}
    for kind, pod in chart.pods(chart.rendered(f"kafkaAccess.enabled={enabled}")).items():
        env = {each["name"]: each.get("value") for each in pod["containers"][0]["env"]}
        (sources,) = [each["projected"]["sources"] for each in pod["volumes"] if each["name"] == "secrets"]
        secrets = {each["secret"]["name"] for each in sources}
        if enabled == "true":
            assert env["REFORM_PULSE_KAFKA_SECURITY"] == "SASL_SSL"
            assert env["REFORM_PULSE_KAFKA_USER"] == roles[kind]
            assert roles[kind] in ROLES
            assert secrets == {"reform-pulse", "clickhouse-passwords", roles[kind], "reform-cluster-ca-cert"}
        else:
            assert not [name for name in env if name.startswith("REFORM_PULSE_KAFKA_")]
            assert secrets == {"reform-pulse", "clickhouse-passwords"}


def test_a_pod_comes_to_clickhouse_as_its_user() -> None:
    users = {"StatefulSet": "worker", "Deployment": "api", "Job": "admin", "CronJob": "worker"}
    for kind, pod in chart.pods(chart.rendered()).items():
        (container,) = pod["containers"]
        url = f"http://reform_pulse_{users[kind]}@clickhouse-reform:8123/default"
        assert {"name": "REFORM_PULSE_CLICKHOUSE", "value": url} in container["env"]
        assert container["args"][1:] in ([], ["--clickhouse", url])
        items = [{"key": users[kind], "path": "reform_pulse_clickhouse_password"}]
        (sources,) = [each["projected"]["sources"] for each in pod["volumes"] if each["name"] == "secrets"]
        assert {"secret": {"name": "clickhouse-passwords", "items": items}} in sources


def test_clickhouse_has_the_users_of_the_program_and_the_image_of_compose() -> None:
    assert house.FILE.read_text(encoding="utf-8") == house.written(), "run `make docs`"
    assert compose.single()["clickhouse"]["image"] == house.IMAGE
    (found,) = yaml.safe_load_all(house.FILE.read_text(encoding="utf-8"))
    assert found["spec"]["configuration"]["files"] == {"users.d/reform-pulse.xml": house.USERS.read_text()}


def test_topics_users_and_rights_are_those_of_the_program() -> None:
    assert access.FILE.read_text(encoding="utf-8") == access.written(), "run `make docs`"


def test_what_serve_may_reach_can_be_widened() -> None:
    more = '{"ports":[{"protocol":"TCP","port":443}]}'
    words = ("template", "rp", chart.CHART, "--set-json", f"networkPolicy.serveEgress=[{more}]")
    policies = [
        each for each in yaml.safe_load_all(chart.helm(*words)) if each and each["kind"] == "NetworkPolicy"
    ]
    open_to = {each["metadata"]["name"] for each in policies if json.loads(more) in each["spec"]["egress"]}
    assert open_to == {"rp-serve"}
    for each in policies:
        kubernetes_validate.validate(each, VERSIONS[-1], strict=True)


def test_kafka_may_be_outside_of_the_cluster() -> None:
    objects = chart.rendered("networkPolicy.kafka.addresses={10.1.2.0/24,10.1.3.4/32}")
    for each in chart.of_kind(objects, "NetworkPolicy"):
        kubernetes_validate.validate(each, VERSIONS[-1], strict=True)
        (rule,) = [
            rule for rule in each["spec"]["egress"] if rule["ports"] == [{"protocol": "TCP", "port": 9092}]
        ]
        assert rule["to"] == [{"ipBlock": {"cidr": "10.1.2.0/24"}}, {"ipBlock": {"cidr": "10.1.3.4/32"}}]


def test_a_worker_that_takes_longer_to_end_is_given_longer() -> None:
    pod = chart.pods(chart.rendered("settings.shutdown_seconds=89.5"))["StatefulSet"]
    assert pod["terminationGracePeriodSeconds"] == 115


def test_pods_have_the_memory_of_the_containers_of_compose(everything: tuple[dict[str, Any], ...]) -> None:
    for pod in chart.pods(everything).values():
        (container,) = pod["containers"]
        there = compose.single()[container["args"][0]]["deploy"]["resources"]["limits"]["memory"]
        assert _mebibytes(container["resources"]["limits"]["memory"]) >= _mebibytes(there)


def _mebibytes(text: str) -> int:
    number, unit = int(text.rstrip("GMgmi")), text.rstrip("i")[-1].lower()
    return number * {"m": 1, "g": 1024}[unit]


def test_the_alerts_are_those_of_the_program(everything: tuple[dict[str, Any], ...]) -> None:
    reference = calendar()
    files = rule_files(load(), reference.calendar, reference.hours)
    wanted = [group for name in sorted(files) for group in yaml.safe_load(files[name])["groups"]]
    (rule,) = chart.of_kind(everything, "PrometheusRule")
    assert rule["spec"]["groups"] == wanted


def test_the_dashboards_are_those_of_grafana(everything: tuple[dict[str, Any], ...]) -> None:
    found = {
        name: text for each in chart.of_kind(everything, "ConfigMap") for name, text in each["data"].items()
    }
    folder = chart.ROOT / "deploy" / "grafana" / "dashboards"
    assert found == {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.json")}


@pytest.mark.parametrize(
    "wrong",
    [
        "worker.replicas=0",
        "settings.clickhouse_password=x",
        "settings.partitons=8",
        "settings.metrics_port=1",
        "settings.kafka_user=x",
        "wroker.replicas=2",
        "image.digest=sha256:1",
    ],
)
def test_a_wrong_value_is_refused(wrong: str) -> None:
    with pytest.raises(AssertionError, match="values don't meet the specifications"):
        chart.rendered(wrong)


def test_the_settings_that_may_be_given_are_those_that_the_chart_does_not_give_itself() -> None:
    schema = json.loads((chart.CHART / "values.schema.json").read_text())
    given = {each["name"] for pod in chart.pods(chart.rendered()).values() for each in _env(pod)}
    values = yaml.safe_load((chart.CHART / "values.yaml").read_text())
    own = {name.removeprefix(PREFIX).lower() for name in given} - values["settings"].keys()
    secret = {name for name, about in Settings.model_fields.items() if about.annotation is SecretStr}
    refused = set(schema["then"]["properties"]["settings"]["propertyNames"]["not"]["enum"])
    taken = schema["properties"]["settings"]["propertyNames"]["enum"]
    assert taken == [name for name in Settings.model_fields if name not in secret | (own - refused)]
    assert refused == {name for name in own if name.startswith("kafka")}
    chart.rendered("kafkaAccess.enabled=false", "settings.kafka_user=x")


def _env(pod: dict[str, Any]) -> list[dict[str, Any]]:
    env: list[dict[str, Any]] = pod["containers"][0]["env"]
    return env


def test_the_examples_have_the_names_that_the_chart_looks_for() -> None:
    folder = Path(chart.CHART).parent / "dependencies"
    values = yaml.safe_load((chart.CHART / "values.yaml").read_text())
    objects = {
        (each["kind"], each["metadata"]["name"]): each
        for file in folder.glob("*.yaml")
        for each in yaml.safe_load_all(file.read_text())
    }
    policy = values["networkPolicy"]
    cluster = policy["kafka"]["podSelector"]["matchLabels"]["strimzi.io/cluster"]
    kafka = objects["Kafka", cluster]
    (listener,) = kafka["spec"]["kafka"]["listeners"]
    assert values["settings"]["kafka"] == f"{cluster}-kafka-bootstrap:{listener['port']}"
    assert policy["kafka"]["port"] == listener["port"]
    assert values["kafkaAccess"]["caSecretName"] == f"{cluster}-cluster-ca-cert"
    assert {name for kind, name in objects if kind == "KafkaUser"} == ROLES.keys()
    assert {values["settings"]["partitions"]} == {
        each["spec"]["partitions"] for (kind, _), each in objects.items() if kind == "KafkaTopic"
    }
    replicas = kafka["spec"]["kafka"]["config"]["default.replication.factor"]
    assert values["settings"]["replication"] == replicas
    house = policy["clickhouse"]["podSelector"]["matchLabels"]["clickhouse.altinity.com/chi"]
    assert ("ClickHouseInstallation", house) in objects
    assert values["clickhouse"]["url"].startswith(
        f"http://clickhouse-{house}:{policy['clickhouse']['port']}/"
    )
