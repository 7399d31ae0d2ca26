"""Every setting is documented; environment beats file beats default; mistakes are told."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from streams.settings import PREFIX, Settings
from streams.settings_doc import settings_page

PAGE = Path(__file__).parent.parent / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory and an environment without settings; returns where the file may lie."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)
    for name in ("SETTINGS", "SECRETS"):
        monkeypatch.delenv(f"{PREFIX}{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "reform-pulse.toml"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described_in_a_sentence(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description
    assert description.endswith(".")
    assert "|" not in description.replace("`", ""), "it would break the table"


def test_the_page_of_settings_is_up_to_date() -> None:
    assert PAGE.read_text() == settings_page(), "run `make docs`"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_has_its_row(name: str) -> None:
    assert f"| `{name}` | `{PREFIX}{name.upper()}` |" in PAGE.read_text()


def test_environment_beats_file_beats_default(settings_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    default = Settings()
    settings_file.write_text('group = "from-file"\npartitions = 7\n')
    monkeypatch.setenv(f"{PREFIX}GROUP", "from-environment")
    settings = Settings()
    assert settings.group == "from-environment"
    assert settings.partitions == 7
    assert settings.replication == default.replication


def test_an_argument_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}GROUP", "from-environment")
    assert Settings(group="from-argument").group == "from-argument"


def test_another_file_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other.toml"
    other.write_text('group = "other"\n')
    monkeypatch.setenv(f"{PREFIX}SETTINGS", str(other))
    assert Settings().group == "other"


def test_a_named_file_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}SETTINGS", "nowhere.toml")
    with pytest.raises(FileNotFoundError, match=r"nowhere\.toml"):
        Settings()


def test_an_unknown_name_in_the_file_is_told(settings_file: Path) -> None:
    settings_file.write_text('kafak = "127.0.0.1:9092"\n')
    with pytest.raises(ValidationError) as refused:
        Settings()
    (error,) = refused.value.errors()
    assert error["loc"] == ("kafak",)
    assert error["type"] == "extra_forbidden"


def test_a_value_out_of_range_is_told(settings_file: Path) -> None:
    settings_file.write_text("partitions = 0\n")
    with pytest.raises(ValidationError, match="partitions"):
        Settings()


@pytest.mark.parametrize("content", [b"partitions = \n", b'group = "\xff"\n'])
def test_a_file_that_is_no_toml_is_named(settings_file: Path, content: bytes) -> None:
    settings_file.write_bytes(content)
    with pytest.raises(OSError, match=r"`reform-pulse\.toml` is not TOML"):
        Settings()


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("log_level", "LOUD", "log_level"),
        ("gauge_windows", "24h,week", "`week` is no window"),
        ("session_timeout", 2.5, "heartbeat_interval is 3 s and session_timeout 2.5 s"),
    ],
)
def test_a_value_that_would_fail_later_is_told_at_once(name: str, value: object, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Settings.model_validate({name: value})


def test_a_password_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}CLICKHOUSE_PASSWORD", "hush")
    settings = Settings()
    assert settings.clickhouse_password.get_secret_value() == "hush"
    assert "hush" not in repr(settings)
    assert "hush" not in settings.model_dump_json()


def test_a_secret_file_beats_the_settings_file_and_is_beaten_by_the_environment(
    settings_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file.write_text('clickhouse_password = "from-file"\nkafka = "file:1"\n')
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "reform_pulse_clickhouse_password").write_text("from-secret\n")
    (secrets / "reform_pulse_kafka").write_text("secret:1")
    (secrets / "of_another_program").write_text("ignored")
    monkeypatch.setenv(f"{PREFIX}SECRETS", str(secrets))
    monkeypatch.setenv(f"{PREFIX}KAFKA", "environment:1")
    settings = Settings()
    assert settings.clickhouse_password.get_secret_value() == "from-secret"
    assert settings.kafka == "environment:1"


def test_a_named_folder_of_secrets_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}SECRETS", "nowhere")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Settings()
