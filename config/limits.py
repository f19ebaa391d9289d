"""How often one person, or one network address, may do something. Counted in the shared cache."""

from __future__ import annotations

# Our own, name -> how often: `apps.core.limits` counts them.
LIMITS = {
    "post": "120/m",
    "verify": "30/m",
    "verify_many": "10/h",
    "import": "30/h",
    "token": "20/h",
    "leave": "20/h",
    "merge": "20/h",
    "upload": "60/m",
    "message": "60/h",
    "note": "60/m",
    "capture": "20/h",
    "submit": "30/h",
    "part": "1200/m",
    "invite": "60/h",
    "claim": "60/m",
    "claim_code": "30/h",
    "paper": "30/m",
    # More than anyone types by hand; and at this rate guessing one code takes months.
    "code": "60/h",
    "export": "30/m",
    "api": "300/m",
}

# Limits on signing in and up, which allauth counts: by network address (ip), by the e-mail address entered (key) or
# by person (user).
ACCOUNT_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/300s/key",
    "request_login_code": "20/m/ip,3/m/key",
    "signup": "20/m/ip",
    "confirm_email": "1/180s/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
}


def account_limits(factor: int) -> dict[str, str] | bool:
    """Our limits as allauth's setting, each `factor` times as generous; False (no limits) for 0."""
    if not factor:
        return False
    return {name: ",".join(_times(rate, factor) for rate in rates.split(",")) for name, rates in ACCOUNT_LIMITS.items()}


def _times(rate: str, factor: int) -> str:
    amount, rest = rate.split("/", 1)
    return f"{int(amount) * factor}/{rest}"
