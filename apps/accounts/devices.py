"""Names browsers in words that their owner recognises."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

# The order matters: Edge and Opera also say Chrome, Chrome says Safari, a phone says Linux or Mac OS.
_BROWSERS = {
    "Edge": re.compile(r"\bEdgA?(?:iOS)?/"),
    "Opera": re.compile(r"\bOPR/"),
    "Samsung Internet": re.compile(r"\bSamsungBrowser/"),
    "Firefox": re.compile(r"\b(?:Firefox|FxiOS)/"),
    "Chrome": re.compile(r"\b(?:Headless)?(?:Chrome|CriOS)/"),
    "Safari": re.compile(r"\bSafari/"),
}
_MACHINES = {
    "iPhone": re.compile(r"\biPhone\b"),
    "iPad": re.compile(r"\biPad\b"),
    "Android": re.compile(r"\bAndroid\b"),
    "ChromeOS": re.compile(r"\bCrOS\b"),
    "Windows": re.compile(r"\bWindows\b"),
    "Mac": re.compile(r"\bMac OS X\b"),
    "Linux": re.compile(r"\bLinux\b"),
}


def device_of(user_agent: str) -> str:
    """“Firefox on Linux”; only the browser or the machine if the other is unknown; empty if both are."""
    browser = next((name for name, sign in _BROWSERS.items() if sign.search(user_agent)), "")
    machine = next((name for name, sign in _MACHINES.items() if sign.search(user_agent)), "")
    if browser and machine:
        return _("%(browser)s on %(machine)s") % {"browser": browser, "machine": machine}
    return browser or machine
