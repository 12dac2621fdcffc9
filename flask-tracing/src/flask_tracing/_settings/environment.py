"""Reads single variables, and collects the problems with them."""

from collections.abc import MutableMapping

from flask_tracing._settings.settings import Problem, Severity
from flask_tracing._settings.variables import Variable

_TRUE = ("true", "1", "yes", "on")
_FALSE = ("false", "0", "no", "off")


class Environment:
    """An environment in which an empty variable counts as not set."""

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[Problem] = []

    def get(self, variable: Variable) -> str | None:
        """Returns the value, or `None`."""
        return self._environ.get(variable.name) or None

    def get_even_empty(self, variable: Variable) -> str | None:
        """Returns the value, or `None`; for a variable that must not be empty."""
        return self._environ.get(variable.name)

    def take(self, variable: Variable) -> str:
        """Returns the value, and removes it so that no library reads it."""
        return self._environ.pop(variable.name, "")

    def report(self, message: str, severity: Severity = Severity.ERROR) -> None:
        """Adds a problem."""
        self.problems.append(Problem(message, severity))

    def flag(self, variable: Variable, *, default: bool) -> bool:
        """Returns a Boolean value."""
        text = self.get(variable)
        if text is None:
            return default
        if text.strip().lower() in _TRUE:
            return True
        if text.strip().lower() in _FALSE:
            return False
        self.report(f"`{variable.name}` must be true or false, got: {text!r}; it stays {str(default).lower()}")
        return default

    def names(self, variable: Variable) -> frozenset[str]:
        """Returns the entries of a comma-separated list."""
        return frozenset(name.strip() for name in (self.get(variable) or "").split(",") if name.strip())
