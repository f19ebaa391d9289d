"""The checks that doctor runs, in this order: check -> whether /health/ runs it too."""

CHECKS: dict[str, bool] = {
    "apps.core.health.database": True,
    "apps.core.health.migrations": False,
    "apps.core.health.broker": True,
    "apps.core.health.workers": False,
    "apps.core.health.beat": True,
    "apps.core.health.dead_letters": False,
    "apps.core.health.storage": False,
    "apps.core.health.mail": False,
    "apps.submissions.health.parts_of_files": False,
    "apps.submissions.health.scanner": False,
    "apps.credentials.health.keys": False,
    "apps.credentials.health.signed_forms": False,
    "apps.core.health.public_url": True,
    "apps.core.health.evidence_host": True,
}
