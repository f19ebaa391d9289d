"""Every address of the API, and its description."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from apps.accounts.api import Me
from apps.backpacks import api as backpack
from apps.backpacks.api.recognition import (
    AchievementAndItsWorth,
    Agreements,
    AnswerCredit,
    CreditRequestDetail,
    CreditRequests,
    WithdrawCreditRequest,
)
from apps.backpacks.api.sharing import ShareCredential
from apps.credentials.api import (
    Awards,
    Correct,
    Decline,
    MyCredentials,
    Reinstate,
    Reissue,
    Renew,
    Resend,
    Revoke,
    Suspend,
)
from apps.credentials.api.bulk import (
    AwardBulk,
    BulkAwardDetail,
    BulkAwards,
    BulkRows,
    GiveBulkTable,
    MapBulkColumns,
    UndoBulk,
)
from apps.credentials.api.codes import (
    ApproveRequest,
    ClaimCodes,
    ClaimRequests,
    DeclineRequest,
    EndClaimCode,
    UseClaimCode,
)
from apps.credentials.api.verification import VerificationBatch, VerificationBatches, Verifications
from apps.frameworks.api import FrameworkItems, Frameworks
from apps.issuers.api import Achievements, DraftAchievement, PublishAchievement
from apps.notices.api import MyNotices, ReadNotice
from apps.pathways.api import PathwayDetail, Pathways
from apps.reviews import api as desk
from apps.submissions.api import (
    AttemptDetail,
    AttemptExport,
    AttemptManifest,
    EvidenceCriteria,
    EvidenceList,
    EvidenceOrder,
    EvidencePiece,
    Reopen,
    SubmissionDetail,
    Submissions,
    Submit,
    Thread,
    TryAgain,
    Withdraw,
)

_ATTEMPT = "submissions/<public_id:public_id>/attempts/<int:number>"
_WORK = "reviews/<public_id:public_id>"
_TABLE = "bulk-awards/<public_id:public_id>"

api_urls = [
    path("me/", Me.as_view(), name="api-me"),
    path("achievements/", Achievements.as_view(), name="api-achievements"),
    path("achievements/<slug:slug>/", AchievementAndItsWorth.as_view(), name="api-achievement"),
    path("achievements/<slug:slug>/publish/", PublishAchievement.as_view(), name="api-publish-achievement"),
    path("issuers/<slug:slug>/achievements/", DraftAchievement.as_view(), name="api-draft-achievement"),
    path("issuers/<slug:slug>/credentials/", Awards.as_view(), name="api-awards"),
    path("issuers/<slug:slug>/bulk-awards/", BulkAwards.as_view(), name="api-bulk-awards"),
    path(f"{_TABLE}/", BulkAwardDetail.as_view(), name="api-bulk-award"),
    path(f"{_TABLE}/table/", GiveBulkTable.as_view(), name="api-give-bulk-table"),
    path(f"{_TABLE}/columns/", MapBulkColumns.as_view(), name="api-map-bulk-columns"),
    path(f"{_TABLE}/rows/", BulkRows.as_view(), name="api-bulk-rows"),
    path(f"{_TABLE}/award/", AwardBulk.as_view(), name="api-award-bulk"),
    path(f"{_TABLE}/undo/", UndoBulk.as_view(), name="api-undo-bulk"),
    path("issuers/<slug:slug>/claim-codes/", ClaimCodes.as_view(), name="api-claim-codes"),
    path("claim-codes/<public_id:public_id>/end/", EndClaimCode.as_view(), name="api-end-claim-code"),
    path("claim-codes/<public_id:public_id>/requests/", ClaimRequests.as_view(), name="api-claim-requests"),
    path("claim-requests/<public_id:public_id>/approve/", ApproveRequest.as_view(), name="api-approve-request"),
    path("claim-requests/<public_id:public_id>/decline/", DeclineRequest.as_view(), name="api-decline-request"),
    path("claims/", UseClaimCode.as_view(), name="api-use-claim-code"),
    path("frameworks/", Frameworks.as_view(), name="api-frameworks"),
    path("frameworks/<slug:slug>/items/", FrameworkItems.as_view(), name="api-framework-items"),
    path("pathways/", Pathways.as_view(), name="api-pathways"),
    path("pathways/<slug:slug>/", PathwayDetail.as_view(), name="api-pathway"),
    path("submissions/", Submissions.as_view(), name="api-submissions"),
    path("submissions/<public_id:public_id>/", SubmissionDetail.as_view(), name="api-submission"),
    path("submissions/<public_id:public_id>/submit/", Submit.as_view(), name="api-submit"),
    path("submissions/<public_id:public_id>/try-again/", TryAgain.as_view(), name="api-try-again"),
    path("submissions/<public_id:public_id>/withdraw/", Withdraw.as_view(), name="api-withdraw"),
    path("submissions/<public_id:public_id>/reopen/", Reopen.as_view(), name="api-reopen"),
    path("submissions/<public_id:public_id>/thread/", Thread.as_view(), name="api-thread"),
    path("submissions/<public_id:public_id>/appeal/", desk.LodgeAppeal.as_view(), name="api-lodge-appeal"),
    path(
        "submissions/<public_id:public_id>/appeal/withdraw/", desk.WithdrawAppeal.as_view(), name="api-withdraw-appeal"
    ),
    path(f"{_ATTEMPT}/", AttemptDetail.as_view(), name="api-attempt"),
    path(f"{_ATTEMPT}/manifest.json", AttemptManifest.as_view(), name="api-manifest"),
    path(f"{_ATTEMPT}/export.zip", AttemptExport.as_view(), name="api-export"),
    path(f"{_ATTEMPT}/evidence/", EvidenceList.as_view(), name="api-evidence"),
    path(f"{_ATTEMPT}/evidence/order/", EvidenceOrder.as_view(), name="api-evidence-order"),
    path(f"{_ATTEMPT}/notes/", desk.AttemptNotes.as_view(), name="api-attempt-notes"),
    path("bank-comments/", desk.BankComments.as_view(), name="api-bank-comments"),
    path("bank-comments/<public_id:public_id>/", desk.BankCommentDetail.as_view(), name="api-bank-comment"),
    path("evidence/<public_id:public_id>/", EvidencePiece.as_view(), name="api-evidence-piece"),
    path("evidence/<public_id:public_id>/criteria/", EvidenceCriteria.as_view(), name="api-evidence-criteria"),
    path("reviews/", desk.Queue.as_view(), name="api-reviews"),
    path("reviews/next/", desk.TakeNext.as_view(), name="api-take-next"),
    path("reviews/share-out/", desk.ShareOut.as_view(), name="api-share-out"),
    path("reviews/appeals/", desk.AppealFigures.as_view(), name="api-appeals"),
    path("reviews/consequences/", desk.Consequences.as_view(), name="api-consequences"),
    path("reviews/consequences/<public_id:public_id>/", desk.ConsequenceDetail.as_view(), name="api-see-to"),
    path("reviews/turns/<public_id:public_id>/assign/", desk.Assign.as_view(), name="api-assign"),
    path(f"{_WORK}/", desk.AttemptAtDesk.as_view(), name="api-review"),
    path(f"{_WORK}/take/", desk.Take.as_view(), name="api-take"),
    path(f"{_WORK}/take-over/", desk.TakeOver.as_view(), name="api-take-over"),
    path(f"{_WORK}/keep/", desk.Keep.as_view(), name="api-keep"),
    path(f"{_WORK}/give-back/", desk.GiveBack.as_view(), name="api-give-back"),
    path(f"{_WORK}/recognise/", desk.Recognise.as_view(), name="api-recognise"),
    path(f"{_WORK}/recuse/", desk.Recuse.as_view(), name="api-recuse"),
    path(f"{_WORK}/marks/", desk.Marks.as_view(), name="api-marks"),
    path(f"{_WORK}/decide/", desk.Decide.as_view(), name="api-decide"),
    path(f"{_WORK}/return/", desk.ReturnUnscored.as_view(), name="api-return-unscored"),
    path(f"{_WORK}/grant/", desk.Grant.as_view(), name="api-grant"),
    path(f"{_WORK}/pass-back/", desk.PassBack.as_view(), name="api-pass-back"),
    path(f"{_WORK}/agree/", desk.Agree.as_view(), name="api-agree"),
    path(f"{_WORK}/change-decision/", desk.ChangeDecision.as_view(), name="api-change-decision"),
    path(f"{_WORK}/ask-again/", desk.AskAgain.as_view(), name="api-ask-again"),
    path(f"{_WORK}/answer-appeal/", desk.AnswerAppeal.as_view(), name="api-answer-appeal"),
    path("credentials/", MyCredentials.as_view(), name="api-credentials"),
    path("credentials/<public_id:public_id>/share/", ShareCredential.as_view(), name="api-share-credential"),
    path("credentials/<public_id:public_id>/suspend/", Suspend.as_view(), name="api-suspend"),
    path("credentials/<public_id:public_id>/reinstate/", Reinstate.as_view(), name="api-reinstate"),
    path("credentials/<public_id:public_id>/revoke/", Revoke.as_view(), name="api-revoke"),
    path("credentials/<public_id:public_id>/reissue/", Reissue.as_view(), name="api-reissue"),
    path("credentials/<public_id:public_id>/correct/", Correct.as_view(), name="api-correct"),
    path("credentials/<public_id:public_id>/renew/", Renew.as_view(), name="api-renew"),
    path("credentials/<public_id:public_id>/resend/", Resend.as_view(), name="api-resend"),
    path("credentials/<public_id:public_id>/decline/", Decline.as_view(), name="api-decline"),
    path("agreements/", Agreements.as_view(), name="api-agreements"),
    path("credit-requests/", CreditRequests.as_view(), name="api-credit-requests"),
    path("credit-requests/<public_id:public_id>/", CreditRequestDetail.as_view(), name="api-credit-request"),
    path("credit-requests/<public_id:public_id>/answer/", AnswerCredit.as_view(), name="api-answer-credit"),
    path(
        "credit-requests/<public_id:public_id>/withdraw/",
        WithdrawCreditRequest.as_view(),
        name="api-withdraw-credit-request",
    ),
    path("backpack/items/", backpack.Items.as_view(), name="api-backpack-items"),
    path("backpack/import/", backpack.Imports.as_view(), name="api-import"),
    path("backpack/imports/<public_id:public_id>/", backpack.ImportDetail.as_view(), name="api-imported"),
    path("verifications/", Verifications.as_view(), name="api-verifications"),
    path("verification-batches/", VerificationBatches.as_view(), name="api-verification-batches"),
    path("verification-batches/<public_id:public_id>/", VerificationBatch.as_view(), name="api-verification-batch"),
    path("notices/", MyNotices.as_view(), name="api-notices"),
    path("notices/<public_id:public_id>/read/", ReadNotice.as_view(), name="api-notice-read"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
