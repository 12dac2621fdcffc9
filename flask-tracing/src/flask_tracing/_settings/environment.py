"""Reads single variables, and collects what is wrong with them."""

from collections.abc import MutableMapping

from flask_tracing._settings.settings import Problem, Severity
from flask_tracing._settings.variables import Variable

_TRUE = ("true", "1", "yes", "on")
_FALSE = ("false", "0", "no", "off")


class Environment:
    """One environment; an empty variable counts as one that is not set."""

    def __init__(self, environ: MutableMapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[Problem] = []

    def get(self, variable: Variable) -> str | None:
        """The value."""
        return self._environ.get(variable.name) or None

    def get_even_empty(self, variable: Variable) -> str | None:
        """The value, where an empty one is a mistake."""
        return self._environ.get(variable.name)

    def take(self, variable: Variable) -> str:
        """The value, which no library finds there any more."""
        return self._environ.pop(variable.name, "")

    def complain(self, message: str, severity: Severity = Severity.ERROR) -> None:
        """Notes a problem."""
        self.problems.append(Problem(message, severity))

    def flag(self, variable: Variable, *, default: bool) -> bool:
        """The value of a switch."""
        text = self.get(variable)
        if text is None:
            return default
        if text.strip().lower() in _TRUE:
            return True
        if text.strip().lower() in _FALSE:
            return False
        self.complain(f"`{variable.name}` must be true or false, got: {text!r}; it stays {str(default).lower()}")
        return default

    def names(self, variable: Variable) -> frozenset[str]:
        """The entries of a comma-separated list."""
        return frozenset(name.strip() for name in (self.get(variable) or "").split(",") if name.strip())
