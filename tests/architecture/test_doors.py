"""Every address of the house, and what each person finds behind it."""

import re
from datetime import date, timedelta
from io import BytesIO
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import get_resolver
from PIL import Image

from apps.backpacks import codes, tokens
from apps.backpacks import verbs as backpacks
from apps.core import clock, ids, outbox
from apps.credentials import tokens as claim_tokens
from apps.credentials import verbs as credentials
from apps.credentials.models import Credential
from apps.credentials.queries import evidence_of
from apps.frameworks import verbs as frameworks
from apps.issuers.models import Seat
from apps.issuers.tokens import invitation_token
from apps.notices.tokens import unsubscribe_token
from apps.pathways import tokens as credit_tokens
from apps.pathways import verbs as pathways
from apps.reviews import verbs as reviews
from apps.reviews.models import Consequence
from apps.submissions import verbs as submissions
from tests.backpacks import theirs
from tests.factories import (
    ALL_GOOD,
    asked_for_credit,
    asked_outside,
    assessable_attempt,
    assessor_of,
    awarded_credential,
    browser,
    drafted_version,
    endorsed,
    endorsed_outside,
    held,
    issuer_with_owner,
    marks_for,
    nobody_in,
    open_attempt,
    operator,
    outsider,
    person,
    png_upload,
    published_version,
    requested,
    seated,
    second_attempt,
    submitted_attempt,
)
from tests.factories import bulk as tables
from tests.factories.frameworks import TABLE, imported, uploaded
from tests.factories.pathways import plan_of, published
from tests.shelf import shelved

pytestmark = pytest.mark.django_db

# Each row: address, then what a GET answers to
#   visitor · learner (whose things they are) · another learner · assessor of this achievement · assessor elsewhere ·
#   owner of the issuer · operator
# 302 for a visitor leads to signing in. 405: the address takes a POST only; acts are tested with their verbs.
# 302 for people under /accounts/: one is in already, or is asked “is it you?” first; tests/accounts goes through those.
DOORS = """
/                                                    200 200 200 200 200 200 200
/health/                                             503 503 503 503 503 503 503
/help/                                               200 200 200 200 200 200 200
/terms/                                              200 200 200 200 200 200 200
/terms/v1                                            200 200 200 200 200 200 200
/terms/v2                                            404 404 404 404 404 404 404
/privacy/                                            200 200 200 200 200 200 200
/privacy/v1                                          200 200 200 200 200 200 200
/styleguide/                                         200 200 200 200 200 200 200
/doctor/                                             302 403 403 403 403 403 200
/preferences/theme/                                  405 405 405 405 405 405 405
/preferences/language/                               405 405 405 405 405 405 405
/preferences/role/                                   302 405 405 405 405 405 405
/search/                                             200 200 200 200 200 200 200
/robots.txt                                          200 200 200 200 200 200 200
/sitemap.xml                                         200 200 200 200 200 200 200
/sitemap-achievements.xml                            200 200 200 200 200 200 200
/sitemap-nothing.xml                                 404 404 404 404 404 404 404
/catalogue/                                          200 200 200 200 200 200 200
/frameworks/                                         200 200 200 200 200 200 200
/frameworks/{framework}/                             200 200 200 200 200 200 200
/frameworks/{framework}/items.csv                    302 403 403 403 403 403 200
/frameworks/{framework}/items/{framework_item}/      200 200 200 200 200 200 200
/frameworks/{framework}/retire/                      302 403 403 403 403 403 200
/frameworks/{framework}/reopen/                      302 405 405 405 405 405 405
/frameworks/{unborn}/                                404 404 404 404 404 404 404
/frameworks/{unborn}/retire/                         302 404 404 404 404 404 404
/frameworks/imports/                                 302 403 403 403 403 403 200
/frameworks/imports/new/                             302 403 403 403 403 403 200
/frameworks/imports/example.csv                      302 200 200 200 200 200 200
/frameworks/imports/{checked}/                       302 404 404 404 404 404 200
/frameworks/imports/{checked}/report.csv             302 404 404 404 404 404 200
/frameworks/imports/{checked}/confirm/               302 405 405 405 405 405 405
/frameworks/imports/{checked}/drop/                  302 405 405 405 405 405 405
/frameworks/imports/{under_way}/                     302 404 404 404 404 404 200
/frameworks/imports/{under_way}/stop/                302 405 405 405 405 405 405
/frameworks/imports/{refused}/                       302 404 404 404 404 404 200
/issuers/{issuer}                                    200 200 200 200 200 200 200
/issuers/{issuer}/logo.png                           200 200 200 200 200 200 200
/issuers/{issuer}/did.json                           404 404 404 404 404 404 404
/issuers/{issuer}/ob2.json                           200 200 200 200 200 200 200
/issuers/{issuer}/ob2-revocations.json               200 200 200 200 200 200 200
/issuers/{issuer}/keys/{rsa}                         200 200 200 200 200 200 200
/issuers/{issuer}/keys/{rsa}/ob2.json                200 200 200 200 200 200 200
/status/{issuer}/1                                   200 200 200 200 200 200 200
/status/{issuer}/2                                   200 200 200 200 200 200 200
/status/{issuer}/3                                   404 404 404 404 404 404 404
/organisations/                                      302 200 200 200 200 200 200
/organisations/found/                                302 404 404 404 404 404 200
/organisations/{issuer}/                             302 404 404 200 404 200 200
/organisations/{issuer}/place/                       302 404 404 404 404 404 200
/organisations/{issuer}/verify/                      302 405 405 405 405 405 405
/organisations/{issuer}/unverify/                    302 405 405 405 405 405 405
/organisations/{issuer}/owner/                       302 404 404 404 404 404 404
/organisations/{issuer}/profile/                     302 404 404 404 404 200 404
/organisations/{issuer}/logo/                        302 404 404 404 404 200 404
/organisations/{issuer}/approvals/                   302 404 404 404 404 200 404
/organisations/{issuer}/approvals/{approval}/        302 404 404 404 404 200 404
/organisations/{issuer}/people/                      302 404 404 404 404 200 404
/organisations/{issuer}/logo/remove/                 302 405 405 405 405 405 405
/organisations/{issuer}/approvals/{approval}/remove/ 302 405 405 405 405 405 405
/organisations/{issuer}/people/invite/               302 404 404 404 404 302 404
/organisations/{issuer}/people/{seat}/               302 404 404 200 404 200 404
/organisations/{issuer}/people/{seat}/end/           302 405 405 405 405 405 405
/organisations/{issuer}/people/{seat}/suspend/       302 405 405 405 405 405 405
/organisations/{issuer}/people/{seat}/resume/        302 405 405 405 405 405 405
/organisations/{issuer}/invitations/{invitation}/resend/ 302 405 405 405 405 405 405
/organisations/{issuer}/invitations/{invitation}/withdraw/ 302 405 405 405 405 405 405
/organisations/{issuer}/leave/                       302 404 404 200 404 200 404
/organisations/{issuer}/agreements/                  302 404 404 404 404 200 404
/organisations/{issuer}/agreements/propose/          302 404 404 404 404 200 404
/organisations/{issuer}/agreements/{agreement}/      302 404 404 404 404 200 404
/organisations/{issuer}/agreements/{agreement}/accept/ 302 405 405 405 405 405 405
/organisations/{issuer}/agreements/{agreement}/decline/ 302 405 405 405 405 405 405
/organisations/{issuer}/agreements/{agreement}/withdraw/ 302 405 405 405 405 405 405
/organisations/{issuer}/agreements/{agreement}/end/  302 405 405 405 405 405 405
/organisations/{issuer}/holds/                       302 404 404 404 404 200 200
/organisations/{issuer}/holds/{hold}/lift/           302 404 404 404 404 200 200
/organisations/{issuer}/credentials/                 302 404 404 404 404 200 404
/organisations/{issuer}/credentials/issued.csv       302 404 404 404 404 200 404
/organisations/{issuer}/credentials/award/           302 404 404 404 404 200 404
/organisations/{issuer}/credentials/unclaimed/       302 404 404 404 404 200 404
/organisations/{issuer}/credentials/unclaimed.csv    302 404 404 404 404 200 404
/organisations/{issuer}/bulk/                        302 404 404 404 404 200 404
/organisations/{issuer}/bulk/new/                    302 404 404 404 404 200 404
/organisations/{issuer}/bulk/template.csv            302 404 404 404 404 200 404
/organisations/{issuer}/bulk/template.xlsx           302 404 404 404 404 200 404
/organisations/{issuer}/bulk/{table}/                302 404 404 404 404 200 404
/organisations/{issuer}/bulk/{mapped}/               302 404 404 404 404 200 404
/organisations/{issuer}/bulk/{mapped}/table/         302 404 404 404 404 200 404
/organisations/{issuer}/bulk/{mapped}/award/         302 404 404 404 404 200 404
/organisations/{issuer}/bulk/{mapped}/report.csv     302 404 404 404 404 200 404
/organisations/{issuer}/bulk/{mapped}/report.xlsx    302 404 404 404 404 200 404
/organisations/{issuer}/bulk/{mapped}/undo/          302 404 404 404 404 302 404
/organisations/{issuer}/bulk/{mapped}/drop/          302 405 405 405 405 405 405
/organisations/{issuer}/credentials/{shared}/        302 404 404 404 404 200 404
/organisations/{issuer}/credentials/{private}/       302 404 404 404 404 200 404
/organisations/{issuer}/credentials/{shared}/suspend/ 302 405 405 405 405 405 405
/organisations/{issuer}/credentials/{shared}/reinstate/ 302 405 405 405 405 405 405
/organisations/{issuer}/credentials/{shared}/reissue/ 302 405 405 405 405 405 405
/organisations/{issuer}/credentials/{shared}/renew/  302 405 405 405 405 405 405
/organisations/{issuer}/credentials/{shared}/revoke/ 302 404 404 404 404 200 404
/organisations/{issuer}/credentials/{shared}/correct/ 302 404 404 404 404 200 404
/organisations/{issuer}/credentials/{shared}/resend/ 302 405 405 405 405 405 405
/organisations/{issuer}/codes/                       302 404 404 404 404 200 404
/organisations/{issuer}/codes/{claim_code}/          302 404 404 404 404 200 404
/organisations/{issuer}/codes/{claim_code}/poster/   302 404 404 404 404 200 404
/organisations/{issuer}/codes/{claim_code}/qr.svg    302 404 404 404 404 200 404
/organisations/{issuer}/codes/{claim_code}/qr.png    302 404 404 404 404 200 404
/organisations/{issuer}/codes/{claim_code}/end/      302 405 405 405 405 405 405
/organisations/{issuer}/codes/{claim_code}/requests/{claim_request}/approve/ 302 405 405 405 405 405 405
/organisations/{issuer}/codes/{claim_code}/requests/{claim_request}/decline/ 302 405 405 405 405 405 405
/claim/code/                                         302 200 200 200 200 200 200
/claim/code/{code}/                                  302 200 200 200 200 200 200
/claim/code/KTR-7F4W/                                302 404 404 404 404 404 404
/claim/{claim}/                                      200 200 200 200 200 200 200
/claim/{old_claim}/                                  404 404 404 404 404 404 404
/organisations/{issuer}/keys/                        302 404 404 404 404 200 404
/organisations/{issuer}/keys/rotate/                 302 405 405 405 405 405 405
/organisations/{issuer}/keys/{key}/                  302 404 404 404 404 200 404
/organisations/{issuer}/keys/{key}/embedding/        302 404 404 404 404 200 404
/organisations/{issuer}/keys/{key}/reissue/          302 405 405 405 405 405 405
/invitations/{offer}/                                200 200 200 200 200 200 200
/invitations/{offer}x/                               404 404 404 404 404 404 404
/invitations/{old_offer}/                            410 410 410 410 410 410 410
/invitations/{offer}/accept/                         405 405 405 405 405 405 405
/invitations/{offer}/decline/                        405 405 405 405 405 405 405
/achievements/{slug}/changes/                        200 200 200 200 200 200 200
/achievements/{draft}/changes/                       404 404 404 404 404 200 404
/designs/                                            302 200 200 200 200 200 200
/designs/begin/                                      302 404 404 404 404 200 404
/designs/{design}/                                   302 404 404 404 404 200 404
/designs/{design}/focus/                             302 404 404 404 404 200 404
/designs/{design}/outcomes/                          302 404 404 404 404 200 404
/designs/{design}/metadata/                          302 404 404 404 404 200 404
/designs/{design}/align/                             302 404 404 404 404 200 404
/designs/{design}/ready/                             302 404 404 404 404 200 404
/designs/{design}/preview/                           302 404 404 404 404 200 404
/designs/{design}/page/                              302 404 404 404 404 200 404
/designs/{design}/assessor-badge/                    302 404 404 404 404 200 404
/designs/{design}/badge.png                          302 404 404 404 404 200 404
/designs/{design}/design.json                        302 404 404 404 404 200 404
/designs/{design}/align-item/                        302 405 405 405 405 405 405
/designs/{design}/align/1/remove/                    302 405 405 405 405 405 405
/designs/{design}/send-in/                           302 405 405 405 405 405 405
/designs/{design}/approve/                           302 405 405 405 405 405 405
/designs/{design}/ask-changes/                       302 405 405 405 405 405 405
/designs/{design}/publish/                           302 405 405 405 405 405 405
/designs/{design}/retire/                            302 405 405 405 405 405 405
/designs/{design}/archive/                           302 405 405 405 405 405 405
/designs/{design}/discard/                           302 405 405 405 405 405 405
/designs/{design}/draft-next/                        302 405 405 405 405 405 405
/designs/{design}/clone/                             302 405 405 405 405 405 405
/designs/{design}/comment/                           302 405 405 405 405 405 405
/design-comments/{comment}/resolve/                  302 405 405 405 405 405 405
/submissions/{open}/change-version/                  302 200 404 404 404 404 404
/achievements/{slug}/                                200 200 200 200 200 200 200
/achievements/{slug}/v1                              200 200 200 200 200 200 200
/achievements/{slug}/v2                              404 404 404 404 404 404 404
/achievements/{slug}/v1/badge.png                    200 200 200 200 200 200 200
/achievements/{slug}/v1/badge-240.webp               200 200 200 200 200 200 200
/achievements/{slug}/v1/badge-241.webp               404 404 404 404 404 404 404
/achievements/{slug}/v1/badge.svg                    200 200 200 200 200 200 200
/achievements/{slug}/v1/ob2.json                     200 200 200 200 200 200 200
/achievements/{draft}/                               404 404 404 404 404 404 404
/achievements/{draft}/v1                             404 404 404 404 404 404 404
/achievements/{draft}/v1/badge.png                   404 404 404 404 404 404 404
/achievements/{draft}/v1/badge-240.webp              404 404 404 404 404 404 404
/achievements/{draft}/v1/badge.svg                   404 404 404 404 404 404 404
/designs/{design}/graphic/                           302 404 404 404 404 200 404
/designs/{design}/graphic/preview/                   302 404 404 404 404 200 404
/designs/{design}/graphic/preview.svg                302 404 404 404 404 200 404
/designs/{design}/graphic/upload/                    302 404 404 404 404 200 404
/achievements/{slug}/start/                          302 405 405 405 405 405 405
/endorsements/                                       302 200 200 200 200 200 200
/endorsements/{endorsed}                             200 200 200 200 200 200 200
/endorsements/{outside}/endorser                     200 200 200 200 200 200 200
/endorsements/{asked}/endorser                       404 404 404 404 404 404 404
/endorse/{by_hand}/                                  200 200 200 200 200 200 200
/endorse/{by_mail}/                                  200 200 200 200 200 200 200
/endorse/{collection}/                                  404 404 404 404 404 404 404
/endorse/{by_mail}/decline/                          405 405 405 405 405 405 405
/endorse/{by_mail}/take-back/                        405 405 405 405 405 405 405
/endorsements/{asked}/write-again/                   302 405 405 405 405 405 405
/endorsements/{asked}                                404 404 404 404 404 200 404
/endorsements/{asked}/accept/                        302 404 404 404 404 404 404
/endorsements/{to_answer}                            404 404 404 404 404 200 404
/endorsements/{to_answer}/accept/                    302 404 404 404 404 200 404
/endorsements/{to_answer}/decline/                   302 404 404 404 404 200 404
/endorsements/{asked}/withdraw/                      302 405 405 405 405 405 405
/endorsements/{endorsed}/reissue-embedding/          302 405 405 405 405 405 405
/endorsements/{endorsed}/take-back/                  302 405 405 405 405 405 405
/endorsements/request/issuer/{issuer}/               302 404 404 404 404 200 404
/endorsements/request/achievement/{slug}/v1/         302 404 404 404 404 200 404
/endorsements/request/achievement/{draft}/v1/        302 404 404 404 404 404 404
/endorsements/request/credential/{shared}/           302 200 404 404 404 404 404
/verify/                                             200 200 200 200 200 200 200
/verify/batches/{batch}/                             200 200 200 200 200 200 200
/verify/batches/{batch}/1/                           200 200 200 200 200 200 200
/verify/batches/{batch}/2/                           404 404 404 404 404 404 404
/verify/batches/{batch}.csv                          200 200 200 200 200 200 200
/verify/batches/{batch}.json                         200 200 200 200 200 200 200
/verify/batches/{batch}/delete/                      405 405 405 405 405 405 405
/verify/batches/{old_batch}/                         410 410 410 410 410 410 410
/submissions/                                        302 200 200 200 200 200 200
/submissions/{open}/                                 302 200 404 404 404 404 404
/submissions/{open}/save/                            302 405 405 405 405 405 405
/submissions/{open}/evidence/                        302 200 404 404 404 404 404
/submissions/{open}/evidence/order/                  302 405 405 405 405 405 405
/submissions/{open}/lend-sample/                     302 405 405 405 405 405 405
/submissions/{open}/uploads/                         405 405 405 405 405 405 405
/uploads/{on_its_way}/                               401 200 404 404 404 404 404
/uploads/{on_its_way}/parts/1                        405 405 405 405 405 405 405
/uploads/{on_its_way}/parts/1/sign/                  405 405 405 405 405 405 405
/uploads/{on_its_way}/parts/1/find/                  405 405 405 405 405 405 405
/uploads/{on_its_way}/complete/                      405 405 405 405 405 405 405
/submissions/{open}/submit/                          302 200 404 404 404 404 404
/submissions/{open}/try-again/                       302 405 405 405 405 405 405
/submissions/{handed_in}/                            302 200 404 404 404 404 404
/submissions/{open}/withdraw/                        302 200 404 404 404 404 404
/submissions/{handed_in}/withdraw/                   302 200 404 404 404 404 404
/submissions/{handed_in}/appeal/                     302 302 404 404 404 404 404
/submissions/{handed_in}/appeal/withdraw/            302 404 404 404 404 404 404
/submissions/{told}/appeal/                          302 200 404 404 404 404 404
/submissions/{appealed}/appeal/withdraw/             302 200 404 404 404 404 404
/submissions/{open}/reopen/                          302 405 405 405 405 405 405
/submissions/{handed_in}/thread/                     302 200 404 404 404 404 404
/submissions/{handed_in}/read-thread/                302 405 405 405 405 405 405
/submissions/{again}/attempts/1/changes/             302 404 404 404 404 404 404
/submissions/{again}/attempts/2/changes/             302 200 404 200 404 404 404
/submissions/{withdrawn_work}/                       302 200 404 404 404 404 404
/submissions/{withdrawn_work}/attempts/1/export.zip  302 200 404 404 404 404 404
/submissions/{open}/attempts/1/export.zip            302 409 404 404 404 404 404
/submissions/{handed_in}/attempts/1/export.zip       302 200 404 200 404 404 404
/submissions/{handed_in}/attempts/2/export.zip       302 404 404 404 404 404 404
/evidence/{open_piece}/edit/                         302 200 404 404 404 404 404
/evidence/{open_piece}/capture-again/                302 405 405 405 405 405 405
/evidence/{open_piece}/replace/                      302 405 405 405 405 405 405
/evidence/{open_piece}/remove/                       302 405 405 405 405 405 405
/attempts/{open_attempt}/manifest.json               302 404 404 404 404 404 404
/attempts/{attempt}/manifest.json                    302 200 404 200 404 404 404
/e/{open_piece}                                      302 200 404 404 404 404 404
/e/{piece}                                           302 200 404 200 404 404 404
/e/{picture}                                         302 200 404 200 404 404 404
/e/{shown_piece}                                     200 200 200 200 200 200 200
/reviews/                                            302 403 403 200 200 403 403
/reviews/queue.csv                                   302 403 403 200 200 403 403
/reviews/views/save/                                 302 405 405 405 405 405 405
/reviews/views/{notice}/forget/                      302 405 405 405 405 405 405
/reviews/hand-out/                                   302 404 404 404 404 404 404
/reviews/workload/                                   302 404 404 404 404 404 404
/reviews/workload.csv                                302 404 404 404 404 404 404
/organisations/{issuer}/audit-trail/                 302 404 404 404 404 200 404
/organisations/{issuer}/audit-trail.zip              302 404 404 404 404 200 404
/reviews/appeals/                                    302 403 403 403 403 403 403
/reviews/appeals.csv                                 302 403 403 403 403 403 403
/reviews/consequences/                               302 404 404 404 404 200 404
/reviews/consequences/{changed}/                     302 404 404 404 404 200 404
/reviews/next/                                       302 405 405 405 405 405 405
/reviews/{open_attempt}/                             302 404 404 404 404 404 404
/reviews/{attempt}/                                  302 404 404 200 404 404 404
/reviews/{own_attempt}/                              302 404 404 403 404 404 404
/reviews/{attempt}/evidence/                         302 404 404 200 404 404 404
/reviews/{own_attempt}/evidence/                     302 404 404 403 404 404 404
/reviews/{attempt}/take/                             302 405 405 405 405 405 405
/reviews/{attempt}/give-back/                        302 405 405 405 405 405 405
/reviews/{attempt}/decide/                           302 405 405 405 405 405 405
/reviews/{attempt}/keep/                             302 405 405 405 405 405 405
/reviews/{attempt}/take-over/                        302 404 404 403 404 404 404
/reviews/{attempt}/recuse/                           302 404 404 200 404 404 404
/reviews/{attempt}/recognise/                        302 404 404 404 404 404 404
/reviews/{attempt}/grant/                            302 405 405 405 405 405 405
/reviews/{attempt}/pass-back/                        302 405 405 405 405 405 405
/reviews/{attempt}/agree/                            302 405 405 405 405 405 405
/reviews/{attempt}/change/                           302 405 405 405 405 405 405
/reviews/{attempt}/ask-again/                        302 405 405 405 405 405 405
/reviews/{attempt}/answer-appeal/                    302 405 405 405 405 405 405
/reviews/{attempt}/story/                            302 404 404 200 404 404 404
/reviews/{attempt}/story.csv                         302 404 404 200 404 404 404
/reviews/{attempt}/story.json                        302 404 404 200 404 404 404
/reviews/{attempt}/send-again/                       302 405 405 405 405 405 405
/reviews/{attempt}/return/                           302 404 404 200 404 404 404
/reviews/{attempt}/message/                          302 405 405 405 405 405 405
/reviews/{attempt}/read-thread/                      302 405 405 405 405 405 405
/reviews/{attempt}/talk/                             302 405 405 405 405 405 405
/reviews/{attempt}/annotate/                         302 405 405 405 405 405 405
/reviews/{attempt}/comments/                         302 404 404 200 404 404 404
/reviews/{attempt}/comments/keep/                    302 405 405 405 405 405 405
/reviews/{attempt}/comments/{bank_comment}/use/      302 405 405 405 405 405 405
/reviews/annotations/{annotation}/edit/              302 404 404 200 404 404 404
/reviews/annotations/{annotation}/remove/            302 405 405 405 405 405 405
/reviews/annotations/{annotation}/reply/             302 405 405 405 405 405 405
/reviews/annotations/{annotation}/resolve/           302 405 405 405 405 405 405
/reviews/annotations/{annotation}/unresolve/         302 405 405 405 405 405 405
/reviews/bank/                                       302 403 403 200 200 403 403
/reviews/bank/keep/                                  302 405 405 405 405 405 405
/reviews/bank/comments.csv                           302 403 403 200 200 403 403
/reviews/bank/{bank_comment}/edit/                   302 404 404 200 404 404 404
/reviews/bank/{bank_comment}/retire/                 302 405 405 405 405 405 405
/reviews/bank/{bank_comment}/restore/                302 405 405 405 405 405 405
/reviews/{withdrawn_attempt}/                        302 404 404 404 404 404 404
/reviews/{second_attempt}/                           302 404 404 200 404 404 404
/backpack/                                           302 200 200 200 200 200 200
/backpack/items/{item}/claim/                        302 405 405 405 405 405 405
/backpack/several/                                   302 405 405 405 405 405 405
/backpack/skills/                                    302 200 200 200 200 200 200
/backpack/declare/                                   302 200 200 200 200 200 200
/backpack/items/{item}/                              302 200 404 404 404 404 404
/backpack/items/{item}/readdress/                    302 405 405 405 405 405 405
/backpack/items/{item}/decline/                      302 405 405 405 405 405 405
/backpack/items/{item}/archive/                      302 405 405 405 405 405 405
/backpack/items/{item}/unarchive/                    302 405 405 405 405 405 405
/backpack/items/{item}/remove/                       302 405 405 405 405 405 405
/backpack/items/{item}/picture                       302 404 404 404 404 404 404
/backpack/items/{declared}/picture                   302 200 404 404 404 404 404
/backpack/items/{elsewhere}/                         302 200 404 404 404 404 404
/backpack/items/{elsewhere}/check-again/             302 405 405 405 405 405 405
/backpack/items/{elsewhere}/give-up/                 302 405 405 405 405 405 405
/backpack/import/                                    302 200 200 200 200 200 200
/backpack/imports/{brought}/                         302 200 404 404 404 404 404
/backpack/imports/{brought}/forget/                  302 405 405 405 405 405 405
/backpack/imports/{brought}/{sick}/tell/             302 200 404 404 404 404 404
/backpack/imports/{brought}/{sick}/try-again/        302 405 405 405 405 405 405
/backpack/imports/{brought}/{sick}/forget/           302 405 405 405 405 405 405
/backpack/collections/new/                           302 200 200 200 200 200 200
/backpack/collections/{collection}/                  302 200 404 404 404 404 404
/backpack/collections/{collection}/add/              302 405 405 405 405 405 405
/backpack/collections/{collection}/write/            302 405 405 405 405 405 405
/backpack/collections/{collection}/arrange/          302 405 405 405 405 405 405
/backpack/collections/{collection}/blocks/{block}/   302 200 404 404 404 404 404
/backpack/collections/{collection}/blocks/{block}/remove/ 302 405 405 405 405 405 405
/backpack/collections/{collection}/blocks/{block}/put-back/ 302 405 405 405 405 405 405
/backpack/collections/{collection}/cover/            302 200 404 404 404 404 404
/backpack/collections/{collection}/cover.jpg         302 200 404 404 404 404 404
/backpack/collections/{collection}/preview/          302 200 404 404 404 404 404
/backpack/collections/{collection}/share/            302 200 404 404 404 404 404
/backpack/collections/{collection}/unshare/          302 405 405 405 405 405 405
/backpack/collections/{collection}/publish/          302 200 404 404 404 404 404
/backpack/collections/{collection}/unpublish/        302 405 405 405 405 405 405
/backpack/collections/{collection}/links/{link}/revoke/ 302 405 405 405 405 405 405
/backpack/collections/{collection}/links/{link}/     302 200 404 404 404 404 404
/backpack/collections/{collection}/links/{link}/code/ 302 405 405 405 405 405 405
/backpack/collections/{collection}/sheet/            302 302 404 404 404 404 404
/backpack/collections/{collection}/sheet/code/       302 405 405 405 405 405 405
/backpack/collections/{public}/sheet/                302 200 404 404 404 404 404
/backpack/collections/{collection}/remove/           302 405 405 405 405 405 405
/backpack/export/                                    302 200 200 200 200 200 200
/backpack/export/backpack.zip                        302 200 200 200 200 200 200
/backpack/export/backpack-light.zip                  302 200 200 200 200 200 200
/backpack/export/account/                            302 405 405 405 405 405 405
/backpack/export/clr.json                            302 200 200 200 200 200 200
/backpack/export/presentation.json                   302 200 200 200 200 200 200
/backpack/export/badges.csv                          302 200 200 200 200 200 200
/backpack/profile/                                   302 200 200 200 200 200 200
/backpack/profile/on/                                302 405 405 405 405 405 405
/backpack/profile/off/                               302 405 405 405 405 405 405
/b/{token}/                                          200 200 200 200 200 200 200
/b/{token}/skills/                                   200 200 200 200 200 200 200
/b/{token}/cv/                                       200 200 200 200 200 200 200
/b/{token}/cover.jpg                                 200 200 200 200 200 200 200
/b/{token}/card.png                                  200 200 200 200 200 200 200
/b/{token}/qr.svg                                    200 200 200 200 200 200 200
/b/{token}/qr.png                                    200 200 200 200 200 200 200
/b/{token}/{block}/                                  200 200 200 200 200 200 200
/b/{token}/{block}/picture                           404 404 404 404 404 404 404
/b/{token}/{block}/{shown_piece}/                    200 200 200 200 200 200 200
/b/{token}/{told_block}/{shown_piece}/               404 404 404 404 404 404 404
/b/{token}/{told_block}/                             200 200 200 200 200 200 200
/b/{token}/{told_block}/picture                      200 200 200 200 200 200 200
/b/{old_token}/                                      404 404 404 404 404 404 404
/b/{old_token}/card.png                              404 404 404 404 404 404 404
/b/{old_token}/qr.svg                                404 404 404 404 404 404 404
/b/{old_token}/qr.png                                404 404 404 404 404 404 404
/b/{collection}/                                     404 404 404 404 404 404 404
/b/{public}/                                         200 200 200 200 200 200 200
/p/ana-rangi                                         200 200 200 200 200 200 200
/p/somebody-else                                     404 404 404 404 404 404 404
/p/ana-rangi/card.png                                200 200 200 200 200 200 200
/p/somebody-else/card.png                            404 404 404 404 404 404 404
/embed/b/{token}                                     200 200 200 200 200 200 200
/embed/b/{public}                                    200 200 200 200 200 200 200
/embed/b/{old_token}                                 404 404 404 404 404 404 404
/embed/c/{shared}                                    200 200 200 200 200 200 200
/embed/c/{private}                                   404 404 404 404 404 404 404
/oembed                                              400 400 400 400 400 400 400
/v/{short}                                          303 303 303 303 303 303 303
/v/{short}/                                         303 303 303 303 303 303 303
/v/CCC-CCCC                                          404 404 404 404 404 404 404
/credit/                                             302 200 200 200 200 200 200
/credit/{credit}/                                    302 200 404 404 404 200 404
/credit/{credit}/dossier.zip                         302 200 404 404 404 200 404
/credit/{credit}/evidence/{shown_piece}/             302 404 404 404 404 404 404
/credit/{credit}/answer/                             302 405 405 405 405 405 405
/credit/{credit}/withdraw/                           302 405 405 405 405 405 405
/credit/{by_letter}/                                 302 200 404 404 404 404 404
/credit/{by_letter}/evidence/{shown_piece}/          302 200 404 404 404 404 404
/credit/link/{credit_link}/                          200 200 200 200 200 200 200
/credit/link/{credit_link}/dossier.zip               200 200 200 200 200 200 200
/credit/link/{credit_link}/evidence/{shown_piece}/   200 200 200 200 200 200 200
/credit/link/{credit_link}/answer/                   405 405 405 405 405 405 405
/credit/link/{old_token}/                            404 404 404 404 404 404 404
/credit/link/{old_token}/dossier.zip                 404 404 404 404 404 404 404
/c/{shared}/credit/                                  302 200 404 404 404 404 404
/organisations/{issuer}/pathways/                    302 404 404 404 404 200 404
/organisations/{issuer}/equivalences/                302 404 404 404 404 200 404
/organisations/{issuer}/equivalences/new/            302 404 404 404 404 200 404
/organisations/{issuer}/equivalences/{rule}/         302 404 404 404 404 200 404
/organisations/{issuer}/equivalences/{rule}/accept/  302 405 405 405 405 405 405
/organisations/{issuer}/equivalences/{rule}/decline/ 302 405 405 405 405 405 405
/organisations/{issuer}/equivalences/{rule}/withdraw/ 302 405 405 405 405 405 405
/organisations/{issuer}/equivalences/{rule}/end/     302 405 405 405 405 405 405
/pathways/                                           200 200 200 200 200 200 200
/pathways/{credited}/                                200 200 200 200 200 200 200
/pathways/{plan}/                                    404 200 404 404 404 404 404
/pathways/{credited}/move-on/                        302 404 404 404 404 404 404
/pathways/{credited}/leave/                          302 405 405 405 405 405 405
/pathways/{credited}/groups/                         302 404 404 404 404 200 404
/pathways/stacks/                                    302 200 200 200 200 200 200
/pathways/stacks/{stack}/                            302 404 404 404 404 200 404
/pathways/groups/                                    302 200 200 200 200 200 200
/pathways/groups/{group}/                            302 200 404 200 404 200 404
/pathways/groups/{group}/join/                       302 200 200 200 200 200 200
/pathways/groups/{group}/hand-on/                    302 405 405 405 405 405 405
/pathways/groups/{group}/end/                        302 405 405 405 405 405 405
/pathways/members/{member}/                          302 404 404 200 404 404 404
/pathways/members/{member}/leave/                    302 405 405 405 405 405 405
/pathways/plans/                                     302 200 200 200 200 200 200
/pathways/plans/new/                                 302 200 200 200 200 200 200
/pathways/plans/add/{slug}/                           302 200 200 200 200 200 200
/pathways/{way}/versions/                            302 404 404 404 404 200 404
/pathways/{way}/changes/                             200 200 200 200 200 200 200
/pathways/{way}/edit/                                302 404 404 404 404 200 404
/pathways/{way}/edit/words/                          302 404 404 404 404 200 404
/pathways/{way}/edit/add/                            302 404 404 404 404 200 404
/pathways/{way}/edit/nodes/n3/                       302 404 404 404 404 200 404
/pathways/{way}/edit/move/                           302 405 405 405 405 405 405
/pathways/{way}/edit/remove/                         302 405 405 405 405 405 405
/pathways/{way}/edit/put-back/                       302 405 405 405 405 405 405
/pathways/{way}/try/                                 302 404 404 404 404 200 404
/pathways/{way}/publish/                             302 404 404 404 404 200 404
/pathways/{way}/draft-next/                          302 405 405 405 405 405 405
/pathways/{way}/discard/                             302 405 405 405 405 405 405
/pathways/{way}/archive/                             302 405 405 405 405 405 405
/pathways/{way}/copy/                                302 405 405 405 405 405 405
/pathways/{way}/share/                               302 405 405 405 405 405 405
/pathways/{way}/unshare/                             302 405 405 405 405 405 405
/pathways/{plan}/edit/                               302 200 404 404 404 404 404
/pathways/{plan}/versions/                           302 200 404 404 404 404 404
/pathways/{plan}/changes/                            404 200 404 404 404 404 404
/pathways/{credited}/credit/                         302 200 200 200 200 200 200
/c/{shared}                                          200 200 200 200 200 200 200
/c/{shared}.json                                     200 200 200 200 200 200 200
/c/{shared}.png                                      200 200 200 200 200 200 200
/c/{shared}.pdf                                      200 200 200 200 200 200 200
/c/{shared}/record                                   200 200 200 200 200 200 200
/c/{shared}/record.json                              200 200 200 200 200 200 200
/c/{shared}/card.png                                 200 200 200 200 200 200 200
/c/{shared}/qr.svg                                   200 200 200 200 200 200 200
/c/{shared}/qr.png                                   200 200 200 200 200 200 200
/c/{shared}/share/                                   302 200 404 404 404 404 404
/c/{shared}/share/code/                              302 405 405 405 405 405 405
/c/{shared}/disclose/                                302 200 404 404 404 404 404
/c/{shared}/show/                                    302 405 405 405 405 405 405
/c/{shared}.jwt                                      200 200 200 200 200 200 200
/c/{shared}.svg                                      200 200 200 200 200 200 200
/c/{shared}/ob2.json                                 200 200 200 200 200 200 200
/c/{shared}/ob2.png                                  200 200 200 200 200 200 200
/c/{shared}/ob2.svg                                  200 200 200 200 200 200 200
/c/{private}                                         404 200 404 404 404 404 404
/c/{private}.json                                    404 200 404 404 404 404 404
/c/{private}.png                                     404 200 404 404 404 404 404
/c/{private}.jwt                                     404 200 404 404 404 404 404
/c/{private}.svg                                     404 200 404 404 404 404 404
/c/{private}/ob2.json                                404 200 404 404 404 404 404
/c/{private}/ob2.png                                 404 200 404 404 404 404 404
/c/{private}/ob2.svg                                 404 200 404 404 404 404 404
/c/{private}.pdf                                     404 200 404 404 404 404 404
/c/{private}/record                                  404 200 404 404 404 404 404
/c/{private}/record.json                             404 200 404 404 404 404 404
/c/{private}/card.png                                404 200 404 404 404 404 404
/c/{private}/qr.svg                                  404 200 404 404 404 404 404
/c/{private}/qr.png                                  404 200 404 404 404 404 404
/c/{private}/share/                                  302 200 404 404 404 404 404
/c/{private}/disclose/                               302 200 404 404 404 404 404
/accounts/                                           302 302 302 302 302 302 302
/accounts/profile/                                   302 200 200 200 200 200 200
/accounts/sessions/                                  302 200 200 200 200 200 200
/accounts/sessions/sign-out-elsewhere/               302 405 405 405 405 405 405
/accounts/consent/                                   302 200 200 200 200 200 200
/accounts/tokens/                                    302 200 200 200 200 200 200
/accounts/tokens/aaaaaaaaaaaaaaaaaaaaaaaaaa/revoke/  302 405 405 405 405 405 405
/accounts/leave/                                     302 200 200 200 200 200 200
/accounts/stay/                                      302 405 405 405 405 405 405
/accounts/merge/                                     302 200 200 200 200 200 200
/accounts/merge/sign-in/                             302 405 405 405 405 405 405
/accounts/merge/here/                                302 302 302 302 302 302 302
/accounts/merge/aaaa/                                302 404 404 404 404 404 404
/accounts/erased/aaaaaaaaaaaaaaaaaaaaaaaaaa/         404 404 404 404 404 404 404
/accounts/guardian/                                  302 200 200 200 200 200 200
/accounts/guardian/minor/                            302 405 405 405 405 405 405
/accounts/guardian/aaaa:bbbb/                        404 404 404 404 404 404 404
/accounts/signup/                                    200 302 302 302 302 302 302
/accounts/signup/passkey/                            200 302 302 302 302 302 302
/accounts/login/                                     200 302 302 302 302 302 302
/accounts/login/code/                                200 302 302 302 302 302 302
/accounts/login/code/confirm/                        302 302 302 302 302 302 302
/accounts/confirm-email/                             302 302 302 302 302 302 302
/accounts/inactive/                                  200 200 200 200 200 200 200
/accounts/logout/                                    302 200 200 200 200 200 200
/accounts/reauthenticate/                            302 200 200 200 200 200 200
/accounts/email/                                     302 200 200 200 200 200 200
/accounts/password/change/                           302 200 200 200 200 200 200
/accounts/password/set/                              302 302 302 302 302 302 302
/accounts/password/reset/                            200 200 200 200 200 200 200
/accounts/password/reset/done/                       200 200 200 200 200 200 200
/accounts/password/reset/key/1-a-b/                  200 200 200 200 200 200 200
/accounts/password/reset/key/done/                   200 200 200 200 200 200 200
/accounts/passkeys/signup/                           302 302 302 302 302 302 302
/accounts/passkeys/login/                            302 302 302 302 302 302 302
/accounts/passkeys/reauthenticate/                   302 302 302 302 302 302 302
/accounts/passkeys/add/                              302 302 302 302 302 302 302
/accounts/passkeys/{passkey}/rename/                 302 302 302 302 302 302 302
/accounts/passkeys/{passkey}/remove/                 302 302 302 302 302 302 302
/accounts/security/                                  302 200 200 200 200 200 200
/accounts/second-step/                               302 302 302 302 302 302 302
/accounts/second-step/reauthenticate/                302 302 302 302 302 302 302
/accounts/second-step/activate/                      302 302 302 302 302 302 302
/accounts/second-step/deactivate/                    302 404 404 404 404 404 404
/accounts/recovery-codes/                            302 404 404 404 404 404 404
/accounts/recovery-codes/generate/                   302 302 302 302 302 302 302
/accounts/recovery-codes/download/                   302 404 404 404 404 404 404
/api/mail-events/postmark/                           405 405 405 405 405 405 405
/notices/                                            302 200 200 200 200 200 200
/notices/read-all/                                   302 405 405 405 405 405 405
/notices/preferences/                                302 200 200 200 200 200 200
/notices/unsubscribe/{stop}/                         200 200 200 200 200 200 200
/notices/unsubscribe/{stop}x/                        404 404 404 404 404 404 404
/notices/{notice}/                                   302 302 404 404 404 404 404
/dev/mail/                                           200 200 200 200 200 200 200
/dev/mail/{letter}/                                  404 404 404 404 404 404 404
/dev/mail/{letter}/html/                             404 404 404 404 404 404 404
/dev/mail/{letter}/attachments/0/                    404 404 404 404 404 404 404
/api/v1/me/                                          401 200 200 200 200 200 200
/api/v1/achievements/                                200 200 200 200 200 200 200
/api/v1/achievements/{slug}/                         200 200 200 200 200 200 200
/api/v1/achievements/{draft}/                        404 404 404 404 404 404 404
/api/v1/achievements/{slug}/publish/                 405 405 405 405 405 405 405
/api/v1/issuers/{issuer}/achievements/               405 405 405 405 405 405 405
/api/v1/issuers/{issuer}/credentials/                401 404 404 404 404 200 404
/api/v1/credentials/{shared}/share/                  401 200 404 404 404 404 404
/api/v1/credentials/{private}/share/                 401 409 404 404 404 404 404
/api/v1/credentials/{shared}/suspend/                405 405 405 405 405 405 405
/api/v1/credentials/{shared}/reinstate/              405 405 405 405 405 405 405
/api/v1/credentials/{shared}/revoke/                 405 405 405 405 405 405 405
/api/v1/credentials/{shared}/reissue/                405 405 405 405 405 405 405
/api/v1/credentials/{shared}/correct/                405 405 405 405 405 405 405
/api/v1/credentials/{shared}/renew/                  405 405 405 405 405 405 405
/api/v1/credentials/{shared}/resend/                 405 405 405 405 405 405 405
/api/v1/credentials/{shared}/decline/                405 405 405 405 405 405 405
/api/v1/issuers/{issuer}/audit-trail.zip             401 404 404 404 404 200 404
/api/v1/issuers/{issuer}/bulk-awards/                401 404 404 404 404 200 404
/api/v1/bulk-awards/{mapped}/                        401 404 404 404 404 200 404
/api/v1/bulk-awards/{mapped}/rows/                   401 404 404 404 404 200 404
/api/v1/bulk-awards/{mapped}/table/                  405 405 405 405 405 405 405
/api/v1/bulk-awards/{mapped}/columns/                405 405 405 405 405 405 405
/api/v1/bulk-awards/{mapped}/award/                  405 405 405 405 405 405 405
/api/v1/bulk-awards/{mapped}/undo/                   405 405 405 405 405 405 405
/api/v1/issuers/{issuer}/claim-codes/                401 404 404 404 404 200 404
/api/v1/claim-codes/{claim_code}/requests/           401 404 404 404 404 200 404
/api/v1/claim-codes/{claim_code}/end/                405 405 405 405 405 405 405
/api/v1/claim-requests/{claim_request}/approve/      405 405 405 405 405 405 405
/api/v1/claim-requests/{claim_request}/decline/      405 405 405 405 405 405 405
/api/v1/claims/                                      405 405 405 405 405 405 405
/api/v1/agreements/                                  200 200 200 200 200 200 200
/api/v1/credit-requests/                             401 200 200 200 200 200 200
/api/v1/credit-requests/{credit}/                    401 200 404 404 404 200 404
/api/v1/credit-requests/{credit}/answer/             405 405 405 405 405 405 405
/api/v1/credit-requests/{credit}/withdraw/           405 405 405 405 405 405 405
/api/v1/backpack/items/                              401 200 200 200 200 200 200
/api/v1/backpack/items/declare/                      405 405 405 405 405 405 405
/api/v1/backpack/items/{item}/                       401 200 404 404 404 404 404
/api/v1/backpack/items/{item}/keep/                  405 405 405 405 405 405 405
/api/v1/backpack/items/{item}/decline/               405 405 405 405 405 405 405
/api/v1/backpack/items/{elsewhere}/check-again/      405 405 405 405 405 405 405
/api/v1/backpack/items/{item}/letters/               401 200 404 404 404 404 404
/api/v1/backpack/items/{item}/shown/                 401 200 404 404 404 404 404
/api/v1/backpack/profile/                            401 200 404 404 404 404 404
/api/v1/backpack/profile/on/                         405 405 405 405 405 405 405
/api/v1/backpack/profile/off/                        405 405 405 405 405 405 405
/api/v1/backpack/import/                             405 405 405 405 405 405 405
/api/v1/backpack/export/badges.csv                   401 200 200 200 200 200 200
/api/v1/backpack/export/nothing.zip                  401 404 404 404 404 404 404
/api/v1/backpack/imports/                            401 200 200 200 200 200 200
/api/v1/backpack/imports/{brought}/                  401 200 404 404 404 404 404
/api/v1/backpack/collections/                        401 200 200 200 200 200 200
/api/v1/backpack/collections/{collection}/           401 200 404 404 404 404 404
/api/v1/backpack/collections/{collection}/links/     401 200 404 404 404 404 404
/api/v1/backpack/collections/{collection}/links/{link}/ 405 405 405 405 405 405 405
/api/v1/backpack/collections/{collection}/links/{link}/share/ 401 200 404 404 404 404 404
/api/v1/backpack/collections/{public}/share/         401 200 404 404 404 404 404
/api/v1/backpack/collections/{collection}/parts/     405 405 405 405 405 405 405
/api/v1/backpack/collections/{collection}/parts/{block}/ 405 405 405 405 405 405 405
/api/v1/backpack/collections/{collection}/parts/{block}/put-back/ 405 405 405 405 405 405 405
/api/v1/backpack/collections/{collection}/order/     405 405 405 405 405 405 405
/api/v1/backpack/collections/{collection}/publish/   405 405 405 405 405 405 405
/api/v1/backpack/collections/{collection}/unpublish/ 405 405 405 405 405 405 405
/api/v1/backpack/collections/{collection}/unshare/   405 405 405 405 405 405 405
/api/v1/pathways/                                    200 200 200 200 200 200 200
/api/v1/pathways/{way}/                              200 200 200 200 200 200 200
/api/v1/pathways/{plan}/                             404 200 404 404 404 404 404
/api/v1/frameworks/                                  200 200 200 200 200 200 200
/api/v1/frameworks/{framework}/items/                200 200 200 200 200 200 200
/api/v1/frameworks/{unborn}/items/                   404 404 404 404 404 404 404
/api/v1/submissions/                                 401 200 200 200 200 200 200
/api/v1/submissions/{open}/                          401 200 404 404 404 404 404
/api/v1/submissions/{open}/submit/                   405 405 405 405 405 405 405
/api/v1/submissions/{open}/try-again/                405 405 405 405 405 405 405
/api/v1/submissions/{open}/withdraw/                 405 405 405 405 405 405 405
/api/v1/submissions/{open}/reopen/                   405 405 405 405 405 405 405
/api/v1/submissions/{open}/lend-sample/              405 405 405 405 405 405 405
/api/v1/submissions/{open}/change-version/           405 405 405 405 405 405 405
/api/v1/submissions/{open}/thread/                   401 200 404 404 404 404 404
/api/v1/submissions/{open}/appeal/                   401 200 404 404 404 404 404
/api/v1/submissions/{open}/appeal/withdraw/          405 405 405 405 405 405 405
/api/v1/submissions/{open}/attempts/1/               401 200 404 404 404 404 404
/api/v1/submissions/{open}/attempts/2/               401 404 404 404 404 404 404
/api/v1/submissions/{handed_in}/attempts/1/manifest.json 401 200 404 404 404 404 404
/api/v1/submissions/{open}/attempts/1/manifest.json  401 409 404 404 404 404 404
/api/v1/submissions/{handed_in}/attempts/1/export.zip 401 200 404 404 404 404 404
/api/v1/submissions/{open}/attempts/1/evidence/      401 200 404 404 404 404 404
/api/v1/submissions/{open}/attempts/1/evidence/order/ 405 405 405 405 405 405 405
/api/v1/submissions/{again}/attempts/2/changes/      401 200 404 404 404 404 404
/api/v1/submissions/{open}/attempts/1/changes/       401 404 404 404 404 404 404
/api/v1/submissions/{open}/attempts/1/uploads/       401 200 404 404 404 404 404
/api/v1/uploads/{on_its_way}/                        401 200 404 404 404 404 404
/api/v1/uploads/{on_its_way}/parts/1/                405 405 405 405 405 405 405
/api/v1/uploads/{on_its_way}/complete/               405 405 405 405 405 405 405
/api/v1/submissions/{open}/attempts/1/notes/         401 200 404 404 404 404 404
/api/v1/bank-comments/                               401 200 200 200 200 200 200
/api/v1/bank-comments/{bank_comment}/                401 404 404 200 404 404 404
/api/v1/evidence/{open_piece}/                       401 200 404 404 404 404 404
/api/v1/evidence/{open_piece}/criteria/              405 405 405 405 405 405 405
/api/v1/evidence/{open_piece}/file/                  405 405 405 405 405 405 405
/api/v1/evidence/{open_piece}/captures/              401 200 404 404 404 404 404
/api/v1/evidence/{open_piece}/capture-again/         405 405 405 405 405 405 405
/api/v1/reviews/                                     401 403 403 200 200 403 403
/api/v1/reviews/next/                                405 405 405 405 405 405 405
/api/v1/reviews/share-out/                           405 405 405 405 405 405 405
/api/v1/reviews/appeals/                             401 403 403 403 403 403 403
/api/v1/reviews/workload/                            401 403 403 403 403 403 403
/api/v1/reviews/consequences/                        401 200 200 200 200 200 200
/api/v1/reviews/consequences/{changed}/              401 404 404 404 404 200 404
/api/v1/reviews/turns/{changed}/assign/              405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/                           401 404 404 200 404 404 404
/api/v1/reviews/{own_attempt}/                       401 404 404 403 404 404 404
/api/v1/reviews/{open_attempt}/                      401 404 404 404 404 404 404
/api/v1/reviews/{second_attempt}/changes/            401 404 404 200 404 404 404
/api/v1/reviews/{attempt}/changes/                   401 404 404 404 404 404 404
/api/v1/reviews/{attempt}/story/                     401 404 404 200 404 404 404
/api/v1/reviews/{attempt}/thread/                    401 404 404 200 404 404 404
/api/v1/reviews/{attempt}/take/                      405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/take-over/                 405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/keep/                      405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/give-back/                 405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/recognise/                 405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/recuse/                    405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/marks/                     405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/decide/                    405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/return/                    405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/grant/                     405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/pass-back/                 405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/agree/                     405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/change-decision/           405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/ask-again/                 405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/answer-appeal/             405 405 405 405 405 405 405
/api/v1/reviews/{attempt}/send-again/                405 405 405 405 405 405 405
/api/v1/credentials/                                 401 200 200 200 200 200 200
/api/v1/verifications/                               405 405 405 405 405 405 405
/api/v1/verification-batches/                        405 405 405 405 405 405 405
/api/v1/verification-batches/{batch}/                200 200 200 200 200 200 200
/api/v1/verification-batches/{old_batch}/            410 410 410 410 410 410 410
/api/v1/notices/                                     401 200 200 200 200 200 200
/api/v1/notices/{notice}/read/                       405 405 405 405 405 405 405
/api/v1/schema/                                      200 200 200 200 200 200 200
/api/v1/docs/                                        200 200 200 200 200 200 200
/admin/                                              302 302 302 302 302 302 200
/admin/login/                                        302 403 403 403 403 403 302
/admin/logout/                                       302 302 302 302 302 302 405
/admin/password_change/                              302 302 302 302 302 302 302
/admin/password_change/done/                         302 302 302 302 302 302 200
/admin/jsi18n/                                       302 302 302 302 302 302 200
/admin/autocomplete/                                 302 302 302 302 302 302 403
/nowhere/                                            404 404 404 404 404 404 404
"""
# What the pages of an organisation, and of a design of it, answer to people who sit there, in other parts and elsewhere in the tree. DOORS has a
# row for each of these addresses too; this table knows more people by it.
#   visitor · learner · viewer · assessor · designer · manager · owner · owner further up · owner further down ·
#   owner elsewhere · operator
AT_AN_ORGANISATION = """
/organisations/{issuer}/                             302 404 200 200 200 200 200 200 404 404 200
/organisations/{issuer}/place/                       302 404 404 404 404 404 404 404 404 404 200
/organisations/{issuer}/owner/                       302 404 404 404 404 404 404 404 404 404 404
/organisations/{issuer}/profile/                     302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/logo/                        302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/approvals/                   302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/approvals/{approval}/        302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/people/                      302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/people/invite/               302 404 404 404 404 302 302 302 404 404 404
/organisations/{issuer}/people/{seat}/               302 404 404 200 404 200 200 200 404 404 404
/organisations/{issuer}/audit-trail/                 302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/audit-trail.zip              302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/holds/                       302 404 404 404 404 404 200 200 404 404 200
/organisations/{issuer}/credentials/                 302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/credentials/issued.csv       302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/credentials/award/           302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/credentials/unclaimed/       302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/bulk/                        302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/bulk/new/                    302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/agreements/                  302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/codes/                       302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/keys/                        302 404 404 404 404 200 200 200 404 404 404
/organisations/{issuer}/leave/                       302 404 200 200 200 200 200 404 404 404 404
/organisations/{below}/                              302 404 200 404 200 200 200 200 200 404 200
/organisations/{below}/people/                       302 404 404 404 404 200 200 200 200 404 404
/organisations/{above}/                              302 404 404 404 404 404 404 200 404 404 200
/organisations/{above}/people/                       302 404 404 404 404 404 404 200 404 404 404
/designs/{design}/                                   302 404 404 404 200 200 200 200 404 404 404
/designs/{design}/focus/                             302 404 404 404 200 200 200 200 404 404 404
/designs/{design}/outcomes/                          302 404 404 404 200 200 200 200 404 404 404
/designs/{design}/graphic/                           302 404 404 404 200 200 200 200 404 404 404
/designs/{design}/metadata/                          302 404 404 404 200 200 200 200 404 404 404
/designs/{design}/align/                             302 404 404 404 200 200 200 200 404 404 404
/designs/{design}/ready/                             302 404 404 404 200 200 200 200 404 404 404
/designs/{design}/preview/                           302 404 404 404 200 200 200 200 404 404 404
/designs/{design}/page/                              302 404 404 404 200 200 200 200 404 404 404
/designs/{design}/assessor-badge/                    302 404 404 404 200 200 200 200 404 404 404
/designs/{design}/design.json                        302 404 404 404 200 200 200 200 404 404 404
/designs/begin/                                      302 404 404 404 200 200 200 200 200 200 404
/organisations/found/                                302 404 404 404 404 404 404 404 404 404 200
"""
# What stands at the desk, to each part that people play at an issuer: at the one where the work is, and at another. DOORS
# has a row for each of these addresses too.
#   assessor · moderator · designer · manager · viewer · owner, and the same six elsewhere
AT_THE_DESK = """
/reviews/                                            200 200 403 403 403 403 200 200 403 403 403 403
/reviews/?view=done                                  200 200 403 403 403 403 200 200 403 403 403 403
/reviews/?view=decided                               200 200 403 403 403 403 200 200 403 403 403 403
/reviews/queue.csv                                   200 200 403 403 403 403 200 200 403 403 403 403
/reviews/hand-out/                                   404 302 404 404 404 404 404 302 404 404 404 404
/reviews/workload/                                   404 200 404 404 404 404 404 200 404 404 404 404
/reviews/workload.csv                                404 200 404 404 404 404 404 200 404 404 404 404
/reviews/appeals/                                    403 200 403 403 403 403 403 200 403 403 403 403
/reviews/appeals.csv                                 403 200 403 403 403 403 403 200 403 403 403 403
/reviews/consequences/                               404 404 404 200 404 200 404 404 404 200 404 200
/reviews/bank/                                       200 200 403 403 403 403 200 200 403 403 403 403
/reviews/bank/comments.csv                           200 200 403 403 403 403 200 200 403 403 403 403
/reviews/{attempt}/                                  200 200 404 404 404 404 404 404 404 404 404 404
/reviews/{attempt}/evidence/                         200 200 404 404 404 404 404 404 404 404 404 404
/reviews/{attempt}/take-over/                        403 200 404 404 404 404 404 404 404 404 404 404
/reviews/{attempt}/recuse/                           200 200 404 404 404 404 404 404 404 404 404 404
/reviews/{attempt}/return/                           200 200 404 404 404 404 404 404 404 404 404 404
/reviews/{attempt}/story/                            200 200 404 404 404 404 404 404 404 404 404 404
/reviews/{attempt}/story.csv                         200 200 404 404 404 404 404 404 404 404 404 404
/reviews/{attempt}/story.json                        200 200 404 404 404 404 404 404 404 404 404 404
/reviews/{attempt}/comments/                         200 200 404 404 404 404 404 404 404 404 404 404
/e/{piece}                                           200 200 404 404 404 404 404 404 404 404 404 404
/api/v1/reviews/                                     200 200 403 403 403 403 200 200 403 403 403 403
/api/v1/reviews/?view=done                           200 200 403 403 403 403 200 200 403 403 403 403
/api/v1/reviews/?view=decided                        200 200 403 403 403 403 200 200 403 403 403 403
/api/v1/reviews/appeals/                             403 200 403 403 403 403 403 200 403 403 403 403
/api/v1/reviews/workload/                            403 200 403 403 403 403 403 200 403 403 403 403
/api/v1/reviews/consequences/                        200 200 200 200 200 200 200 200 200 200 200 200
/api/v1/reviews/{attempt}/                           200 200 404 404 404 404 404 404 404 404 404 404
/api/v1/reviews/{attempt}/story/                     200 200 404 404 404 404 404 404 404 404 404 404
/api/v1/reviews/{attempt}/thread/                    200 200 404 404 404 404 404 404 404 404 404 404
/api/v1/bank-comments/                               200 200 200 200 200 200 200 200 200 200 200 200
"""
THERE = (
    *("visitor", "learner", "viewer", "assessor", "designer", "manager", "owner"),
    *("owner further up", "owner further down", "owner elsewhere", "operator"),
)
# Steps of a sign-in that nobody has begun lead to where it begins.
BEGINNINGS = {
    "/accounts/login/code/confirm/": "/accounts/login/code/",
    "/accounts/confirm-email/": "/accounts/login/",
    "/accounts/logout/": "/",
    "/accounts/passkeys/signup/": "/accounts/signup/",
    "/accounts/passkeys/login/": "/accounts/login/",
    "/accounts/second-step/": "/accounts/login/",
}
PERSONAS = ("visitor", "learner", "other learner", "assessor", "assessor elsewhere", "owner", "operator")


@pytest.fixture
def house():
    return build_house()


# One that is ready, and one with something to correct.
TABLE_ROWS = (("hemi@people.example", "Hēmi Ruru", "Threw a cylinder."), ("nobody", ""))
# What stands in the address of a file, of a program's answer, or of a page of others.
NO_PAGES = (
    *(
        ".pdf",
        ".png",
        ".webp",
        ".jpg",
        "/picture",
        "/endorser",
        ".svg",
        ".xml",
        ".txt",
        ".csv",
        ".xlsx",
        ".json",
        ".jwt",
        ".zip",
        "/preview/",
        "/health/",
        "/uploads/",
        "/api/",
        "/admin/",
        "/uploads/{on_its_way}/",
    ),
    *("/status/", "/keys/{rsa}", "/uploads/{on_its_way}/"),
)


@shelved
def build_house():
    """One of everything that an address can name: people by persona, and the names that stand in addresses."""
    issuer, owner = issuer_with_owner()
    version = published_version(issuer)
    assessor = assessor_of(version.achievement)
    table, mapped = (made(*TABLE_ROWS, version=version, by=owner) for made in (tables.begun, tables.checked))
    signed = endorsed(version)
    shared = awarded_credential(version=version)
    outside, by_hand = endorsed_outside(shared), asked_outside(shared)
    learner = shared.earner
    shown_piece = evidence_of(shared)[0]
    credentials.disclose(shared, by=learner, name=True, words=False, evidence=[shown_piece])
    collection = backpacks.make_collection(by=learner, title="Blades")
    backpacks.collect(collection, shared.backpack_item, by=learner)
    backpacks.share(collection, by=learner)
    old = tokens.token_of(collection.share_links.get().public_id)
    backpacks.unshare(collection, by=learner)
    link = backpacks.share(collection, by=learner)
    backpacks.set_cover(collection, by=learner, picture=_logo(), alt="A shed at dawn")
    told = backpacks.declare(
        by=learner, name="First aid", issuer_name="Brightwater", earned_on=date(2025, 3, 2), picture=_logo()
    )
    brought = backpacks.import_badges(
        by=learner, files=[("weave.json", theirs.proof()), ("screenshot.png", _logo().read())]
    )
    for one in brought.items.all():
        backpacks.import_item(one.pk)
    told_block = backpacks.collect(collection, told, by=learner)
    public = backpacks.make_collection(by=learner, title="For anyone")
    backpacks.collect(public, told, by=learner)
    backpacks.publish_collection(public, by=learner)
    backpacks.edit_profile(learner, by=learner, handle="ana-rangi")
    backpacks.turn_on_profile(learner, by=learner)
    short = backpacks.make_code(shared, by=learner)

    second = published_version(issuer)
    opened = open_attempt(second, learner=learner)
    third, fourth, fifth = (published_version(issuer) for _number in range(3))
    for colleague in (assessor,):
        from apps.issuers import verbs as issuers

        for one in (second, third, fourth, fifth):
            issuers.seat(colleague, issuer, "assessor", by=owner, achievement=one.achievement)
    handed_in = _with_picture(third, learner)
    own = assessable_attempt(second, learner=assessor)
    again = second_attempt(fourth, learner=learner)
    reviews.take(again, by=assessor)
    noted = reviews.annotate(again, by=assessor, evidence=again.evidence.get(), text="Even, from here on.")
    said_often = reviews.keep_comment(issuer, by=assessor, text="Set both sides evenly, then show it again.")
    taken_back = assessable_attempt(fifth, learner=learner)
    submissions.withdraw(taken_back.submission, by=learner)
    from apps.issuers import verbs as issuers
    from tests.factories import RUBRIC, WORDS

    draft = issuers.draft(issuer, by=owner, slug="still-a-draft", words=WORDS, rubric=RUBRIC)
    said = issuers.comment(draft, by=owner, text="Shorter.")
    private, changed = _private_credential(issuer, learner), _changed(issuer, learner)
    decided, appealed = (_told(issuer, learner) for _number in range(2))
    reviews.lodge_appeal(appealed, by=learner, ground="process", grounds="Nobody read it.")
    chief = operator()
    framework = imported(by=chief)
    refused = uploaded("code,statement\n1,<b>x</b>\n", by=chief)
    under_way = frameworks.confirm(uploaded(by=chief), by=chief)
    issuers.set_logo(issuer, by=owner, upload=_logo())
    approval = issuers.add_approval(issuer, by=owner, authority="Kounga")
    offer = issuers.invite(issuer, by=owner, email="guest@people.example", role="viewer")
    withdrawn = issuers.invite(issuer, by=owner, email="other@people.example", role="viewer")
    issuers.withdraw_invitation(withdrawn, by=owner)
    batch, old_batch = (credentials.verify_many(files=[("badge.json", b"{}")], addresses=[]) for _number in range(2))
    credentials.delete_batch(old_batch)
    now = clock.now()
    code = credentials.make_claim_code(
        version, by=owner, why="Open day.", opens_at=now, closes_at=now + timedelta(days=9), most=9, asks_approval=True
    )
    code_used = credentials.use_claim_code(code, by=person())
    # A badge of another issuer is to count here; one of ours counts at a partner without an account.
    credit = asked_for_credit(held(earner=learner), partner=issuer)
    by_letter = asked_for_credit(shared, partner=outsider(), evidence=(shown_piece,))
    credited = published(issuer, [version]).pathway
    pathways.enrol(credited, by=learner)
    group = pathways.make_group(credited, by=owner, name="Spring", mentor=assessor)
    way = published(issuer, [second, {"any": [third, fourth]}], name="Both ways")
    pathways.draft_next(way.pathway, by=owner)
    plan = plan_of(learner, [version])
    pathways.draft_next(plan.pathway, by=learner)
    rule = pathways.propose_equivalence(
        issuer,
        by=owner,
        why="We looked at it.",
        foreign_name="Wool handling",
        foreign_issuer_id="https://wool.example/issuer",
        foreign_achievement_id="https://wool.example/badges/7",
    )
    people = {
        "visitor": None,
        "learner": learner,
        "other learner": submitted_attempt(second).submission.learner,
        "assessor": assessor,
        "assessor elsewhere": seated("assessor", issuer_with_owner()[0]),
        "owner": owner,
        "operator": chief,
    }
    names = {
        "issuer": issuer.slug,
        "slug": version.achievement.slug,
        "draft": draft.achievement.slug,
        "framework": framework.framework.slug,
        "framework_item": framework.items.first().public_id,
        "unborn": under_way.framework.slug,
        "checked": uploaded(TABLE.replace("fire,F", "wood,W"), by=chief, into=framework.framework).public_id,
        "under_way": under_way.public_id,
        "refused": refused.public_id,
        "hold": submissions.hold(handed_in.submission, by=owner, reason="Case 12.").public_id,
        "design": draft.achievement.public_id,
        "comment": said.public_id,
        "open": opened.submission.public_id,
        "open_attempt": opened.public_id,
        "on_its_way": submissions.begin_upload(opened, by=learner, name="clip.mp4", size=9, kind="video").public_id,
        "open_piece": opened.evidence.get().public_id,
        "handed_in": handed_in.submission.public_id,
        "attempt": handed_in.public_id,
        "again": again.submission.public_id,
        "second_attempt": again.public_id,
        "annotation": noted.public_id,
        "bank_comment": said_often.public_id,
        "withdrawn_work": taken_back.submission.public_id,
        "withdrawn_attempt": taken_back.public_id,
        "own_attempt": own.public_id,
        "piece": handed_in.evidence.get(kind="text").public_id,
        "picture": handed_in.evidence.get(kind="image").public_id,
        "item": shared.backpack_item.public_id,
        "declared": told.public_id,
        "elsewhere": brought.items.get(outcome="kept").item.public_id,
        "brought": brought.public_id,
        "sick": brought.items.get(outcome="sick").public_id,
        "block": collection.blocks.get(item=shared.backpack_item).public_id,
        "told_block": told_block.public_id,
        "link": link.public_id,
        "public": public.public_id,
        "collection": collection.public_id,
        "token": tokens.token_of(link.public_id),
        "short": codes.code_of(short.public_id),
        "old_token": old,
        "shared": shared.public_id,
        "shown_piece": shown_piece,
        "private": private.public_id,
        "claim": claim_tokens.token_of(private.claim_link.public_id),
        "old_claim": claim_tokens.token_of(shared.claim_link.public_id),
        "claim_code": code.public_id,
        "code": code.code,
        "claim_request": code_used.public_id,
        "key": issuer.signing_keys.get(algorithm="ed25519").public_id,
        "rsa": issuer.signing_keys.get(algorithm="rsa").name,
        "notice": learner.notices.first().public_id,
        "stop": unsubscribe_token(learner, ["handed_in"]),
        "approval": approval.public_id,
        "seat": Seat.objects.get(person=assessor, achievement=version.achievement).public_id,
        "invitation": offer.public_id,
        "offer": invitation_token(offer),
        "old_offer": invitation_token(withdrawn),
        "endorsed": signed.public_id,
        "outside": outside.public_id,
        "by_hand": claim_tokens.ask_token(by_hand.outside.public_id),
        "by_mail": claim_tokens.answer_token(outside.outside.public_id, "mere@kea.example"),
        "asked": requested(issuer).public_id,
        "to_answer": requested(endorser=issuer).public_id,
        "told": decided.public_id,
        "appealed": appealed.public_id,
        "changed": changed.public_id,
        "table": table.public_id,
        "mapped": mapped.public_id,
        "batch": batch.public_id,
        "old_batch": old_batch.public_id,
        "letter": "0" * 32,
        "passkey": "1",
        "agreement": credit.agreement.public_id,
        "credit": credit.public_id,
        "by_letter": by_letter.public_id,
        "credit_link": credit_tokens.token_of(by_letter.public_id),
        "credited": credited.slug,
        "stack": credited.enrolments.get().stacks.get().public_id,
        "group": group.public_id,
        "member": pathways.join_group(group, by=learner, mentor=group.mentor.public_id).public_id,
        "way": way.pathway.slug,
        "plan": plan.pathway.slug,
        "rule": rule.public_id,
    }
    return people, names


def _logo():
    data = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(data, "PNG")
    return SimpleUploadedFile("logo.png", data.getvalue())


def _with_picture(version, learner):
    attempt = open_attempt(version, learner=learner)
    submissions.add_evidence(attempt, by=learner, kind="image", upload=png_upload(), about=nobody_in("After"))
    submissions.submit(attempt, by=learner)
    submissions.freeze(attempt.pk)
    attempt.refresh_from_db()
    return attempt


def _decided(version, learner, *, short=False):
    attempt = assessable_attempt(version, learner=learner)
    assessor = assessor_of(version.achievement)
    reviews.take(attempt, by=assessor)
    marks = marks_for(attempt, short=short)
    decision = reviews.decide(attempt, by=assessor, marks=marks, answers=ALL_GOOD, note="")
    outbox.drain()
    return decision


def _private_credential(issuer, learner):
    return Credential.objects.get(decision_id=_decided(published_version(issuer), learner).public_id)


def _told(issuer, learner):
    return _decided(published_version(issuer), learner, short=True).attempt.submission


def _changed(issuer, learner):
    """A badge that went out on a decision which a moderator changed."""
    decision = _decided(published_version(issuer, moderation_percent=100), learner)
    lead = seated("moderator", issuer)
    reviews.take(decision.attempt, by=lead)
    marks = marks_for(decision.attempt, short=True)
    reviews.change_decision(decision.attempt, by=lead, marks=marks, answers=ALL_GOOD, note="", reason="Another's log.")
    return Consequence.objects.get()


def rows():
    """Each row as its address and a status for each persona."""
    return [line.split() for line in DOORS.strip().splitlines()]


def test_each_person_finds_what_the_table_says(house):
    people, names = house
    clients = {}
    for name, someone in people.items():
        clients[name] = Client()
        if someone is not None:
            clients[name].force_login(someone)
    expected, found = [], []
    for address, *statuses in rows():
        path = address.format(**names)
        expected.append(f"{address:52} {' '.join(statuses)}")
        answers = [str(clients[name].get(path).status_code) for name in PERSONAS]
        found.append(f"{address:52} {' '.join(answers)}")
    assert found == expected


def test_at_an_organisation_each_part_finds_what_the_table_says():
    from apps.issuers import verbs as issuers

    chief, (above, boss) = operator(), issuer_with_owner()
    issuer = issuers.found(by=chief, slug="here", name="Here", parent=above)
    below = issuers.found(by=chief, slug="below", name="Below", parent=issuer)
    issuers.seat(owner := person(), issuer, "owner", by=boss)
    issuers.seat(tutor := person(), below, "owner", by=owner)
    version = published_version(issuer)
    approval = issuers.add_approval(issuer, by=owner, authority="Kounga")
    people = {
        "visitor": None,
        "learner": open_attempt(version).submission.learner,
        "assessor": assessor_of(version.achievement),
        **{role: seated(role, issuer) for role in ("viewer", "designer", "manager")},
        "owner": owner,
        "owner further up": boss,
        "owner further down": tutor,
        "owner elsewhere": issuer_with_owner()[1],
        "operator": chief,
    }
    seat = Seat.objects.get(person=people["assessor"])
    names = {"issuer": "here", "below": "below", "above": above.slug}
    names |= {"approval": approval.public_id, "seat": seat.public_id}
    names["design"] = drafted_version(issuer).achievement.public_id
    clients = {name: browser(someone) for name, someone in people.items()}

    found = [
        f"{address:52} {' '.join(str(clients[name].get(address.format(**names)).status_code) for name in THERE)}"
        for address in (line.split()[0] for line in AT_AN_ORGANISATION.strip().splitlines())
    ]

    assert found == AT_AN_ORGANISATION.strip().splitlines()


def test_at_the_desk_each_part_finds_what_the_table_says():
    attempt = assessable_attempt()
    here, (elsewhere, _owner) = attempt.submission.achievement.issuer, issuer_with_owner()
    names = {"attempt": attempt.public_id, "piece": attempt.evidence.get().public_id}
    parts = ("assessor", "moderator", "designer", "manager", "viewer", "owner")
    clients = [browser(seated(part, issuer)) for issuer in (here, elsewhere) for part in parts]

    found = [
        f"{address:52} {' '.join(str(client.get(address.format(**names)).status_code) for client in clients)}"
        for address in (line.split()[0] for line in AT_THE_DESK.strip().splitlines())
    ]

    assert found == AT_THE_DESK.strip().splitlines()


def test_a_visitor_is_led_to_sign_in_and_nowhere_else(house):
    _people, names = house
    visitor = Client()
    for address, first, *_rest in rows():
        if first == "302" and not address.startswith("/admin/"):
            path = address.format(**names)
            there = BEGINNINGS.get(address, f"/accounts/login/?next={path}")
            assert unquote(visitor.get(path).headers["Location"]) == there, path


def test_to_a_visitor_what_is_there_and_what_is_not_are_one(house):
    _people, names = house
    made_up = {name: "a" * 26 if re.fullmatch(ids.PATTERN, str(value)) else value for name, value in names.items()}
    visitor, differing, compared = Client(), [], 0
    for address, first, *_rest in rows():
        paths = [address.format(**there) for there in (names, made_up)]
        if first != "302" or paths[0] == paths[1]:
            continue
        compared += 1
        known, unknown = (visitor.get(path) for path in paths)
        told = [(one.status_code, unquote(one.headers.get("Location", ""))) for one in (known, unknown)]
        if told[0] != (told[1][0], told[1][1].replace(paths[1], paths[0])):
            differing.append((paths[0], told))
    assert (differing, compared > 100) == ([], True)


def test_the_table_knows_every_address():
    def patterns(resolver, before=""):
        for entry in resolver.url_patterns:
            route = before + str(entry.pattern)
            if hasattr(entry, "url_patterns"):
                yield from patterns(entry, route)
            else:
                yield route

    known = [row[0] for row in rows()]
    missing = []
    for route in patterns(get_resolver()):
        if route.startswith("admin/") and ("<" in route or route.count("/") > 2 or "(?P" in route):
            continue  # the pages of its models
        shape = "/" + re.sub(r"<[^>]+>", "[^/]+", route.replace(".", r"\."))
        if not any(re.fullmatch(shape, address) for address in known):
            missing.append(route)
    assert missing == []
