"""The servers that Satchel needs, PostgreSQL and Valkey, started from wheels if none are installed.

Standard library only: this runs before anything of ours is installed, and in every command.
"""

from config.parts.holding import NoParts, environment, environment_without_parts, hold

__all__ = ["NoParts", "environment", "environment_without_parts", "hold"]
