from django.urls import path

from apps.reviews import views

app_name = "reviews"
urlpatterns = [
    path("achievements/<slug:slug>/", views.achievement, name="achievement"),
    path("achievements/<slug:slug>/v<int:number>", views.achievement, name="version"),
    path("designs/<public_id:public_id>/page/", views.preview_design, name="preview_design"),
    path("designs/<public_id:public_id>/assessor-badge/", views.set_assessor_badge, name="set_assessor_badge"),
    path("submissions/<public_id:public_id>/appeal/", views.lodge_appeal, name="lodge_appeal"),
    path("submissions/<public_id:public_id>/appeal/withdraw/", views.withdraw_appeal, name="withdraw_appeal"),
    path("reviews/appeals/", views.appeals, name="appeals"),
    path("reviews/appeals.csv", views.appeals_csv, name="appeals_csv"),
    path("reviews/consequences/", views.consequences, name="consequences"),
    path("reviews/consequences/<public_id:public_id>/", views.see_to, name="see_to"),
    path("reviews/", views.queue, name="queue"),
    path("reviews/next/", views.take_next, name="take_next"),
    path("reviews/<public_id:public_id>/", views.desk, name="desk"),
    path("reviews/<public_id:public_id>/take/", views.take, name="take"),
    path("reviews/<public_id:public_id>/give-back/", views.give_back, name="give_back"),
    path("reviews/<public_id:public_id>/decide/", views.decide, name="decide"),
    path("reviews/<public_id:public_id>/return/", views.return_unscored, name="return_unscored"),
    path("reviews/<public_id:public_id>/message/", views.write_message, name="write_message"),
    path("reviews/<public_id:public_id>/talk/", views.hold_talk, name="hold_talk"),
]
