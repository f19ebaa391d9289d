from django.urls import include, path

from apps.backpacks.views import collections, exports, home, imports, items, profiles, records, shared

app_name = "backpacks"
home_url = path("", home.home, name="home")
item_urls = [
    path("<public_id:public_id>/", items.item, name="item"),
    path("<public_id:public_id>/claim/", items.claim, name="claim"),
    path("<public_id:public_id>/decline/", items.decline, name="decline"),
    path("<public_id:public_id>/archive/", items.archive_item, name="archive_item"),
    path("<public_id:public_id>/unarchive/", items.unarchive_item, name="unarchive_item"),
    path("<public_id:public_id>/remove/", items.remove_declared, name="remove_declared"),
    path("<public_id:public_id>/check-again/", items.check_again, name="check_again"),
    path("<public_id:public_id>/give-up/", items.give_up, name="give_up"),
    path("<public_id:public_id>/picture", items.item_picture, name="item_picture"),
]
import_urls = [
    path("<public_id:public_id>/", imports.imported, name="imported"),
    path("<public_id:public_id>/forget/", imports.forget_import, name="forget_import"),
    path("<public_id:public_id>/<public_id:item_id>/try-again/", imports.try_import_again, name="try_import_again"),
    path("<public_id:public_id>/<public_id:item_id>/tell/", imports.keep_as_told, name="keep_as_told"),
    path("<public_id:public_id>/<public_id:item_id>/forget/", imports.forget_imported, name="forget_imported"),
]
collection_urls = [
    path("new/", collections.make_collection, name="make_collection"),
    path("<public_id:public_id>/", collections.collection, name="collection"),
    path("<public_id:public_id>/add/", collections.collect, name="collect"),
    path("<public_id:public_id>/write/", collections.write_block, name="write_block"),
    path("<public_id:public_id>/arrange/", collections.arrange, name="arrange"),
    path("<public_id:public_id>/blocks/<public_id:block_id>/", collections.edit_block, name="edit_block"),
    path("<public_id:public_id>/blocks/<public_id:block_id>/remove/", collections.uncollect, name="uncollect"),
    path("<public_id:public_id>/cover/", collections.set_cover, name="set_cover"),
    path("<public_id:public_id>/cover.jpg", collections.cover, name="cover"),
    path("<public_id:public_id>/preview/", collections.preview, name="preview"),
    path("<public_id:public_id>/share/", collections.share, name="share"),
    path("<public_id:public_id>/unshare/", collections.unshare, name="unshare"),
    path("<public_id:public_id>/publish/", collections.publish_collection, name="publish_collection"),
    path("<public_id:public_id>/unpublish/", collections.unpublish_collection, name="unpublish_collection"),
    path("<public_id:public_id>/links/<public_id:link_id>/revoke/", collections.revoke_link, name="revoke_link"),
    path("<public_id:public_id>/remove/", collections.remove_collection, name="remove_collection"),
]
profile_urls = [
    path("", profiles.edit_profile, name="edit_profile"),
    path("on/", profiles.turn_on_profile, name="turn_on_profile"),
    path("off/", profiles.turn_off_profile, name="turn_off_profile"),
]
export_urls = [
    path("", exports.export, name="export"),
    path("backpack.zip", exports.export_zip, name="export_zip"),
    path("clr.json", exports.export_clr, name="export_clr"),
    path("presentation.json", exports.export_presentation, name="export_presentation"),
    path("badges.csv", exports.export_csv, name="export_csv"),
]
shared_urls = [
    path("", shared.shared, name="shared"),
    path("cv/", shared.shared_cv, name="shared_cv"),
    path("cover.jpg", shared.shared_cover, name="shared_cover"),
    path("<public_id:block_id>/", shared.shared_block, name="shared_block"),
    path("<public_id:block_id>/picture", shared.shared_picture, name="shared_picture"),
]
urlpatterns = [
    path("search/", home.search, name="search"),
    path("backpack/", items.backpack, name="backpack"),
    path("backpack/declare/", items.declare, name="declare"),
    path("backpack/import/", imports.import_badges, name="import_badges"),
    path("backpack/imports/", include(import_urls)),
    path("backpack/items/", include(item_urls)),
    path("backpack/collections/", include(collection_urls)),
    path("backpack/profile/", include(profile_urls)),
    path("backpack/export/", include(export_urls)),
    path("b/<public_id:token>/", include(shared_urls)),
    path("p/<slug:handle>", shared.profile, name="profile"),
    path("c/<public_id:public_id>", records.credential, name="credential"),
    path("c/<public_id:public_id>/disclose/", records.disclose, name="disclose"),
    path("c/<public_id:public_id>/show/", records.show_credential, name="show_credential"),
    path("c/<public_id:public_id>/record", records.record, name="record"),
    path("c/<public_id:public_id>/record.json", records.record_json, name="record_json"),
    path("c/<public_id:public_id>.pdf", records.record_pdf, name="record_pdf"),
    path("c/<public_id:public_id>/card.png", records.card, name="card"),
]
