"""The parts that Satchel stands on, started where nothing is installed: PostgreSQL and Valkey from wheels.

Standard library only: this runs before anything of ours is installed, and in every command.
"""

from config.parts.holding import NoParts, environment, environment_without_parts, hold

__all__ = ["NoParts", "environment", "environment_without_parts", "hold"]
