"""Credentials of one version, signed by filling a template instead of walking through each (decision 21).

`template_for(issuer, achievement).sign(…)` for many of one version, `sign(snapshot, …)` for one.
"""

from apps.credentials.compiled.forms import Varying, moment
from apps.credentials.compiled.tally import hand_on
from apps.credentials.compiled.templates import Template, sign, template_for

__all__ = ["Template", "Varying", "hand_on", "moment", "sign", "template_for"]
