"""Every verb leaves an event: it records one by itself or through its own app, or stands below with the reason."""

import ast
from functools import cache
from pathlib import Path

APPS = Path(__file__).parents[2] / "apps"
EVENTS = {"apps.core.events.record", "apps.core.events.record_many"}
# What nobody else sees, and what another event already tells.
WITHOUT = {
    "backpacks.keep_credential": "credentials.claim tells it: credential.claimed.",
    "backpacks.note_item": "Tags and a note that only their holder sees.",
    "backpacks.tag_items": "Tags that only their holder sees.",
    "backpacks.untag_items": "Tags that only their holder sees.",
    "notices.read": "A mark of one's own: read.",
    "notices.read_all": "A mark of one's own: read.",
    "reviews.forget_view": "A view of the queue that only its person sees.",
    "reviews.keep": "The lease was taken with an event, and its end has one; this is a sign of life between.",
    "reviews.save_marks": "A draft that only its assessor sees until they decide, which has an event.",
    "reviews.save_view": "A view of the queue that only its person sees.",
    "reviews.use_comment": "A count that puts the bank in order; the comment in use is told with the marks.",
    "submissions.capture_again": "Only asks for a look: link.captured tells what was found.",
    "submissions.hold": "accounts.hold tells it: hold.placed.",
    "submissions.lift_hold": "accounts.lift_hold tells it: hold.lifted.",
    "submissions.map_evidence": "A draft: nobody else sees the open attempt; handing it in has an event.",
    "submissions.order_evidence": "A draft: nobody else sees the open attempt; handing it in has an event.",
    "submissions.read_thread": "A mark of one's own: read.",
    "submissions.save_draft": "A draft: nobody else sees the open attempt; handing it in has an event.",
}


def verb_modules():
    """The trees of the modules that hold verbs, by dotted name."""
    paths = [*APPS.glob("*/verbs.py"), *APPS.glob("*/verbs/*.py")]
    return {".".join(one.relative_to(APPS.parent).with_suffix("").parts): ast.parse(one.read_text()) for one in paths}


TREES = verb_modules()
FUNCTIONS = {
    f"{module}.{node.name}": node
    for module, tree in TREES.items()
    for node in tree.body
    if isinstance(node, ast.FunctionDef)
}


@cache
def names_in(module):
    """What the names in a module stand for: its own functions, and what it imports by name."""
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return imported | {name.rpartition(".")[2]: name for name in FUNCTIONS if name.rpartition(".")[0] == module}


def reaches_event(name, seen):
    """Whether a function, or one of its app's that it names, records an event. What other apps record is about their
    rows: to settle the lifts of a collection may show a credential, and tells nothing of the collection.
    """
    if name in EVENTS:
        return True
    if name in seen or name not in FUNCTIONS:
        return False
    seen.add(name)
    module = name.rpartition(".")[0]
    used = {node.id for node in ast.walk(FUNCTIONS[name]) if isinstance(node, ast.Name)} & names_in(module).keys()
    mine = {names_in(module)[one] for one in used}
    return any(reaches_event(one, seen) for one in mine if one in EVENTS or app_of(one) == app_of(name))


def app_of(name):
    return name.split(".")[1]


def is_verb(node):
    is_atomic = any("transaction.atomic" in ast.unparse(one) for one in node.decorator_list)
    return is_atomic and not node.name.startswith("_") and "by" in {one.arg for one in node.args.kwonlyargs}


def test_every_verb_leaves_an_event_or_has_said_why_not():
    verbs = {name: f"{app_of(name)}.{node.name}" for name, node in FUNCTIONS.items() if is_verb(node)}

    without = sorted(short for name, short in verbs.items() if not reaches_event(name, set()))

    assert len(verbs) > 200  # it was worth looking
    assert without == sorted(WITHOUT)
