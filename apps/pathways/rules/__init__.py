"""The rules of a pathway, without a database: a tree, what a person holds, and what follows from both.

`evaluate` is a pure function of (tree, what is held, equivalences, now): repeated, it gives the same answer, and
working step by step gives the same as starting from nothing.
"""

from apps.pathways.rules.checking import Finding, Graph, check
from apps.pathways.rules.evaluating import Counted, Progress, Standing, evaluate, wanting
from apps.pathways.rules.facts import Equal, Held, Offer, Worth, in_framework
from apps.pathways.rules.forecasting import Forecast, forecast
from apps.pathways.rules.tree import GROUPS, Kind, Rule, Tree
from apps.pathways.rules.wording import Names, plain, sentence, why_not

__all__ = [
    "GROUPS",
    "Counted",
    "Equal",
    "Finding",
    "Forecast",
    "Graph",
    "Held",
    "Kind",
    "Names",
    "Offer",
    "Progress",
    "Rule",
    "Standing",
    "Tree",
    "Worth",
    "check",
    "evaluate",
    "forecast",
    "in_framework",
    "plain",
    "sentence",
    "wanting",
    "why_not",
]
