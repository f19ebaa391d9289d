"""Debian's Chromium, for the browser tests and the screenshots, without what only a person at a screen needs."""

from __future__ import annotations

import shutil

# The shell draws pages and no windows, which takes half the time; the whole browser does as well.
NAMES = ("chromium-headless-shell", "chromium")
# The whole browser loads two pages of its own into every window: those of its address bar. The others are Playwright's,
# whose list a second one replaces.
_LEFT_OUT = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
ARGUMENTS = (
    *("--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run", f"--disable-features={','.join(_LEFT_OUT)}"),
)


def find() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)
