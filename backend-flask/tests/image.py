"""The application as its image runs it."""

import json
import re
from pathlib import Path

from support.service import Program, installed

BACKEND = Path(__file__).parent.parent
HOME = "/api/activities/home"
HEALTH = "/api/health-check"


def image_command() -> tuple[str, ...]:
    """The CMD of the Dockerfile, with the programs of this virtual environment."""
    dockerfile = (BACKEND / "Dockerfile").read_text()
    command: list[str] = json.loads(re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)[-1])
    return (installed(command[0]), *command[1:])


IMAGE = Program(image_command(), BACKEND, HEALTH)
