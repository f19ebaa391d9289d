"""Every state × every state, and the words for those who ask at the wrong time."""

import pytest

from apps.core.drawing import moving_models
from apps.core.refused import Refused
from apps.credentials.models import BulkAward, ClaimRequest, Credential, Endorsement, ForeignCredential, SigningKey
from apps.frameworks.models import Framework, FrameworkImport, FrameworkVersion
from apps.issuers.models import AchievementVersion
from apps.notices.models import Letter
from apps.pathways.models import Agreement, CreditRequest, Enrolment, Equivalence, PathwayVersion, Stack
from apps.reviews.models import Appeal, Assignment, Review, Turn
from apps.submissions.models import Attempt, Submission, Upload

TABLES = {
    Framework: """
        active > retired
        retired > active""",
    FrameworkVersion: """
        draft > current
        current > retired
        retired >""",
    FrameworkImport: """
        checked > confirmed dropped
        refused >
        confirmed > failed importing
        importing > done failed
        done >
        failed >
        dropped >""",
    AchievementVersion: """
        draft > in_approval published
        in_approval > draft approved
        approved > draft published
        published > retired
        retired > archived
        archived >""",
    Submission: """
        draft > lapsed submitted withdrawn
        submitted > draft under_assessment withdrawn
        under_assessment > awaiting_decision awarded declined draft not_yet withdrawn
        awaiting_decision > awarded declined draft not_yet under_assessment withdrawn
        not_yet > awarded declined draft under_appeal under_assessment
        declined > awarded not_yet under_appeal under_assessment
        awarded > declined not_yet under_appeal under_assessment
        under_appeal > awarded declined not_yet under_assessment
        withdrawn > draft not_yet
        lapsed > draft""",
    Attempt: """
        open > submitted
        submitted > checking withdrawn
        checking > assessable open withdrawn
        assessable > assessed returned_unscored withdrawn
        assessed > assessable closed returned_unscored withdrawn
        closed > assessable
        returned_unscored >
        withdrawn >""",
    Upload: """
        receiving > cancelled complete lapsed
        complete > cancelled kept refused
        kept >
        refused >
        cancelled >
        lapsed >""",
    Assignment: """
        offered > expired refused released taken
        taken > done expired refused released
        done >
        released >
        expired >
        refused >""",
    Turn: """
        open > done dropped
        done >
        dropped >""",
    Appeal: """
        lodged > dismissed upheld withdrawn
        upheld >
        dismissed >
        withdrawn >""",
    Review: """
        draft > submitted void
        submitted > accepted passed_back void
        accepted >
        passed_back >
        void >""",
    Credential: """
        awarded > baked
        baked > offered
        offered > claimed declined
        claimed >
        declined > claimed""",
    ClaimRequest: """
        waiting > awarded declined
        awarded >
        declined >""",
    Endorsement: """
        requested > accepted declined lapsed withdrawn
        accepted > signed
        signed > revoked
        declined >
        withdrawn >
        lapsed >
        revoked >""",
    PathwayVersion: """
        draft > published
        published > retired
        retired >""",
    Equivalence: """
        proposed > accepted declined withdrawn
        accepted > ended
        declined >
        withdrawn >
        ended >""",
    Enrolment: """
        active > complete left
        complete > active left
        left > active""",
    Stack: """
        standing > at_risk taken_back
        at_risk > standing taken_back
        taken_back >""",
    Agreement: """
        proposed > agreed declined withdrawn
        agreed > ended
        declined >
        withdrawn >
        ended >""",
    CreditRequest: """
        asked > accepted declined partly withdrawn
        accepted >
        partly >
        declined >
        withdrawn >""",
    BulkAward: """
        draft > checking
        checking > checked draft
        checked > awarding checking draft
        awarding > done undoing
        done > undoing
        undoing > undone
        undone >""",
    Letter: """
        queued > cancelled failed sent
        failed > cancelled sent
        sent > bounced
        bounced >
        cancelled >""",
    ForeignCredential: """
        kept > given_up superseded
        superseded >
        given_up >""",
    SigningKey: """
        active > compromised retired
        retired > compromised
        compromised >""",
}


# Columns with a table of their own, beside `state`.
ALSO = {
    (Credential, "status"): """
        valid > revoked superseded suspended
        suspended > revoked superseded valid
        revoked >
        superseded >""",
}
ALL = {(model, "state"): table for model, table in TABLES.items()} | ALSO


def test_every_model_that_moves_stands_here():
    assert set(moving_models()) == set(TABLES)
    assert {(model, column) for model in moving_models() for column in model.ALSO} == set(ALSO)


@pytest.mark.parametrize(("model", "column"), ALL, ids=lambda one: getattr(one, "__name__", one))
def test_the_table_of_moves_is_the_one_that_was_designed(model, column):
    written = {}
    for line in ALL[model, column].strip().splitlines():
        here, _arrow, there = line.partition(">")
        written[here.strip()] = sorted(there.split())
    _states, moves = model.table(column)
    assert {str(here): sorted(map(str, there)) for here, there in moves.items()} == written


@pytest.mark.parametrize(("model", "column"), ALL, ids=lambda one: getattr(one, "__name__", one))
def test_a_step_happens_only_where_the_table_has_it(model, column):
    states, moves = model.table(column)
    for here in states:
        for there in states:
            thing = model(**{column: here})
            if there in moves[here]:
                thing.move(there, column)
                assert getattr(thing, column) == there
            else:
                with pytest.raises(Refused, match="can no longer be done"):
                    thing.move(there, column)
                assert getattr(thing, column) == here
