from django.urls import include, path

from apps.credentials import views
from apps.credentials.views import batches, bulk, claiming, codes, desk, endorsements, files, issuers, verification

app_name = "credentials"
# Within one organisation.
desk_urls = [
    path("credentials/", desk.issued, name="issued"),
    path("credentials/award/", desk.award_directly, name="award_directly"),
    path("credentials/unclaimed/", desk.unclaimed, name="unclaimed"),
    path("credentials/unclaimed.csv", desk.unclaimed_csv, name="unclaimed_csv"),
    path("credentials/<public_id:public_id>/", desk.issued_one, name="issued_one"),
    path("credentials/<public_id:public_id>/suspend/", desk.suspend, name="suspend"),
    path("credentials/<public_id:public_id>/reinstate/", desk.reinstate, name="reinstate"),
    path("credentials/<public_id:public_id>/revoke/", desk.revoke, name="revoke"),
    path("credentials/<public_id:public_id>/reissue/", desk.reissue, name="reissue"),
    path("credentials/<public_id:public_id>/correct/", desk.correct, name="correct"),
    path("credentials/<public_id:public_id>/renew/", desk.renew, name="renew"),
    path("credentials/<public_id:public_id>/resend/", desk.resend, name="resend"),
    path("bulk/", bulk.bulk_awards, name="bulk_awards"),
    path("bulk/new/", bulk.begin_bulk_award, name="begin_bulk_award"),
    path("bulk/template.csv", bulk.bulk_template, {"kind": "csv"}, name="bulk_template"),
    path("bulk/template.xlsx", bulk.bulk_template, {"kind": "xlsx"}, name="bulk_template_xlsx"),
    path("bulk/<public_id:public_id>/", bulk.bulk_award, name="bulk_award"),
    path("bulk/<public_id:public_id>/table/", bulk.give_bulk_table, name="give_bulk_table"),
    path("bulk/<public_id:public_id>/award/", bulk.award_bulk, name="award_bulk"),
    path("bulk/<public_id:public_id>/undo/", bulk.undo_bulk, name="undo_bulk"),
    path("bulk/<public_id:public_id>/drop/", bulk.drop_bulk, name="drop_bulk"),
    path("bulk/<public_id:public_id>/report.csv", bulk.bulk_report, {"kind": "csv"}, name="bulk_report"),
    path("bulk/<public_id:public_id>/report.xlsx", bulk.bulk_report, {"kind": "xlsx"}, name="bulk_report_xlsx"),
    path("codes/", codes.claim_codes, name="claim_codes"),
    path("codes/<public_id:public_id>/", codes.claim_code, name="claim_code"),
    path("codes/<public_id:public_id>/poster/", codes.poster, name="poster"),
    path("codes/<public_id:public_id>/qr.svg", codes.code_svg, name="code_svg"),
    path("codes/<public_id:public_id>/qr.png", codes.code_png, name="code_png"),
    path("codes/<public_id:public_id>/end/", codes.end_claim_code, name="end_claim_code"),
    path(
        "codes/<public_id:public_id>/requests/<public_id:request_id>/approve/",
        codes.approve_request,
        name="approve_request",
    ),
    path(
        "codes/<public_id:public_id>/requests/<public_id:request_id>/decline/",
        codes.decline_request,
        name="decline_request",
    ),
    path("keys/", desk.keys, name="keys"),
    path("keys/rotate/", desk.rotate_keys, name="rotate_keys"),
    path("keys/<public_id:public_id>/", desk.compromise_key, name="compromise_key"),
    path("keys/<public_id:public_id>/reissue/", desk.reissue_touched, name="reissue_touched"),
]
endorsement_urls = [
    path("", endorsements.endorsements, name="endorsements"),
    path("request/issuer/<slug:issuer>/", endorsements.request_endorsement, name="request_endorsement"),
    path(
        "request/achievement/<slug:achievement>/v<int:number>/",
        endorsements.request_endorsement,
        name="request_endorsement",
    ),
    path("request/credential/<public_id:credential>/", endorsements.request_endorsement, name="request_endorsement"),
    path("<public_id:public_id>", endorsements.endorsement, name="endorsement"),
    path("<public_id:public_id>/accept/", endorsements.accept_endorsement, name="accept_endorsement"),
    path("<public_id:public_id>/decline/", endorsements.decline_endorsement, name="decline_endorsement"),
    path("<public_id:public_id>/withdraw/", endorsements.withdraw_endorsement, name="withdraw_endorsement"),
    path("<public_id:public_id>/take-back/", endorsements.take_back_endorsement, name="take_back_endorsement"),
]
# Anyone with a batch's URL may read and delete it.
batch_urls = [
    path("<public_id:public_id>/", batches.batch, name="batch"),
    path("<public_id:public_id>.csv", batches.batch_csv, name="batch_csv"),
    path("<public_id:public_id>.json", batches.batch_json, name="batch_json"),
    path("<public_id:public_id>/delete/", batches.delete_batch, name="delete_batch"),
    path("<public_id:public_id>/<int:position>/", batches.batch_item, name="batch_item"),
]
urlpatterns = [
    path("c/<public_id:public_id>.json", files.credential_json, name="json"),
    path("c/<public_id:public_id>.jwt", files.credential_jwt, name="jwt"),
    path("c/<public_id:public_id>.png", files.credential_png, name="png"),
    path("c/<public_id:public_id>.svg", files.credential_svg, name="svg"),
    path("c/<public_id:public_id>/ob2.json", files.credential_ob2_json, name="ob2_json"),
    path("c/<public_id:public_id>/ob2.png", files.credential_ob2_png, name="ob2_png"),
    path("c/<public_id:public_id>/ob2.svg", files.credential_ob2_svg, name="ob2_svg"),
    path("status/<slug:slug>/<int:number>", issuers.status, name="status"),
    path("issuers/<slug:slug>", views.issuer, name="issuer"),
    path("issuers/<slug:slug>/did.json", issuers.did, name="did"),
    path("issuers/<slug:slug>/ob2.json", issuers.ob2, name="ob2_issuer"),
    path("issuers/<slug:slug>/ob2-revocations.json", issuers.ob2_revocations, name="ob2_revocations"),
    path("issuers/<slug:slug>/keys/<slug:name>", issuers.key, name="key"),
    path("issuers/<slug:slug>/keys/<slug:name>/ob2.json", issuers.ob2_key, name="ob2_key"),
    path("achievements/<slug:slug>/v<int:number>/ob2.json", issuers.ob2_badge_class, name="ob2_badge_class"),
    path("organisations/<slug:slug>/", include(desk_urls)),
    path("claim/code/", claiming.enter_claim_code, name="enter_claim_code"),
    path("claim/code/<str:code>/", claiming.use_claim_code, name="use_claim_code"),
    path("claim/<str:token>/", claiming.claim_by_link, name="claim_by_link"),
    path("endorsements/", include(endorsement_urls)),
    path("verify/", verification.verify, name="verify"),
    path("verify/batches/", include(batch_urls)),
]
