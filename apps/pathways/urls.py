from django.urls import include, path

from apps.pathways.views import agreements, author, equivalences, groups, stacks

app_name = "pathways"
# Inside one organisation.
agreement_urls = [
    path("", agreements.agreements, name="agreements"),
    path("propose/", agreements.propose_agreement, name="propose_agreement"),
    path("<public_id:public_id>/", agreements.agreement, name="agreement"),
    path("<public_id:public_id>/accept/", agreements.accept_agreement, name="accept_agreement"),
    path("<public_id:public_id>/decline/", agreements.decline_agreement, name="decline_agreement"),
    path("<public_id:public_id>/withdraw/", agreements.withdraw_agreement, name="withdraw_agreement"),
    path("<public_id:public_id>/end/", agreements.end_agreement, name="end_agreement"),
]
# For one pathway, by its short name. Its own page belongs to the submissions app.
pathway_urls = [
    path("versions/", author.versions, name="versions"),
    path("changes/", author.changes, name="changes"),
    path("edit/", author.edit, name="edit"),
    path("edit/words/", author.word, name="word"),
    path("edit/add/", author.add_node, name="add_node"),
    path("edit/move/", author.move_node, name="move_node"),
    path("edit/remove/", author.remove_node, name="remove_node"),
    path("edit/put-back/", author.put_back, name="put_back"),
    path("edit/nodes/<slug:code>/", author.change_node, name="change_node"),
    path("try/", author.try_out, name="try_out"),
    path("publish/", author.publish, name="publish"),
    path("draft-next/", author.draft_next, name="draft_next"),
    path("discard/", author.discard, name="discard"),
    path("groups/", groups.groups, name="groups"),
    path("archive/", author.archive, name="archive"),
    path("copy/", author.copy_plan, name="copy_plan"),
    path("share/", author.share, name="share"),
    path("unshare/", author.unshare, name="unshare"),
]
equivalence_urls = [
    path("", equivalences.equivalences, name="equivalences"),
    path("new/", equivalences.propose_equivalence, name="propose_equivalence"),
    path("<public_id:public_id>/", equivalences.equivalence, name="equivalence"),
    path("<public_id:public_id>/accept/", equivalences.accept_equivalence, name="accept_equivalence"),
    path("<public_id:public_id>/decline/", equivalences.decline_equivalence, name="decline_equivalence"),
    path("<public_id:public_id>/withdraw/", equivalences.withdraw_equivalence, name="withdraw_equivalence"),
    path("<public_id:public_id>/end/", equivalences.end_equivalence, name="end_equivalence"),
]
urlpatterns = [
    path("organisations/<slug:slug>/pathways/", author.at_organisation, name="at_organisation"),
    path("organisations/<slug:slug>/equivalences/", include(equivalence_urls)),
    path("pathways/stacks/", stacks.stacks, name="stacks"),
    path("pathways/stacks/<public_id:public_id>/", stacks.stack, name="stack"),
    path("organisations/<slug:slug>/agreements/", include(agreement_urls)),
    path("pathways/groups/", groups.mentored, name="mentored"),
    path("pathways/groups/<public_id:public_id>/", groups.group, name="group"),
    path("pathways/groups/<public_id:public_id>/join/", groups.join_group, name="join_group"),
    path("pathways/groups/<public_id:public_id>/hand-on/", groups.hand_on_group, name="hand_on_group"),
    path("pathways/groups/<public_id:public_id>/end/", groups.end_group, name="end_group"),
    path("pathways/members/<public_id:public_id>/", groups.member, name="member"),
    path("pathways/members/<public_id:public_id>/leave/", groups.leave_group, name="leave_group"),
    path("pathways/plans/", author.plans, name="plans"),
    path("pathways/plans/new/", author.plan, name="plan"),
    path("pathways/plans/add/<slug:slug>/", author.add_to_plan, name="add_to_plan"),
    path("pathways/<slug:slug>/", include(pathway_urls)),
]
