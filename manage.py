#!/usr/bin/env python
"""Satchel's commands. Those that need the database hold the parts for as long as they run."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
# These look at code alone.
WITHOUT_PARTS = {
    "help",
    "--help",
    "-h",
    "version",
    "--version",
    "check",
    "collectstatic",
    "compilemessages",
    "makemessages",
    "draw_states",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from config.env import BadSetting
    from config.parts import NoParts

    try:
        _run()
    except (NoParts, BadSetting) as error:
        sys.exit(str(error))


def _run() -> None:
    from django.core.management import execute_from_command_line

    from config.parts import environment_without_parts, hold

    if os.environ["DJANGO_SETTINGS_MODULE"] == "config.settings.prod":
        execute_from_command_line(sys.argv)
        return
    data = Path(os.environ.get("SATCHEL_DATA") or ROOT / ".satchel").resolve()
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in WITHOUT_PARTS or (command == "makemigrations" and "--check" in sys.argv):
        os.environ.update(environment_without_parts(data))
        execute_from_command_line(sys.argv)
        return
    with hold(data) as told:
        os.environ.update(told)
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
