"""The image and the compose file, as far as they can be checked without Docker."""

import fnmatch
import re
import tomllib
from pathlib import Path

import pytest
from flask_tracing.gunicorn import worker_tmp_dir

from image import BACKEND, image_command

DOCKERFILE = (BACKEND / "Dockerfile").read_text()
INSTRUCTIONS = [line.split(None, 1) for line in re.sub(r"\\\n", " ", DOCKERFILE).splitlines() if re.match(r"[A-Z]+ ", line)]
TOP = BACKEND.parent
COMPOSE = (TOP / "docker-compose.yml").read_text()


def arguments(instruction: str) -> list[str]:
    return [argument for name, argument in INSTRUCTIONS if name == instruction]


def test_the_base_image_is_a_full_version_from_the_public_ecr_gallery() -> None:
    for image in arguments("FROM"):
        assert re.match(r"public\.ecr\.aws/docker/library/python:3\.1[1-3]\.\d+-slim-bookworm( AS \w+)?$", image)
    assert len({image.split()[0] for image in arguments("FROM")}) == 1


def test_dependencies_are_installed_by_hash_and_without_a_cache() -> None:
    [install] = [command for command in arguments("RUN") if "-r requirements.txt" in command]

    assert {"--require-hashes", "--only-binary=:all:"} <= set(install.split())
    assert any("PIP_NO_CACHE_DIR=1" in variables for variables in arguments("ENV"))


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_every_dependency_is_pinned_by_hash_and_no_index_is_named(lock: str) -> None:
    text = re.sub(r"\\\n", " ", (BACKEND / lock).read_text())
    requirements = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]

    assert requirements
    for requirement in requirements:
        assert re.match(r"[a-z0-9-]+==\S+ ", requirement), requirement
        assert "--hash=sha256:" in requirement
    assert "://" not in text


def copied() -> list[str]:
    """What the image takes from the build context, the top of the repository."""
    return [source for argument in arguments("COPY") if "--from" not in argument for source in argument.split()[:-1]]


def test_what_is_copied_exists_and_reaches_the_build_and_nothing_else_does() -> None:
    ignored = (TOP / ".dockerignore").read_text().splitlines()
    kept = {line[1:].rstrip("/") for line in ignored if line.startswith("!")} - {
        "backend-flask/Dockerfile",
        "backend-flask/rehearsal.json",
    }

    assert ignored[1] == "*"
    assert {path for path in kept if path.startswith("flask-tracing/")} == {"flask-tracing/pyproject.toml", "flask-tracing/src"}
    assert {path for path in kept if path.startswith("backend-flask/")} | {"flask-tracing"} == set(copied())
    assert all((TOP / path).exists() for path in kept)


def test_all_code_of_the_application_is_copied() -> None:
    own = set(BACKEND.glob("*.py")) | {path.parent for path in BACKEND.glob("*/__init__.py")}

    assert {path.name for path in own} - {Path(path).name for path in copied()} == {"bench"}


def test_the_tracing_is_installed_from_here_with_the_dependencies_of_the_lock() -> None:
    [install] = [command for command in arguments("RUN") if "./flask-tracing" in command]
    locked = set(re.findall(r"^([a-z0-9-]+)==", (BACKEND / "requirements.txt").read_text(), re.MULTILINE))
    project = tomllib.loads((TOP / "flask-tracing" / "pyproject.toml").read_text())

    assert {"--no-deps", "--no-index", "--no-build-isolation"} <= set(install.split())
    needed = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    assert {re.split("[>=<]", requirement)[0].replace("_", "-") for requirement in needed} <= locked


def test_the_container_is_not_root_and_writes_nothing() -> None:
    assert arguments("USER")[-1].isdigit()
    assert arguments("USER")[-1] != "0"
    assert "PYTHONDONTWRITEBYTECODE=1" in " ".join(arguments("ENV"))
    assert worker_tmp_dir == "/dev/shm"


def test_the_container_listens_on_all_its_addresses() -> None:
    assert "BIND_HOST=0.0.0.0" in arguments("ENV")


def test_the_health_check_is_the_task_definitions() -> None:
    [check] = arguments("HEALTHCHECK")

    assert check.endswith('CMD ["python", "healthcheck.py"]')


def test_the_command_is_a_program_and_no_shell() -> None:
    assert Path(image_command()[0]).name == "gunicorn"
    assert Path(image_command()[0]).exists()


def test_the_compose_file_runs_the_daemon_without_a_published_port_and_holds_no_key() -> None:
    daemon = COMPOSE.partition("\n  xray-daemon:\n")[2]

    assert "image: public.ecr.aws/xray/aws-xray-daemon:3.6.6" in daemon
    assert "command: ['-o']" in daemon
    assert "ports:" not in daemon
    assert "HONEYCOMB_API_KEY: ${HONEYCOMB_API_KEY:-}" in COMPOSE


def test_the_compose_file_drops_capabilities_and_creates_no_folder_in_the_users_home() -> None:
    assert COMPOSE.count("cap_drop: [ALL]") == 2
    assert "cap_add: [DAC_READ_SEARCH]" in COMPOSE
    assert "create_host_path: false" in COMPOSE


def test_git_ignores_the_file_with_the_keys() -> None:
    ignored = (TOP / ".gitignore").read_text().split()

    assert any(fnmatch.fnmatch(".env", pattern) for pattern in ignored)
    assert not any(fnmatch.fnmatch(".env.example", pattern) for pattern in ignored)
