"""Ways other than a credential's own page by which outsiders reach evidence: word -> function.

A function takes the public id of the way and returns the pieces it shows now: a link to the evidence host names both,
and they are checked again at each request.
"""

WAYS: dict[str, str] = {
    # A link to a collection, and a collection that anyone may open.
    "link": "apps.backpacks.queries.pieces_by_link",
    "collection": "apps.backpacks.queries.pieces_in_public",
    # A credit request, for its partner.
    "dossier": "apps.backpacks.dossiers.pieces_shown",
}
