"""Addresses as people give them: half of one, a list, or that of a page which is no badge."""

import pytest

from apps.credentials import addresses

ID = "a" * 26


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("satchel.example/c/1", "https://satchel.example/c/1"),
        ("  https://satchel.example/c/1 ", "https://satchel.example/c/1"),
        ("http://satchel.example/c/1", "http://satchel.example/c/1"),
        ("Localhost:8000/c/1", "http://Localhost:8000/c/1"),
        ("former.example/c/1", "https://former.example/c/1"),
        ("", ""),
    ],
)
def test_what_is_missing_at_the_front_of_an_address_is_put_there(settings, typed, meant):
    settings.PUBLIC_URL, settings.FORMER_PUBLIC_URLS = "http://localhost:8000", ["https://former.example"]

    assert addresses.whole(typed) == meant


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://a.example/1\r\n\r\n b.example/2 \n", ["https://a.example/1", "https://b.example/2"]),
        ("\ufeffhttps://a.example/1", ["https://a.example/1"]),
        ("https://a.example/1\nand then", []),
        ("eyJhbGciOiJFUzI1NiJ9.eyJhIjoxfQ.c2ln", []),
        ('{"id": "https://a.example/1"}', []),
        ("https://a.example/" + "1" * addresses.LONGEST, []),
        ("", []),
    ],
)
def test_a_text_is_a_list_of_addresses_only_where_every_line_is_one(text, found):
    assert addresses.listed(text) == found


@pytest.mark.parametrize("ending", ["/record", "/record.json", "/card.png", ".pdf"])
def test_what_lies_beside_a_badge_of_ours_leads_to_the_badge(settings, ending):
    assert addresses.of_badge(f"{settings.PUBLIC_URL}/c/{ID}{ending}?view=others") == f"{settings.PUBLIC_URL}/c/{ID}"
    assert (
        addresses.of_badge(f"https://elsewhere.example/c/{ID}{ending}") == f"https://elsewhere.example/c/{ID}{ending}"
    )


def test_a_page_of_ours_that_is_no_badge_is_named(settings):
    told = {
        path: str(addresses.no_badge(f"{settings.PUBLIC_URL}{path}")).partition(":")[0].partition(".")[0]
        for path in (f"/b/{ID}/", "/achievements/shear/", "/issuers/school", f"/c/{ID}", "/nowhere", "", "/help/")
    }

    assert told == {
        f"/b/{ID}/": "That is a collection",
        "/achievements/shear/": "That page describes a badge; it is not one that somebody earned",
        "/issuers/school": "That is the page of an issuer",
        f"/c/{ID}": "",
        "/nowhere": "",
        "": "",
        "/help/": "",
    }
    assert addresses.no_badge(f"https://elsewhere.example/b/{ID}/") == ""
    assert addresses.no_badge(f"http://[::1/b/{ID}/") == ""
