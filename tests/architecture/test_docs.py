"""What the README and docs/ say agrees with the code."""

import re
from pathlib import Path

import pytest

from apps.core import drawing
from apps.demo import people

ROOT = Path(__file__).resolve().parent.parent.parent
README = (ROOT / "README.md").read_text()
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text()
# The first cells of the tables of commands.
COMMANDS = "\n".join(re.findall(r"^\| (`.+?) \| ", CONFIGURATION.split("## Environment")[0], re.MULTILINE))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_pictures_of_states_are_those_of_the_tables():
    drawn = (ROOT / "docs" / "states.md").read_text()

    assert drawn == drawing.states_page(), "Draw them again: .venv/bin/python manage.py draw_states"


def test_the_readme_names_whom_to_sign_in_as():
    written = re.findall(r"^\| ([a-z ]+) \| `(\S+@\S+)` \| (.+) \|$", README, re.MULTILINE)

    assert [(role, email) for role, email, _name in written] == [
        *((role, person.email) for role, person in people.SIGN_INS.items()),
        ("all in one", people.HANA.email),
    ]
    assert f"`{people.PASSWORD}`" in README


def test_every_setting_that_the_environment_gives_is_listed():
    read = re.compile(
        r"""(?:env\.(?:text|choice|flag|number|words|origin|zone)|os\.environ\.get)\(\s*["']([A-Z_]+)["']"""
    )
    settings = [
        *(ROOT / "config" / "settings").glob("*.py"),
        *(ROOT / "config" / name for name in ("files.py", "gunicorn.py")),
    ]
    # `make up` sets the one for the web server, and the web server the other for itself, which nobody else should.
    own = {"RELOAD", "SATCHEL_SERVES_PAGES"}
    asked = {name for path in settings for name in read.findall(path.read_text())} - own

    assert sorted(asked - set(re.findall(r"`([A-Z_]+)`", CONFIGURATION))) == []


def test_every_command_is_listed():
    commands = {path.stem for path in ROOT.glob("apps/*/management/commands/[a-z]*.py")}

    assert commands == set(re.findall(r"^`([a-z_]+)", COMMANDS, re.MULTILINE))


def test_every_target_is_listed():
    targets = set(re.findall(r"^([a-z0-9-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert targets <= set(re.findall(r"make ([a-z0-9-]+)", README))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_and_every_file_that_is_named_is_there(page):
    text = page.read_text()
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", text)
    named = re.findall(r"`((?:apps|config|docs|requirements|templates|tests)/[\w./-]+)", text)

    assert [link for link in links if not (page.parent / link).exists()] == []
    assert [name for name in named if not (ROOT / name).exists()] == []
