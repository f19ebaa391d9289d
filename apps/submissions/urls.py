from django.urls import path

from apps.submissions import views

app_name = "submissions"
urlpatterns = [
    path("submissions/", views.submissions, name="submissions"),
    path("pathways/", views.list_pathways, name="pathways"),
    path("pathways/<slug:slug>/", views.pathway, name="pathway"),
    path("pathways/<slug:slug>/move-on/", views.move_on, name="move_on"),
    path("pathways/<slug:slug>/leave/", views.leave, name="leave"),
    path("achievements/<slug:slug>/start/", views.start, name="start"),
    path("submissions/<public_id:public_id>/", views.submission, name="submission"),
    path("submissions/<public_id:public_id>/change-version/", views.change_version, name="change_version"),
    path("submissions/<public_id:public_id>/save/", views.save, name="save"),
    path("submissions/<public_id:public_id>/evidence/", views.add_evidence, name="add_evidence"),
    path("submissions/<public_id:public_id>/evidence/order/", views.order_evidence, name="order_evidence"),
    path("submissions/<public_id:public_id>/lend-sample/", views.lend_sample, name="lend_sample"),
    path("submissions/<public_id:public_id>/uploads/", views.begin_upload, name="begin_upload"),
    path("uploads/<public_id:public_id>/", views.upload, name="upload"),
    path("uploads/<public_id:public_id>/parts/<int:number>", views.receive_part, name="receive_part"),
    path("uploads/<public_id:public_id>/parts/<int:number>/sign/", views.sign_part, name="sign_part"),
    path("uploads/<public_id:public_id>/parts/<int:number>/find/", views.find_part, name="find_part"),
    path("uploads/<public_id:public_id>/complete/", views.complete_upload, name="complete_upload"),
    path("submissions/<public_id:public_id>/submit/", views.submit, name="submit"),
    path("submissions/<public_id:public_id>/try-again/", views.try_again, name="try_again"),
    path("submissions/<public_id:public_id>/withdraw/", views.withdraw, name="withdraw"),
    path("submissions/<public_id:public_id>/reopen/", views.reopen, name="reopen"),
    path("submissions/<public_id:public_id>/thread/", views.thread, name="thread"),
    path("submissions/<public_id:public_id>/read-thread/", views.read_thread, name="read_thread"),
    path("submissions/<public_id:public_id>/attempts/<int:number>/changes/", views.changes, name="changes"),
    path("submissions/<public_id:public_id>/attempts/<int:number>/export.zip", views.export, name="export"),
    path("evidence/<public_id:public_id>/capture-again/", views.capture_again, name="capture_again"),
    path("evidence/<public_id:public_id>/edit/", views.edit_evidence, name="edit_evidence"),
    path("evidence/<public_id:public_id>/replace/", views.replace_file, name="replace_file"),
    path("evidence/<public_id:public_id>/remove/", views.remove_evidence, name="remove_evidence"),
    path("attempts/<public_id:public_id>/manifest.json", views.manifest, name="manifest"),
    path("e/<public_id:public_id>", views.evidence, name="evidence"),
]
