"""How often one person, or one address on the network, may do a thing. Counted in the shared cache."""

from __future__ import annotations

# Ours, name -> how often: `apps.core.limits` counts them.
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
    # By hand nobody types as many; and whoever tries them in turn needs months for one.
    "code": "60/h",
    "export": "30/m",
    "api": "300/m",
}

# Those of signing in and up, which allauth counts: by address on the network (ip), by the e-mail address that was typed
# (key) or by person (user).
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
    """As allauth takes them, each `factor` times as generous; with 0 there are none."""
    if not factor:
        return False
    return {name: ",".join(_times(rate, factor) for rate in rates.split(",")) for name, rates in ACCOUNT_LIMITS.items()}


def _times(rate: str, factor: int) -> str:
    amount, rest = rate.split("/", 1)
    return f"{int(amount) * factor}/{rest}"
