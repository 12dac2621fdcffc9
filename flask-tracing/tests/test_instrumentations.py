"""Every OpenTelemetry instrumentation that is installed is loaded; one that cannot be is one line in the log."""

from importlib.metadata import EntryPoint
from typing import Any

import pytest
from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined]
from opentelemetry.trace import NoOpTracerProvider

from flask_tracing._spans import instrumentations
from flask_tracing._spans.instrumentations import load_instrumentations


class Instrumentor(BaseInstrumentor):  # type: ignore[misc]
    """Counts how often it is loaded."""

    needs = "flask >= 1"
    loaded = 0

    def instrumentation_dependencies(self) -> tuple[str, ...]:
        return (self.needs,)

    def _instrument(self, **_: Any) -> None:
        type(self).loaded += 1

    def _uninstrument(self, **_: Any) -> None:
        pass


class OfAnOldVersion(Instrumentor):
    needs = "flask < 1"


class OfALibraryThatIsNotInstalled(Instrumentor):
    needs = "no-such-library"


class Broken(Instrumentor):
    def _instrument(self, **_: Any) -> None:
        raise RuntimeError("broken")


ALL = (Instrumentor, OfAnOldVersion, OfALibraryThatIsNotInstalled, Broken)


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """These instrumentations are installed, and no others."""
    for instrumentor in ALL:
        monkeypatch.setattr(instrumentor, "_instance", None)
        monkeypatch.setattr(instrumentor, "loaded", 0)
    names = {
        "flask": Instrumentor,
        "good": Instrumentor,
        "old": OfAnOldVersion,
        "absent": OfALibraryThatIsNotInstalled,
        "broken": Broken,
    }
    found = [EntryPoint(name, f"{__name__}:{kind.__name__}", "opentelemetry_instrumentor") for name, kind in names.items()]
    found.append(EntryPoint("gone", "no_such_module:Instrumentor", "opentelemetry_instrumentor"))
    monkeypatch.setattr(instrumentations, "entry_points", lambda group: found)


def test_each_is_loaded_but_that_of_flask_whose_spans_the_middleware_makes(caplog: pytest.LogCaptureFixture) -> None:
    load_instrumentations(NoOpTracerProvider(), frozenset())

    assert Instrumentor.loaded == 1
    assert len(caplog.records) == 2


def test_one_that_refuses_the_version_of_its_library_or_fails_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    load_instrumentations(NoOpTracerProvider(), frozenset())

    broken, old = (record.getMessage() for record in caplog.records)
    assert broken == "calls of broken are not traced: RuntimeError: broken"
    assert old.startswith("calls of old are not traced: ")
    assert "flask < 1" in old


@pytest.mark.parametrize("disabled", [frozenset({"good", "broken"}), frozenset({"*"})], ids=["by name", "all"])
def test_one_that_is_disabled_is_not_loaded(disabled: frozenset[str], caplog: pytest.LogCaptureFixture) -> None:
    load_instrumentations(NoOpTracerProvider(), disabled)

    assert Instrumentor.loaded == 0
    assert not [record for record in caplog.records if "broken" in record.getMessage()]
