from django.urls import path

from apps.issuers.views import catalogue, composer, designs, pictures

app_name = "issuers"
urlpatterns = [
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("achievements/<slug:slug>/v<int:number>/badge.png", pictures.picture, name="picture"),
    path("achievements/<slug:slug>/v<int:number>/badge.svg", pictures.picture_svg, name="picture_svg"),
    path("achievements/<slug:slug>/changes/", designs.changes, name="changes"),
    path("designs/", designs.designs, name="designs"),
    path("designs/begin/", designs.begin, name="begin"),
    path("designs/<public_id:public_id>/", designs.design, name="design"),
    path("designs/<public_id:public_id>/focus/", designs.focus, name="focus"),
    path("designs/<public_id:public_id>/outcomes/", designs.outcomes, name="outcomes"),
    path("designs/<public_id:public_id>/graphic/", composer.graphic, name="graphic"),
    path("designs/<public_id:public_id>/graphic/preview/", composer.graphic_preview, name="graphic_preview"),
    path("designs/<public_id:public_id>/graphic/preview.svg", composer.graphic_svg, name="graphic_svg"),
    path("designs/<public_id:public_id>/graphic/upload/", composer.upload_picture, name="upload_picture"),
    path("designs/<public_id:public_id>/metadata/", designs.metadata, name="metadata"),
    path("designs/<public_id:public_id>/ready/", designs.ready, name="ready"),
    path("designs/<public_id:public_id>/preview/", designs.preview, name="preview"),
    path("designs/<public_id:public_id>/badge.png", designs.draft_picture, name="draft_picture"),
    path("designs/<public_id:public_id>/design.json", designs.export, name="export"),
    path("designs/<public_id:public_id>/send-in/", designs.send_in, name="send_in"),
    path("designs/<public_id:public_id>/approve/", designs.approve, name="approve"),
    path("designs/<public_id:public_id>/ask-changes/", designs.ask_changes, name="ask_changes"),
    path("designs/<public_id:public_id>/publish/", designs.publish, name="publish"),
    path("designs/<public_id:public_id>/retire/", designs.retire, name="retire"),
    path("designs/<public_id:public_id>/archive/", designs.archive, name="archive"),
    path("designs/<public_id:public_id>/discard/", designs.discard, name="discard"),
    path("designs/<public_id:public_id>/draft-next/", designs.draft_next, name="draft_next"),
    path("designs/<public_id:public_id>/clone/", designs.clone, name="clone"),
    path("designs/<public_id:public_id>/comment/", designs.comment, name="comment"),
    path("design-comments/<public_id:public_id>/resolve/", designs.resolve_comment, name="resolve_comment"),
]
