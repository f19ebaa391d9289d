from django.urls import path

from apps.backpacks import views
from apps.backpacks.views import records

app_name = "backpacks"
home_url = path("", views.home, name="home")
urlpatterns = [
    path("search/", views.search, name="search"),
    path("backpack/", views.backpack, name="backpack"),
    path("backpack/items/<public_id:public_id>/claim/", views.claim, name="claim"),
    path("backpack/collections/new/", views.make_collection, name="make_collection"),
    path("backpack/collections/<public_id:public_id>/", views.collection, name="collection"),
    path("backpack/collections/<public_id:public_id>/arrange/", views.arrange, name="arrange"),
    path("backpack/collections/<public_id:public_id>/share/", views.share, name="share"),
    path("backpack/collections/<public_id:public_id>/unshare/", views.unshare, name="unshare"),
    path("backpack/collections/<public_id:public_id>/remove/", views.remove_collection, name="remove_collection"),
    path("backpack/collections/<public_id:public_id>/add/<public_id:item_id>/", views.collect, name="collect"),
    path("backpack/collections/<public_id:public_id>/drop/<public_id:item_id>/", views.uncollect, name="uncollect"),
    path("b/<str:token>/", views.shared, name="shared"),
    path("c/<public_id:public_id>", records.credential, name="credential"),
    path("c/<public_id:public_id>/disclose/", records.disclose, name="disclose"),
    path("c/<public_id:public_id>/record", records.record, name="record"),
    path("c/<public_id:public_id>/record.json", records.record_json, name="record_json"),
    path("c/<public_id:public_id>.pdf", records.record_pdf, name="record_pdf"),
    path("c/<public_id:public_id>/card.png", records.card, name="card"),
]
