"""Where somebody stands: a pure function of rules, what they hold, what counts as what, and the time."""

from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.pathways.models import Node
from apps.pathways.rules import Kind, Rule, Standing, Tree, evaluate, forecast, sentence, why_not
from tests.pathways.rules import (
    NOW,
    all_,
    any_,
    badge,
    capstone,
    credits_,
    equal,
    external,
    foreign,
    held,
    milestone,
    names,
    offers,
    some,
    tree,
)

HELD, OPEN, LOCKED, SPARED = Standing.HELD, Standing.OPEN, Standing.LOCKED, Standing.SPARED


def standing(rules, *what, equals=(), now=NOW):
    return evaluate(rules, what, equals, now).standing


def leaves(rules, *what, **more):
    return {code: one for code, one in standing(rules, *what, **more).items() if code[0] in "be"}


def test_rows_and_rules_know_the_same_kinds():
    assert {one.value for one in Node.Kind} == {one.value for one in Kind}


def test_all_of_them_are_needed():
    rules = tree(badge(1), badge(2))

    assert standing(rules, held(1)) == {"b1": HELD, "b2": OPEN, "root": OPEN}
    assert standing(rules, held(1), held(2)) == {"b1": HELD, "b2": HELD, "root": HELD}


def test_of_alternatives_one_is_enough_and_the_rest_are_spared():
    rules = tree(any_(badge(1), all_(badge(2), badge(3)), code="g"))

    assert standing(rules, held(1)) == standing(rules, held(1)) | {"b1": HELD, "b2": SPARED, "b3": SPARED, "g": HELD}
    assert leaves(rules, held(2)) == {"b1": OPEN, "b2": HELD, "b3": OPEN}


def test_so_many_of_them_are_enough():
    rules = tree(some(2, badge(1), badge(2), badge(3), code="g"))

    assert standing(rules, held(1))["g"] == OPEN
    assert standing(rules, held(1), held(3)) == {"b1": HELD, "b2": SPARED, "b3": HELD, "g": HELD, "root": HELD}


def test_one_after_the_other_waits_for_the_one_before():
    rules = tree(badge(1), badge(2), badge(3), in_order=True)

    assert leaves(rules) == {"b1": OPEN, "b2": LOCKED, "b3": LOCKED}
    assert leaves(rules, held(1)) == {"b1": HELD, "b2": OPEN, "b3": LOCKED}
    assert leaves(rules, held(2)) == {"b1": OPEN, "b2": HELD, "b3": LOCKED}


def test_the_capstone_opens_when_the_rest_is_held():
    rules = tree(capstone(9), badge(1), any_(badge(2), badge(3)))

    assert leaves(rules, held(1)) == {"b9": LOCKED, "b1": HELD, "b2": OPEN, "b3": OPEN}
    assert leaves(rules, held(1), held(3)) == {"b9": OPEN, "b1": HELD, "b2": SPARED, "b3": HELD}
    assert standing(rules, held(1), held(3), held(9))["root"] == HELD


def test_what_has_run_out_does_not_count_and_the_end_of_what_counts_is_known():
    rules = tree(badge(1), badge(2))
    what = [held(1, days=10), held(2, days=30)]

    assert evaluate(rules, what, (), NOW).until == NOW + timedelta(days=10)
    assert evaluate(rules, what, (), NOW + timedelta(days=10)).standing == {"b1": OPEN, "b2": HELD, "root": OPEN}


def test_credits_are_summed_from_what_lies_beneath():
    rules = tree(credits_(10, badge(1), badge(2), badge(3), code="g"))
    what = [held(1, worth=6), held(2, worth=3)]

    short = evaluate(rules, what, (), NOW)
    enough = evaluate(rules, [*what, held(3, worth=1)], (), NOW)

    assert (short.standing["g"], short.credits("g", "nzqa")) == (OPEN, 9)
    assert (enough.standing["g"], enough.credits("root", "nzqa")) == (HELD, 10)


def test_credits_of_any_badge_of_a_level_an_issuer_a_skill():
    rules = tree(
        credits_(8, code="g", level_framework="nzqf", level_from=4, issuers=frozenset({7}), skills=frozenset({"s"}))
    )
    fits = {"level_framework": "nzqf", "level": 4, "issuer": 7, "skills": frozenset({"s", "t"})}

    good = [held(1, worth=4, **fits), held(2, worth=4, **fits | {"level": 6})]
    wrong = [
        held(3, worth=4, **fits | {"level": 3}),
        held(4, worth=4, **fits | {"issuer": 8}),
        held(5, worth=4, **fits | {"skills": frozenset({"t"})}),
        held(6, worth=4, **fits | {"level_framework": "eqf"}),
    ]

    assert standing(rules, *good, *wrong)["g"] == HELD
    assert standing(rules, good[0], *wrong)["g"] == OPEN


def test_a_badge_that_a_step_names_feeds_no_pool_and_counts_once():
    pool = credits_(8, code="pool", issuers=frozenset({7}))
    rules = tree(badge(1), pool)
    what = [held(1, worth=4, issuer=7), held(2, worth=4, issuer=7)]

    progress = evaluate(rules, what, (), NOW)

    assert progress.standing == {"b1": HELD, "pool": OPEN, "root": OPEN}
    assert [(code, one.held.key) for code, one in progress.of("root")] == [("b1", (0, 1)), ("pool", (0, 2))]
    assert progress.credits("root", "nzqa") == 8


def test_no_pool_draws_on_a_whole_whose_parts_brought_its_credits():
    rules = tree(credits_(4, code="p", issuers=frozenset({7})))

    assert standing(rules, held(1, worth=4, issuer=7, whole=True))["p"] == OPEN
    assert standing(rules, held(1, worth=4, issuer=7))["p"] == HELD


def test_two_pools_share_nothing():
    rules = tree(credits_(4, code="p", issuers=frozenset({7})), credits_(4, code="q", issuers=frozenset({7})))

    assert standing(rules, held(1, worth=4, issuer=7)) == {"p": HELD, "q": OPEN, "root": OPEN}


def test_a_pool_that_nobody_needs_leaves_what_it_drew_to_the_others():
    ours = {"issuers": frozenset({7})}
    rules = tree(any_(badge(1), all_(credits_(4, code="p", **ours), badge(2))), credits_(4, code="q", **ours))
    either = tree(any_(credits_(4, code="p", **ours), badge(1)), credits_(4, code="q", **ours))
    what = [held(1), held(9, worth=4, issuer=7)]

    assert evaluate(rules, what, (), NOW).complete
    assert evaluate(either, what, (), NOW).complete
    assert not evaluate(either, what[1:], (), NOW).complete


def test_what_fits_one_pool_alone_goes_there_first():
    rules = tree(
        credits_(4, code="p", level_framework="nzqf", level_from=1),
        credits_(4, code="q", issuers=frozenset({7})),
    )
    level = {"level_framework": "nzqf", "level": 3}

    assert evaluate(rules, [held(1, worth=4, issuer=7, **level), held(2, worth=4, **level)], (), NOW).complete


def test_the_same_badge_twice_and_what_is_awarded_on_the_way_feed_no_pool():
    pool = credits_(8, code="pool", issuers=frozenset({7}))
    twice = [held(2, worth=4, issuer=7), replace(held(2, worth=4, issuer=7), key=(0, 99))]

    assert not evaluate(tree(pool), twice, (), NOW).complete
    assert evaluate(tree(pool), [*twice, held(3, worth=4, issuer=7)], (), NOW).complete
    half = milestone("Half", badge(1), achievement=3)
    assert not evaluate(tree(half, pool), [held(1), *twice, held(3, worth=4, issuer=7)], (), NOW).holds("pool")


def test_half_of_another_way_counts_no_more_once_a_way_is_taken():
    rules = tree(credits_(8, any_(all_(badge(1), badge(2)), badge(3)), badge(4), code="g"))
    what = [held(1, worth=4)]

    ahead = forecast(rules, evaluate(rules, what, (), NOW), offers(1, 2, 3, 4), "nzqa")

    done = [*what, *(held(key, worth=4) for key in ahead.badges)]
    assert ahead.possible
    assert evaluate(rules, done, (), NOW).complete


def test_of_two_alternatives_held_the_one_with_more_credits_counts():
    rules = tree(any_(badge(1), badge(2), code="g"))

    progress = evaluate(rules, [held(1, worth=2), held(2, worth=5)], (), NOW)

    assert progress.credits("root", "nzqa") == 5
    assert [code for code, _one in progress.of("root")] == ["b2"]


def test_credits_of_another_framework_are_turned_by_their_hours_to_the_learners_disfavour():
    rules = tree(credits_(5, badge(1), code="g"))

    assert evaluate(rules, [held(1, worth=2, framework="ects")], (), NOW).credits("g", "nzqa") == 5
    assert evaluate(rules, [held(1, worth=10)], (), NOW).credits("g", "ects") == Decimal("3.3")
    assert evaluate(rules, [held(1, worth=10, framework="other")], (), NOW).credits("g", "nzqa") == 0


def test_a_badge_from_elsewhere_counts_by_an_equivalence_and_not_without():
    rules = tree(badge(1), badge(2))
    what = [held(1), foreign(5)]

    assert standing(rules, *what)["root"] == OPEN
    progress = evaluate(rules, what, [equal(3, counts_as=2, worth=4)], NOW)
    assert progress.complete
    assert asdict(progress.counted["b2"]) | {"held": None} == {
        "held": None,
        "credits": Decimal(4),
        "framework": "nzqa",
        "by": 3,
    }


def test_a_step_from_elsewhere_is_held_by_its_own_equivalence():
    rules = tree(badge(1), external(3))

    assert leaves(rules, held(1), foreign(5), equals=[equal(3)]) == {"b1": HELD, "e3": HELD}
    assert leaves(rules, held(1), foreign(5)) == {"b1": HELD, "e3": OPEN}


def test_one_credential_counts_for_one_step_only():
    rules = tree(badge(1), badge(2))
    equals = [equal(3, counts_as=1), equal(4, counts_as=2)]

    assert leaves(rules, foreign(5), equals=equals) == {"b1": HELD, "b2": OPEN}
    assert leaves(rules, foreign(5), foreign(6), equals=equals) == {"b1": HELD, "b2": HELD}


def test_what_could_count_for_two_goes_where_the_other_can_not():
    rules = tree(badge(1), badge(2))
    either = [equal(3, counts_as=1, theirs=8), equal(4, counts_as=2, theirs=8), equal(5, counts_as=1, theirs=9)]

    assert leaves(rules, held(8), held(9), equals=either) == {"b1": HELD, "b2": HELD}


def test_what_holds_a_step_itself_counts_for_no_other():
    rules = tree(badge(1), badge(2))

    assert leaves(rules, held(1), equals=[equal(3, counts_as=2, theirs=1)]) == {"b1": HELD, "b2": OPEN}


def test_no_equivalence_stands_for_a_capstone():
    rules = tree(badge(1), capstone(9))

    assert leaves(rules, held(1), foreign(5), equals=[equal(3, counts_as=9)]) == {"b1": HELD, "b9": OPEN}


def test_what_a_person_let_stand_is_held_and_brings_no_credits():
    rules = tree(badge(1), badge(2))

    progress = evaluate(rules, [held(1, worth=4)], (), NOW, excused=["b2"])

    assert progress.complete
    assert progress.credits("root", "nzqa") == 4


def test_why_not_yet_and_the_sentence_of_the_whole():
    rules = tree(milestone("Hand", badge(1), any_(badge(2), badge(3), code="or"), code="m"), capstone(9), badge(4))
    said = names(1, 2, 3, 4, 9)
    progress = evaluate(rules, [held(1)], (), NOW)

    assert sentence(rules, said) == (
        "The milestone “Hand” (“Badge 1” and (“Badge 2” or “Badge 3”)), the capstone “Badge 9” and “Badge 4”."
    )
    assert {rule.code: why_not(rule, rules, progress, said) for rule in rules.rules} == {
        "root": "Still to come: Hand, Badge 9 and Badge 4.",
        "m": "Still to come: One of these.",
        "b1": "",
        "or": "Earn Badge 2 or Badge 3.",
        "b2": "",
        "b3": "",
        "b9": "First comes Hand and Badge 4.",
        "b4": "",
    }


def test_one_credit_is_one_and_a_half_is_written_as_the_reader_writes_it():
    rules, said = tree(credits_(1, badge(1))), names(1)
    assert sentence(rules, said) == "At least 1 NZQA credit from “Badge 1”."

    with override("de"):
        assert said.amount(Decimal("2.5"), "nzqa").startswith("2,5 ")


def test_the_fewest_steps_to_the_end():
    rules = tree(badge(1), any_(all_(badge(2), badge(3)), badge(4)), some(2, badge(5), badge(6), badge(7)))
    known = offers(*range(1, 8))
    progress = evaluate(rules, [held(6)], (), NOW)

    found = forecast(rules, progress, known, "nzqa")

    assert (found.steps, found.credits, found.badges, found.possible) == (3, 12, (1, 4, 5), True)


def test_a_step_from_elsewhere_brings_what_its_equivalence_says():
    rules = tree(badge(1), credits_(3, external(9), badge(2), code="g"))
    progress = evaluate(rules, [], (), NOW)

    found = forecast(rules, progress, offers(1), "nzqa", [equal(9, worth=3)])

    assert (found.steps, found.credits, found.codes, found.possible) == (2, 7, ("b1", "e9"), True)
    assert not forecast(rules, progress, offers(1), "nzqa").possible


def test_no_way_leads_there_when_a_badge_on_every_way_is_closed():
    rules = tree(badge(1), badge(2))

    assert not forecast(rules, evaluate(rules, [], (), NOW), offers(1), "nzqa").possible


# --- whatever the tree --------------------------------------------------------------------------------------------------
@st.composite
def trees(draw):
    """Random trees in which each badge stands once."""
    keys = iter(range(1, 200))

    def node(depth):
        kind = draw(st.sampled_from([Kind.BADGE] if depth > 3 else [*Kind]))
        code = f"n{next(keys)}"
        if kind in (Kind.BADGE, Kind.CAPSTONE, Kind.EXTERNAL):
            return Rule(code, Kind.BADGE, achievement=int(code[1:]))
        children = tuple(node(depth + 1) for _ in range(draw(st.integers(1, 4))))
        return Rule(
            code,
            kind,
            name="M",
            children=children,
            in_order=draw(st.booleans()),
            needed=draw(st.integers(1, len(children))) if kind == Kind.SOME else 0,
            credits=Decimal(draw(st.integers(1, 8))),
            framework="nzqa",
            issuers=frozenset({1}) if draw(st.booleans()) else frozenset(),
        )

    return Tree(Rule("root", Kind.ALL, children=tuple(node(1) for _ in range(draw(st.integers(1, 4))))))


@st.composite
def holdings(draw):
    keys = draw(st.lists(st.integers(1, 40), unique=True, max_size=25))
    return [
        held(key, worth=draw(st.integers(0, 4)), days=draw(st.sampled_from([None, 1, 5, -1])), issuer=1) for key in keys
    ]


@given(trees(), holdings(), st.randoms(use_true_random=False))
def test_the_order_in_which_things_came_changes_nothing(rules, what, order):
    shuffled = list(what)
    order.shuffle(shuffled)

    assert evaluate(rules, shuffled, (), NOW) == evaluate(rules, what, (), NOW)


@given(trees(), holdings(), st.integers(1, 40))
def test_one_more_badge_never_takes_a_step_away(rules, what, key):
    more = [*(one for one in what if one.achievement != key), held(key, worth=4, issuer=1)]

    before = {code for code, one in evaluate(rules, what, (), NOW).standing.items() if one == HELD and code[0] != "p"}
    after = evaluate(rules, more, (), NOW)

    named = {code for code in before if rules.by_code[code].is_leaf}
    assert all(after.holds(code) for code in named)


@given(trees(), holdings())
def test_each_credential_counts_once(rules, what):
    progress = evaluate(rules, what, (), NOW)

    keys = [one.held.key for _code, one in progress.of("root")]
    assert len(keys) == len(set(keys))
    assert progress.credits("root", "nzqa") <= sum(one.worth.credits for one in what)


@given(trees(), holdings())
def test_every_node_that_is_not_reached_says_why_or_can_be_begun(rules, what):
    progress = evaluate(rules, what, (), NOW)
    said = names(*range(1, 200))

    for rule in rules.rules:
        silent = progress.standing[rule.code] in (HELD, SPARED) or (
            rule.is_leaf and progress.standing[rule.code] == OPEN
        )
        assert bool(why_not(rule, rules, progress, said)) is not silent


@given(trees(), holdings())
def test_whoever_does_what_the_forecast_says_is_at_the_end(rules, what):
    assume(
        sum(rule.draws_on_any for rule in rules.rules) <= 1
    )  # of several, none is sure to leave enough to the others
    known = offers(*range(1, 200), issuer=1)
    progress = evaluate(rules, what, (), NOW)
    ahead = forecast(rules, progress, known, "nzqa")

    done = [
        *(one for one in what if one.achievement not in ahead.badges),
        *(held(key, worth=4, issuer=1) for key in ahead.badges),
    ]

    assert not ahead.possible or evaluate(rules, done, (), NOW).complete


@pytest.mark.parametrize("size", [50, 500])
def test_a_deep_and_wide_tree_is_walked_without_recursion(size):
    deep = badge(1)
    for level in range(size):
        deep = all_(deep, code=f"l{level}")

    assert standing(tree(deep), held(1))["root"] == HELD
