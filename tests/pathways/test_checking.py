"""What is wrong with a tree before anybody walks it."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.pathways.rules import Graph, Names, evaluate
from apps.pathways.rules.checking import MOST_LEVELS, MOST_NODES, Amounts, check
from tests.pathways.rules import (
    NOW,
    all_,
    any_,
    badge,
    capstone,
    credits_,
    equal,
    external,
    held,
    milestone,
    names,
    offers,
    some,
    tree,
)
from tests.pathways.test_evaluate import trees

NO_ONE = Graph()
ALL = names(*range(1, 30))


def wrong(rules, *, said=ALL, equals=(), graph=NO_ONE):
    """(node, what it says, whether it stops) in their order."""
    return [(one.code, one.sentence, one.stops) for one in check(rules, said, equals, graph)]


def said_of(badge_of, **about):
    """The catalogue, with one badge told otherwise."""
    return Names(offers=ALL.offers | {badge_of: replace(ALL.offers[badge_of], **about)})


def worths(credits_of):
    """A catalogue in which each badge brings so many NZQA credits."""
    known = {key: offers(key, worth=amount)[key] for key, amount in credits_of.items()}
    return Names(offers=known)


def test_nothing_is_wrong_with_a_whole_that_can_be_reached():
    rules = tree(
        milestone("Half", badge(1), any_(badge(2), badge(3)), achievement=9),
        some(2, badge(4), badge(5), badge(6)),
        credits_(8, badge(7), badge(8)),
        capstone(10),
        award=11,
    )

    assert wrong(rules) == []


@pytest.mark.parametrize(
    ("group", "words"),
    [
        (all_(code="g"), "“All of these” holds nothing, so everybody would reach it at once"),
        (milestone("Half", code="g", achievement=9), "“Half” holds nothing, so everybody would reach it at once"),
        (any_(code="g"), "“One of these” holds nothing, so nobody could reach it"),
        (some(1, code="g"), "“1 of these” holds nothing, so nobody could reach it"),
        (credits_(3, code="g"), "“At least 3 NZQA credits” holds nothing, so nobody could reach it"),
    ],
)
def test_an_empty_group_awards_by_itself_or_never(group, words):
    [(code, sentence, stops)] = wrong(tree(badge(1), group))

    assert (code, stops) == ("g", True)
    assert sentence.startswith(words)


def test_a_pathway_without_anything_says_only_that():
    assert wrong(tree()) == [("root", "Nothing is in this pathway yet. Add its first badge.", True)]


def test_more_than_there_are_is_refused_and_all_of_them_only_remarked():
    rules = tree(some(3, badge(1), badge(2), code="g"), some(2, badge(3), badge(4), code="h"), any_(badge(5), code="i"))

    assert wrong(rules) == [
        ("g", "“3 of these” asks for 3 of 2: nobody could reach it.", True),
        ("h", "“2 of these” asks for everything in it. Choose “All of these” instead.", False),
        ("i", "“One of these” leaves no choice: only one thing is in it.", False),
    ]


@pytest.mark.parametrize(
    ("rules", "code", "words"),
    [
        (tree(badge(1), capstone(2), capstone(3)), "b3", "A pathway has one capstone"),
        (tree(badge(1), all_(badge(3), capstone(2))), "b2", "closes the whole pathway: move it out"),
        (tree(capstone(2)), "b2", "Nothing comes before the capstone"),
        (tree(badge(1), capstone(2), badge(3), in_order=True), "b2", "Put it last"),
    ],
)
def test_the_capstone_is_one_comes_last_and_closes_the_whole(rules, code, words):
    [(found, sentence, stops)] = wrong(rules)

    assert (found, stops) == (code, True)
    assert words in sentence


def again(key, code):
    return replace(badge(key), code=code)


def test_the_same_badge_twice_would_count_twice_but_for_alternatives():
    twice = "“Badge 1” is here twice, and would count twice. Take one out."

    assert wrong(tree(badge(1), all_(again(1, "x")))) == [("x", twice, True)]
    assert wrong(tree(some(1, badge(1), again(1, "x"), badge(2)))) == [("x", twice, True)]
    assert wrong(tree(any_(all_(badge(1), badge(2)), all_(again(1, "x"), badge(3))))) == []
    # In two branches of a choice and beside it: one of them may be needed with the third.
    assert wrong(tree(any_(badge(1), all_(again(1, "x"), badge(2))), again(1, "y"))) == [("y", twice, True)]


def test_a_badge_and_a_rule_that_counts_it_as_a_step_ask_for_the_same():
    both = tree(badge(1), external(5, "Theirs"))

    assert wrong(both, equals=[equal(5, theirs=1)]) == [
        ("e5", "“Theirs” and “Badge 1” ask for the same badge, and it counts once. Take one out.", True)
    ]
    assert wrong(both, equals=[equal(5, theirs=2)]) == []
    assert wrong(tree(external(5, "One"), external(6, "Other")), equals=[equal(5), equal(6)]) == [
        ("e6", "“Other” and “One” ask for the same badge, and it counts once. Take one out.", True)
    ]


def test_what_is_awarded_on_the_way_is_awarded_once_and_is_no_step():
    halves = [milestone("One", badge(1), code="m", achievement=9), milestone("Two", badge(2), code="n", achievement=9)]

    assert wrong(tree(*halves)) == [
        ("n", "“Badge 9” is already awarded elsewhere in this pathway: “Two” would award it again.", True)
    ]
    assert wrong(tree(halves[0], badge(3), award=9)) == [
        ("m", "“Badge 9” is already awarded elsewhere in this pathway: “One” would award it again.", True)
    ]
    assert wrong(tree(halves[0], badge(9))) == [
        ("b9", "“Badge 9” is awarded at the milestone “One”, so it can't be asked for outside it.", True)
    ]


def test_what_a_pathway_awards_is_no_step_of_it():
    steps = "“Badge 9” is what this leads to, so it can't be a step towards it."

    assert wrong(tree(badge(1), badge(9), award=9)) == [("b9", steps, True)]
    assert wrong(tree(milestone("Half", badge(1), badge(9), achievement=9))) == [("b9", steps, True)]


def test_circles_over_other_pathways_are_found_however_long():
    rules = tree(badge(1), any_(badge(2), badge(3)), award=9)
    circle = "“Badge 3” itself needs “Badge 9” in another pathway, so it would be a circle."

    assert wrong(rules, graph=Graph({3: frozenset({9})})) == [("b3", circle, True)]
    assert wrong(rules, graph=Graph({3: frozenset({5, 6}), 6: frozenset({7}), 7: frozenset({9})})) == [
        ("b3", circle, True)
    ]
    assert wrong(rules, graph=Graph({3: frozenset({5}), 9: frozenset({1})})) == []


def test_a_whole_does_not_stand_beside_what_it_is_made_of():
    made = Graph({3: frozenset({4, 5}), 4: frozenset({6})})
    twice = "“Badge 6” is part of “Badge 3”, which is here too: it would count twice."

    assert wrong(tree(badge(3), badge(6)), graph=made) == [("b6", twice, True)]
    assert wrong(tree(any_(badge(3), badge(6))), graph=made) == []
    assert wrong(tree(badge(3), badge(7)), graph=made) == []
    # What a capstone waits for is no part of it.
    assert wrong(tree(badge(3), badge(6)), graph=Graph(waits={3: frozenset({6})})) == []


def test_a_capstone_that_waits_for_what_waits_for_it_is_a_circle():
    rules = tree(badge(1), badge(2), capstone(8))

    assert wrong(rules, graph=Graph({2: frozenset({8})})) == [
        ("b2", "“Badge 2” itself needs “Badge 8” in another pathway, so it would be a circle.", True)
    ]


def test_what_nobody_can_begin_stops_unless_a_way_leads_round_it():
    closed = said_of(1, open=False)
    gone = "Nobody can begin “Badge 1” now: it is not published. Choose another."

    for rules, stops in (
        (tree(badge(1), badge(2)), True),
        (tree(any_(badge(1), badge(2))), False),
        (tree(some(2, badge(1), badge(2), badge(3))), False),
        (tree(some(2, badge(1), badge(2)), badge(3)), True),
        (tree(credits_(4, badge(1), badge(2))), False),
        (tree(credits_(8, badge(1), badge(2))), True),
        (tree(credits_(4, any_(badge(1), badge(2)), badge(3))), False),
    ):
        found = [one for one in wrong(rules, said=closed) if one[0] == "b1"]
        assert found == [("b1", gone, stops)]


def test_a_rule_that_is_not_accepted_stops():
    assert wrong(tree(badge(1), external(5, "First aid"))) == [
        ("e5", "“First aid” does not count here yet: the rule for it is not accepted.", True)
    ]


@pytest.mark.parametrize(
    ("group", "most"),
    [
        (credits_(9, badge(1), badge(2), code="g"), "8"),
        (credits_(5, any_(badge(1), badge(2), badge(3)), code="g"), "4"),
        (credits_(9, some(2, badge(1), badge(2), badge(3)), code="g"), "8"),
        (credits_(9, all_(badge(1), milestone("Half", badge(2))), code="g"), "8"),
        (credits_(4, badge(1), badge(2), framework="ects", code="g"), "2.6"),
        (credits_(1, badge(1), framework="other", code="g"), "0"),
    ],
)
def test_sums_of_credits_that_nobody_can_reach_are_refused(group, most):
    [(code, sentence, stops)] = wrong(tree(group, badge(29)))

    assert (code, stops) == ("g", True)
    assert sentence.endswith(f"what is in it brings {most} at most.")


def test_a_pool_brings_what_is_not_named_or_awarded_in_the_same_pathway():
    def pool(amount):
        return credits_(amount, code="p", issuers=frozenset({7}))

    ours = names(1, 2, 3, 9, issuer=7)

    assert wrong(tree(pool(16), badge(29)), said=replace(ours, offers=ours.offers | offers(29))) == []
    assert [one[0] for one in wrong(tree(pool(12), badge(1)), said=ours)] == []
    assert [one[0] for one in wrong(tree(pool(16), badge(1)), said=ours)] == ["p"]
    assert [one[0] for one in wrong(tree(pool(12), badge(1), award=9), said=ours)] == ["p"]


def test_pools_that_draw_on_the_same_badges_share_them():
    level = {"level_framework": "nzqf", "level_from": 4}
    offered = names(1, 2, 3, issuer=7, level_framework="nzqf", level=4)

    def both(one, other):
        return tree(credits_(one, code="p", issuers=frozenset({7})), credits_(other, code="q", **level))

    assert wrong(both(8, 4), said=offered) == []
    [(code, sentence, stops)] = wrong(both(8, 8), said=offered)
    assert (code, stops) == ("q", True)
    assert "draw on the same badges, and each counts once" in sentence
    assert wrong(tree(any_(*both(8, 8).root.children)), said=offered) == []


def test_what_comes_from_elsewhere_brings_what_its_rule_says():
    rules = tree(credits_(6, external(5, "Theirs"), badge(1), code="g"))

    assert wrong(rules, equals=[equal(5, worth=2)]) == []
    assert [one[0] for one in wrong(rules, equals=[equal(5, worth=1)])] == ["g"]
    assert wrong(tree(credits_(6, badge(1))), equals=[equal(5, counts_as=1, worth=6)]) == []
    assert [one[2] for one in wrong(tree(credits_(6, badge(1))), equals=[equal(5, counts_as=2, worth=6)])] == [True]


def test_the_award_says_no_more_credits_than_were_worked_for():
    steps = tree(badge(1), any_(badge(2), badge(3)), award=9)

    assert wrong(steps, said=worths({1: 4, 2: 2, 3: 6, 9: 6})) == []
    assert wrong(steps, said=worths({1: 4, 2: 2, 3: 6, 9: 10})) == [
        (
            "root",
            "“Badge 9” claims 10 NZQA credits, but anyone who takes the lightest route has earned only 6.",
            False,
        )
    ]
    assert wrong(steps, said=worths({1: 4, 2: 2, 3: 6, 9: 11})) == [
        ("root", "“Badge 9” claims 11 NZQA credits, but the steps bring 10 at most.", True)
    ]
    unknown = tree(badge(1), external(5, "Theirs"), award=9)
    assert [one[2] for one in wrong(unknown, said=worths({1: 4, 9: 6}), equals=[equal(5)])] == [False]


def test_an_award_that_is_not_published_can_not_be_given():
    for rules, code in (
        (tree(badge(1), award=9), "root"),
        (tree(milestone("Half", badge(1), code="m", achievement=9)), "m"),
    ):
        assert wrong(rules, said=said_of(9, open=False)) == [
            (code, "“Badge 9” is not published, so it can't be awarded.", True)
        ]


def test_a_tree_is_bounded():
    deep = badge(1)
    for level in range(MOST_LEVELS):
        deep = all_(deep, code=f"l{level}")
    many = [badge(key) for key in range(1, MOST_NODES + 1)]
    all_of_them = names(*range(1, MOST_NODES + 1))

    assert [one[0] for one in wrong(tree(deep))] == ["b1"]
    assert [one[0] for one in wrong(tree(*many), said=all_of_them)] == ["root"]
    assert wrong(tree(*many[:-1]), said=all_of_them) == []


def test_findings_that_stop_come_first_and_each_in_the_order_of_the_tree():
    rules = tree(any_(badge(1), code="g"), all_(code="h"), badge(2), replace(badge(2), code="x"))

    assert [(one[0], one[2]) for one in wrong(rules)] == [("h", True), ("x", True), ("g", False)]


# --- whatever the tree --------------------------------------------------------------------------------------------------
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees())
def test_a_tree_that_nothing_stops_can_be_walked_to_its_end(rules):
    """Whoever holds every badge there is has reached it."""
    said = names(*range(1, 200), issuer=1)
    found = check(rules, said, (), NO_ONE)

    everything = [held(key, worth=4, issuer=1) for key in range(1, 200)]

    assert any(one.stops for one in found) or evaluate(rules, everything, (), NOW).complete


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees(), st.lists(st.integers(1, 60), unique=True))
def test_what_counts_beneath_a_node_is_no_more_and_once_reached_no_less_than_it_can_bring(rules, keys):
    said = names(*range(1, 200), issuer=1)
    amounts = Amounts(rules, said, {}, "nzqa")

    progress = evaluate(rules, [held(key, worth=4, issuer=1) for key in keys], (), NOW)

    for rule in rules.rules:
        assert progress.credits(rule.code, "nzqa") <= amounts.most[rule.code]
        if progress.holds(rule.code):
            assert progress.credits(rule.code, "nzqa") >= amounts.least[rule.code]
