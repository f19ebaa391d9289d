"""Whether others can reach this installation at the address it listens on."""

from __future__ import annotations

import ipaddress


def is_loopback(bind: str) -> bool:
    """Whether only this machine can connect: `localhost`, 127.0.0.0/8, ::1."""
    if bind == "localhost":
        return True
    try:
        return ipaddress.ip_address(bind.strip("[]")).is_loopback
    except ValueError:
        return False
