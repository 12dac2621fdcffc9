"""The environment: what is read, what is refused, and how that is said."""

import ast
import importlib.metadata
import re
from pathlib import Path

import pytest
from aws_xray_sdk.core.daemon_config import DaemonConfig

import flask_tracing
from flask_tracing._settings.reader import load_settings
from flask_tracing._settings.settings import Settings, Severity
from flask_tracing._settings.variables import READ_BY_LIBRARIES, READ_BY_PACKAGE
from support.service import TESTS

PACKAGE = Path(flask_tracing.__file__).parent
KEYED = {"HONEYCOMB_API_KEY": "key"}


def settings_of(**environ: str) -> Settings:
    return load_settings("test-service", {**KEYED, **environ})


def test_the_table_of_the_readme_names_the_variables_that_the_code_knows_and_who_reads_them() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \|", (TESTS.parent / "README.md").read_text(), re.MULTILINE)

    assert dict(rows) == {variable.name: variable.reader for variable in (*READ_BY_PACKAGE, *READ_BY_LIBRARIES)}
    assert len(rows) == len(dict(rows))


@pytest.mark.parametrize("variable", READ_BY_LIBRARIES, ids=lambda variable: variable.name)
def test_a_variable_that_a_library_is_said_to_read_is_in_its_source(variable: object) -> None:
    name, distribution = getattr(variable, "name"), getattr(variable, "reader")  # noqa: B009
    files = [path for path in importlib.metadata.files(distribution) or [] if path.suffix == ".py"]

    assert any(name in Path(str(path.locate())).read_text() for path in files)


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        path.name
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "environb")
    }

    assert readers == {"reader.py"}


def test_nothing_set_gives_the_defaults_and_one_warning() -> None:
    settings = load_settings("test-service", {})

    assert settings.excluded_paths is None
    assert settings.xray is not None
    assert (settings.xray.service_name, settings.xray.daemon_address) == ("test-service", "127.0.0.1:2000")
    assert (settings.otlp, settings.export_to_console, settings.trust_incoming_trace) == (None, False, False)
    assert [problem.severity for problem in settings.problems] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("environ", "endpoint"),
    [
        ({}, "https://api.honeycomb.io/v1/traces"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "https://api.eu1.honeycomb.io/"}, "https://api.eu1.honeycomb.io/v1/traces"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://api.honeycomb.io/x"}, "https://api.honeycomb.io/x"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_the_key_goes_to_honeycombs_hosts_over_tls(environ: dict[str, str], endpoint: str) -> None:
    otlp = settings_of(**environ).otlp

    assert otlp is not None
    assert (otlp.endpoint, otlp.headers) == (endpoint, {"x-honeycomb-team": "key"})


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://example.com",
        "https://honeycomb.io.example.com",
        "https://nothoneycomb.io",
        "http://127.0.0.1:4318",
        "https://[::1]:4318",
    ],
)
def test_no_other_host_gets_the_key(endpoint: str) -> None:
    settings = settings_of(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)

    assert settings.otlp is not None
    assert settings.otlp.headers == {}
    [warning] = settings.problems
    assert warning.message.startswith("`HONEYCOMB_API_KEY` is not sent to ")


@pytest.mark.parametrize(
    ("endpoint", "rule"),
    [
        ("http://api.honeycomb.io", "must begin with https://: the key is sent only over TLS"),
        ("https://api.honeycomb.io@example.com", "must be http:// or https://, a host"),
        ("https://user:secret@api.honeycomb.io", "must be http:// or https://, a host"),
        ("https://example.com\\@api.honeycomb.io", "must be http:// or https://, a host"),
        ("api.honeycomb.io:443", "must be http:// or https://, a host"),
        ("https://", "must be http:// or https://, a host"),
        ("https://api.honeycomb.io?x=", "must be http:// or https://, a host"),
    ],
)
def test_an_endpoint_to_which_the_key_must_not_go_is_an_error_and_gets_nothing(endpoint: str, rule: str) -> None:
    settings = settings_of(OTEL_EXPORTER_OTLP_ENDPOINT=endpoint)

    assert settings.otlp is None
    [error] = settings.problems
    assert error.message.startswith(f"`OTEL_EXPORTER_OTLP_ENDPOINT` {rule}")
    assert "secret" not in error.message


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("TRUST_INCOMING_TRACE", "maybe", "`TRUST_INCOMING_TRACE` must be true or false, got: 'maybe'; it stays false"),
        ("AWS_XRAY_SDK_ENABLED", "maybe", "`AWS_XRAY_SDK_ENABLED` must be true or false, got: 'maybe'; it stays true"),
        ("RECORD_QUERY_STRINGS", "maybe", "`RECORD_QUERY_STRINGS` must be true or false, got: 'maybe'; it stays false"),
        (
            "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
            "many",
            "`OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT` must be a whole number of characters, got: 'many'; 8192 are kept",
        ),
        (
            "OTEL_PYTHON_FLASK_EXCLUDED_URLS",
            "(",
            "`OTEL_PYTHON_FLASK_EXCLUDED_URLS` must be comma-separated regular expressions, got: '('",
        ),
        (
            "OTEL_TRACES_EXPORTER",
            "zipkin",
            "`OTEL_TRACES_EXPORTER` must be a list of otlp, console, and none, got: 'zipkin'; otlp is used",
        ),
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
def test_an_address_that_the_sdk_accepts_is_accepted(address: str) -> None:
    DaemonConfig(address)
    assert settings_of(AWS_XRAY_DAEMON_ADDRESS=address).xray is not None


def test_not_stored_causes_no_warning_about_another_endpoint() -> None:
    settings = load_settings(
        "test-service", {"HONEYCOMB_API_KEY": "not-stored", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
    )

    assert settings.otlp is not None
    assert settings.problems == ()


@pytest.mark.parametrize("key", ["abc def", "abc\x7f", "abc\n", "\tabc", "clé", "☃", "abc\r\nx-evil: 1"], ids=ascii)
def test_a_key_that_a_header_cannot_carry_is_not_sent_and_not_shown(key: str) -> None:
    settings = load_settings("test-service", {"HONEYCOMB_API_KEY": key})

    assert settings.otlp is None
    [error] = settings.problems
    assert error.message.startswith("`HONEYCOMB_API_KEY` must consist of visible ASCII characters")
    assert "abc" not in str(settings.problems)


@pytest.mark.parametrize("value", ["", " , ,"])
def test_an_empty_exclusion_excludes_nothing_and_not_everything(value: str) -> None:
    assert settings_of(OTEL_PYTHON_FLASK_EXCLUDED_URLS=value).excluded_paths is None


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
    assert settings_of(OTEL_TRACES_SAMPLER=sampler, OTEL_TRACES_SAMPLER_ARG=argument).spans.keep_one_in == keep_one_in


@pytest.mark.parametrize(
    ("environ", "length"),
    [
        ({}, 8192),
        ({"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "100"}, 100),
        ({"OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "100", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT": "50"}, 50),
    ],
    ids=str,
)
def test_the_standard_limits_of_texts_are_honoured(environ: dict[str, str], length: int) -> None:
    assert settings_of(**environ).spans.max_text == length


@pytest.mark.parametrize(
    ("opt_in", "old", "stable"),
    [
        ("", True, False),
        ("http", False, True),
        ("http/dup", True, True),
        ("database,http/dup", True, True),
        ("gen_ai", True, False),
    ],
)
def test_the_standard_opt_in_says_the_names_of_attributes(opt_in: str, old: bool, stable: bool) -> None:
    spans = settings_of(OTEL_SEMCONV_STABILITY_OPT_IN=opt_in).spans

    assert (spans.old_names, spans.stable_names) == (old, stable)


def test_headers_leave_the_environment_before_a_library_can_print_them() -> None:
    environ = {"OTEL_EXPORTER_OTLP_HEADERS": "a=1", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "b=2"}

    environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://collector:4318"

    otlp = load_settings("test-service", environ).otlp

    assert set(environ) == {"OTEL_EXPORTER_OTLP_ENDPOINT"}
    assert otlp is not None
    assert otlp.headers == {"b": "2"}
    assert "headers" not in repr(otlp)


def test_opentelemetrys_switch_leaves_the_environment_since_segments_are_made_of_spans() -> None:
    environ = {"OTEL_SDK_DISABLED": "true", "HONEYCOMB_API_KEY": "key"}

    settings = load_settings("test-service", environ)

    assert "OTEL_SDK_DISABLED" not in environ
    assert (settings.otlp, settings.export_to_console, settings.xray is None) == (None, False, False)
