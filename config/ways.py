"""By what a stranger comes to a piece of evidence, if not by a credential's own page: word -> function.

A function takes the public id of what leads there, and gives the pieces that are shown by it now: a link to the evidence
host names both, and they are asked again at each request.
"""

WAYS: dict[str, str] = {
    # A link to a collection, and a collection that anyone may open.
    "link": "apps.backpacks.queries.pieces_by_link",
    "collection": "apps.backpacks.queries.pieces_in_public",
    # A request for credit, to its partner.
    "dossier": "apps.backpacks.dossiers.pieces_shown",
}
