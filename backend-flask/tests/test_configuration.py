"""The environment: what is read, what is refused, and how that is said."""

import ast
import importlib.metadata
import re
from pathlib import Path

import pytest
from aws_xray_sdk.core.daemon_config import DaemonConfig

from telemetry.configuration import (
    READ_BY_APPLICATION,
    READ_BY_LIBRARIES,
    ConfigurationError,
    Settings,
    Severity,
    load_port,
    load_settings,
)
from tests.support.backend import BACKEND

OWN_CODE = [*BACKEND.glob("*.py"), *BACKEND.glob("services/*.py"), *BACKEND.glob("telemetry/*.py")]
KEYED = {"HONEYCOMB_API_KEY": "key"}


def settings_of(**environ: str) -> Settings:
    return load_settings({**KEYED, **environ})


def test_the_table_of_the_readme_names_the_variables_that_the_code_knows_and_who_reads_them() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (yes|no) \| (\S+) \|", (BACKEND / "README.md").read_text(), re.MULTILINE)

    assert {name: reader for name, _, reader in rows} == {
        variable.name: variable.reader for variable in (*READ_BY_APPLICATION, *READ_BY_LIBRARIES)
    }
    assert len(rows) == len({name for name, _, _ in rows})


@pytest.mark.parametrize("variable", READ_BY_LIBRARIES, ids=lambda variable: variable.name)
def test_a_variable_that_a_library_is_said_to_read_is_in_its_source(variable: object) -> None:
    name, distribution = getattr(variable, "name"), getattr(variable, "reader")  # noqa: B009
    files = [path for path in importlib.metadata.files(distribution) or [] if path.suffix == ".py"]

    assert any(name in Path(str(path.locate())).read_text() for path in files)


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        path.name
        for path in OWN_CODE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
    }

    assert readers == {"configuration.py"}


def test_nothing_set_gives_the_defaults_and_one_warning() -> None:
    settings = load_settings({})

    assert settings.health_check_path == "/api/health-check"
    assert settings.excluded_paths.pattern == "/api/health\\-check$"
    assert settings.xray is not None
    assert (settings.xray.service_name, settings.xray.daemon_address) == ("backend-flask", "127.0.0.1:2000")
    assert (settings.otel, settings.trust_incoming_trace) == (None, False)
    assert [problem.severity for problem in settings.problems] == [Severity.WARNING]


def test_spans_go_to_honeycomb_unless_an_endpoint_is_given() -> None:
    default, given = settings_of(), settings_of(OTEL_EXPORTER_OTLP_ENDPOINT="https://api.eu1.honeycomb.io")

    assert default.otel is not None
    assert given.otel is not None
    assert (default.otel.endpoint, given.otel.endpoint) == ("https://api.honeycomb.io/v1/traces", None)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TRUST_INCOMING_TRACE", "maybe", "`TRUST_INCOMING_TRACE` must be true or false, got: 'maybe'; it stays false"),
        ("AWS_XRAY_SDK_ENABLED", "maybe", "`AWS_XRAY_SDK_ENABLED` must be true or false, got: 'maybe'; it stays true"),
        (
            "HEALTH_CHECK_PATH",
            "up",
            "`HEALTH_CHECK_PATH` must be one absolute path, got: 'up'; the check is at /api/health-check",
        ),
        ("HEALTH_CHECK_PATH", "/<path:x>", "`HEALTH_CHECK_PATH` must be one absolute path, got: '/<path:x>'; the check is at"),
        ("OTEL_PYTHON_FLASK_EXCLUDED_URLS", "(", "`OTEL_PYTHON_FLASK_EXCLUDED_URLS` must be regular expressions parted by"),
        ("OTEL_TRACES_EXPORTER", "zipkin", "`OTEL_TRACES_EXPORTER` takes otlp, console and none, got: 'zipkin'; otlp is used"),
        ("OTEL_TRACES_SAMPLER", "some", "`OTEL_TRACES_SAMPLER` must be one of always_on, always_off, traceidratio, "),
        ("AWS_XRAY_DAEMON_ADDRESS", "2000", "`AWS_XRAY_DAEMON_ADDRESS` must be host:port, or tcp:host:port udp:host:port, got"),
    ],
)
def test_a_bad_value_is_named_with_its_rule_and_what_happens_instead(name: str, value: str, message: str) -> None:
    [problem] = settings_of(**{name: value}).problems

    assert problem.message.startswith(message)
    assert problem.severity is Severity.ERROR


ADDRESSES = [
    "nonsense",
    "127.0.0.1",
    "127.0.0.1:x",
    "127.0.0.1:0",
    "127.0.0.1:99999",
    "tcp:127.0.0.1:1",
    "a:1 b:2",
    "[::1]:2000",
    "",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_xray_is_off_with_an_address_that_its_sdk_would_raise_on(address: str) -> None:
    assert settings_of(AWS_XRAY_DAEMON_ADDRESS=address).xray is None


@pytest.mark.parametrize("address", ["127.0.0.1:2000", "xray-daemon:2000", "tcp:a.b:1 udp:c:2", "udp:c:2 tcp:a.b:1"])
def test_an_address_that_the_sdk_takes_is_taken(address: str) -> None:
    DaemonConfig(address)
    assert settings_of(AWS_XRAY_DAEMON_ADDRESS=address).xray is not None


@pytest.mark.parametrize("key", ["abc def", "abc\x7f", "abc\n", "\tabc", "clé", "☃", "abc\r\nx-evil: 1"], ids=ascii)
def test_a_key_that_no_header_may_carry_is_not_sent_and_not_shown(key: str) -> None:
    settings = load_settings({"HONEYCOMB_API_KEY": key})

    assert settings.otel is None
    [error] = settings.problems
    assert error.message.startswith("`HONEYCOMB_API_KEY` must hold only visible ASCII characters")
    assert "abc" not in str(settings.problems)


@pytest.mark.parametrize("value", ["", " , ,"])
def test_an_empty_exclusion_excludes_the_health_check_and_not_everything(value: str) -> None:
    assert not settings_of(OTEL_PYTHON_FLASK_EXCLUDED_URLS=value).excluded_paths.search("/api/activities/home")


@pytest.mark.parametrize(
    ("sampler", "argument", "keep_one_in"),
    [
        ("always_on", "0.1", 1),
        ("parentbased_always_on", "", 1),
        ("always_off", "", 0),
        ("traceidratio", "0.1", 10),
        ("traceidratio", "", 1),
        ("parentbased_traceidratio", "0.25", 4),
        ("traceidratio", "0", 0),
        ("traceidratio", "0.3", 3),
        ("traceidratio", "0.9", 1),
        ("traceidratio", "2", 1),
        ("traceidratio", "nan", 1),
        ("traceidratio", "ten", 1),
    ],
)
def test_the_standard_sampler_names_set_the_share_that_honeycomb_gets(sampler: str, argument: str, keep_one_in: int) -> None:
    otel = settings_of(OTEL_TRACES_SAMPLER=sampler, OTEL_TRACES_SAMPLER_ARG=argument).otel

    assert otel is not None
    assert otel.keep_one_in == keep_one_in


@pytest.mark.parametrize("port", ["0", "65536", "-1", "4567.0", "", "٤٥٦٧", "80 "])
def test_fails_with_a_port_that_is_no_port(port: str) -> None:
    with pytest.raises(ConfigurationError, match="`PORT` must be a whole number from 1 to 65535, got: "):
        load_port({"PORT": port})


def test_headers_leave_the_environment_before_a_library_can_print_them() -> None:
    environ = {"OTEL_EXPORTER_OTLP_HEADERS": "a=1", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "b=2"}

    otel = load_settings(environ).otel

    assert environ == {}
    assert otel is not None
    assert otel.headers == {"b": "2"}
    assert "headers" not in repr(otel)
