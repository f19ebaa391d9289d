from django.urls import path

from apps.reviews import views

app_name = "reviews"
urlpatterns = [
    path("achievements/<slug:slug>/", views.achievement, name="achievement"),
    path("achievements/<slug:slug>/v<int:number>", views.achievement, name="version"),
    path("designs/<public_id:public_id>/page/", views.preview_design, name="preview_design"),
    path("reviews/", views.queue, name="queue"),
    path("reviews/next/", views.take_next, name="take_next"),
    path("reviews/bank/", views.bank, name="bank"),
    path("reviews/bank/keep/", views.keep_comment, name="keep_comment"),
    path("reviews/bank/comments.csv", views.bank_csv, name="bank_csv"),
    path("reviews/bank/<public_id:public_id>/edit/", views.edit_comment, name="edit_comment"),
    path("reviews/bank/<public_id:public_id>/retire/", views.retire_comment, name="retire_comment"),
    path("reviews/bank/<public_id:public_id>/restore/", views.restore_comment, name="restore_comment"),
    path("reviews/annotations/<public_id:public_id>/edit/", views.edit_annotation, name="edit_annotation"),
    path("reviews/annotations/<public_id:public_id>/remove/", views.remove_annotation, name="remove_annotation"),
    path("reviews/annotations/<public_id:public_id>/reply/", views.reply, name="reply"),
    path("reviews/annotations/<public_id:public_id>/resolve/", views.resolve, name="resolve"),
    path("reviews/annotations/<public_id:public_id>/unresolve/", views.unresolve, name="unresolve"),
    path("reviews/<public_id:public_id>/annotate/", views.annotate, name="annotate"),
    path("reviews/<public_id:public_id>/comments/", views.comments, name="comments"),
    path("reviews/<public_id:public_id>/comments/keep/", views.keep_from_desk, name="keep_from_desk"),
    path("reviews/<public_id:public_id>/comments/<public_id:comment_id>/use/", views.use_comment, name="use_comment"),
    path("reviews/<public_id:public_id>/", views.desk, name="desk"),
    path("reviews/<public_id:public_id>/take/", views.take, name="take"),
    path("reviews/<public_id:public_id>/give-back/", views.give_back, name="give_back"),
    path("reviews/<public_id:public_id>/decide/", views.decide, name="decide"),
    path("reviews/<public_id:public_id>/return/", views.return_unscored, name="return_unscored"),
    path("reviews/<public_id:public_id>/message/", views.write_message, name="write_message"),
    path("reviews/<public_id:public_id>/talk/", views.hold_talk, name="hold_talk"),
]
