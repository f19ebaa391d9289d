"""Every address is named by a template, a view or a verb: a page that nothing links to is found by nobody."""

from pathlib import Path

from django.urls import URLPattern, get_resolver

ROOT = Path(__file__).resolve().parent.parent.parent

# What other programs know the way to, from a document, a header or their settings.
ASKED_BY_PROGRAMS = {
    *("backpacks:oembed", "credentials:did", "credentials:status", "issuers:robots", "notices:mail_events"),
    *("credentials:ob2_badge_class", "credentials:ob2_issuer", "credentials:ob2_key"),
    *("credentials:endorser", "credentials:ob2_revocations", "credentials:ob2_svg"),
}
# What is put beside the address of a page that is linked: its files, pictures and frame, or the next step of a script.
BESIDE_A_PAGE = {
    *("backpacks:dossier_evidence", "backpacks:dossier_evidence_by_link"),
    *("backpacks:dossier_zip", "backpacks:dossier_zip_by_link"),
    *("backpacks:embed_collection", "backpacks:embed_credential", "backpacks:open_code"),
    *("backpacks:profile_card", "backpacks:shared_card", "backpacks:shared_picture", "backpacks:shared_evidence"),
    *("backpacks:qr_png", "backpacks:qr_svg", "backpacks:shared_qr_png", "backpacks:shared_qr_svg"),
    *("issuers:picture_svg", "issuers:thumbnail"),
    *("submissions:complete_upload", "submissions:find_part", "submissions:receive_part"),
    *("submissions:sign_part", "submissions:upload"),
}
# Named by a template that puts the name together (`reviews/_note_act.html`).
PUT_TOGETHER = {"reviews:remove_annotation", "reviews:resolve", "reviews:unresolve"}


def names(resolver, namespace=""):
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            if one.name:
                yield f"{namespace}{one.name}"
        elif one.app_name != "admin":
            yield from names(one, f"{namespace}{one.namespace}:" if one.namespace else namespace)


def test_every_address_is_linked_or_said_why_not():
    written = "\n".join(
        path.read_text()
        for folder in ("templates", "apps", "config")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".html", ".txt", ".py"} and path.name != "urls.py"
    )

    found = {name for name in names(get_resolver()) if ":" in name and name not in written}

    assert found == ASKED_BY_PROGRAMS | BESIDE_A_PAGE | PUT_TOGETHER
