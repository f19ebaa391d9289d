from django.urls import path

from apps.reviews import views

app_name = "reviews"
urlpatterns = [
    path("achievements/<slug:slug>/", views.achievement, name="achievement"),
    path("achievements/<slug:slug>/v<int:number>", views.achievement, name="version"),
    path("designs/<public_id:public_id>/page/", views.preview_design, name="preview_design"),
    path("reviews/", views.queue, name="queue"),
    path("reviews/next/", views.take_next, name="take_next"),
    path("reviews/<public_id:public_id>/", views.desk, name="desk"),
    path("reviews/<public_id:public_id>/take/", views.take, name="take"),
    path("reviews/<public_id:public_id>/give-back/", views.give_back, name="give_back"),
    path("reviews/<public_id:public_id>/decide/", views.decide, name="decide"),
    path("reviews/<public_id:public_id>/keep/", views.keep, name="keep"),
    path("reviews/<public_id:public_id>/take-over/", views.take_over, name="take_over"),
    path("reviews/<public_id:public_id>/recuse/", views.recuse, name="recuse"),
    path("reviews/<public_id:public_id>/recognise/", views.recognise, name="recognise"),
    path("reviews/<public_id:public_id>/grant/", views.grant, name="grant"),
    path("reviews/<public_id:public_id>/pass-back/", views.pass_back, name="pass_back"),
    path("reviews/<public_id:public_id>/agree/", views.agree, name="agree"),
    path("reviews/<public_id:public_id>/change/", views.change_decision, name="change_decision"),
    path("reviews/<public_id:public_id>/ask-again/", views.ask_again, name="ask_again"),
    path("reviews/<public_id:public_id>/answer-appeal/", views.answer_appeal, name="answer_appeal"),
    path("reviews/<public_id:public_id>/story/", views.story, name="story"),
    path("reviews/<public_id:public_id>/story.csv", views.story_csv, name="story_csv"),
    path("reviews/<public_id:public_id>/story.json", views.story_json, name="story_json"),
    path("reviews/<public_id:public_id>/return/", views.return_unscored, name="return_unscored"),
    path("reviews/<public_id:public_id>/message/", views.write_message, name="write_message"),
    path("reviews/<public_id:public_id>/talk/", views.hold_talk, name="hold_talk"),
]
