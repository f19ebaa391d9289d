"""Debian's Chromium, for the browser tests and the screenshots, without features for people at a screen."""

from __future__ import annotations

import shutil

# The headless shell opens no windows and takes half the time; the full browser works too.
NAMES = ("chromium-headless-shell", "chromium")
# The full browser loads two pages of its own, for the address bar, into every window. The other features are
# Playwright's list, which ours replaces.
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
