"""Draws the SVG on standard input as PNG on standard output, within limits. Knows nothing about the rest."""

import resource
import sys

import resvg_py

MEMORY = 1024 * 1024 * 1024
SECONDS = 9

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    size = int(sys.argv[1])
    try:
        drawn = resvg_py.svg_to_bytes(
            svg_string=sys.stdin.buffer.read().decode(), width=size, height=size, skip_system_fonts=True
        )
    except ValueError as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(bytes(drawn))
