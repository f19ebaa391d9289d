from django.urls import path

from apps.frameworks import views

app_name = "frameworks"
urlpatterns = [
    path("frameworks/", views.frameworks, name="frameworks"),
    path("frameworks/imports/", views.imports, name="imports"),
    path("frameworks/imports/new/", views.upload, name="upload"),
    path("frameworks/imports/example.csv", views.example, name="example"),
    path("frameworks/imports/<public_id:public_id>/", views.import_page, name="import"),
    path("frameworks/imports/<public_id:public_id>/report.csv", views.report, name="report"),
    path("frameworks/imports/<public_id:public_id>/confirm/", views.confirm, name="confirm"),
    path("frameworks/imports/<public_id:public_id>/drop/", views.drop, name="drop"),
    path("frameworks/imports/<public_id:public_id>/stop/", views.stop, name="stop"),
    path("frameworks/<slug:slug>/", views.framework, name="framework"),
    path("frameworks/<slug:slug>/items.csv", views.items_csv, name="items_csv"),
    path("frameworks/<slug:slug>/retire/", views.retire, name="retire"),
    path("frameworks/<slug:slug>/reopen/", views.reopen, name="reopen"),
    path("frameworks/<slug:slug>/items/<public_id:public_id>/", views.item, name="item"),
]
