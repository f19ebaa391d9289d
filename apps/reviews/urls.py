from django.urls import path

from apps.reviews import views

app_name = "reviews"
urlpatterns = [
    path("achievements/<slug:slug>/", views.achievement, name="achievement"),
    path("achievements/<slug:slug>/v<int:number>", views.achievement, name="version"),
    path("designs/<public_id:public_id>/page/", views.preview_design, name="preview_design"),
    path("reviews/", views.queue, name="queue"),
    path("reviews/queue.csv", views.queue_csv, name="queue_csv"),
    path("reviews/views/save/", views.save_view, name="save_view"),
    path("reviews/views/<public_id:public_id>/forget/", views.forget_view, name="forget_view"),
    path("reviews/hand-out/", views.hand_out, name="hand_out"),
    path("reviews/workload/", views.workload, name="workload"),
    path("reviews/workload.csv", views.workload_csv, name="workload_csv"),
    path("reviews/next/", views.take_next, name="take_next"),
    path("reviews/<public_id:public_id>/", views.desk, name="desk"),
    path("reviews/<public_id:public_id>/take/", views.take, name="take"),
    path("reviews/<public_id:public_id>/give-back/", views.give_back, name="give_back"),
    path("reviews/<public_id:public_id>/decide/", views.decide, name="decide"),
    path("reviews/<public_id:public_id>/return/", views.return_unscored, name="return_unscored"),
    path("reviews/<public_id:public_id>/message/", views.write_message, name="write_message"),
    path("reviews/<public_id:public_id>/talk/", views.hold_talk, name="hold_talk"),
]
