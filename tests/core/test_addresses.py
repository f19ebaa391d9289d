"""What a first word leads to is what the whole list of patterns, one after the other, would lead to."""

import re
from types import ModuleType

import pytest
from django.urls import Resolver404, URLResolver, get_resolver, include, path, re_path, reverse
from django.urls.resolvers import RoutePattern

from apps.core.addresses import by_first_word
from config.urls import addresses

# What a name in a route may be, so that no route is left without an address of its own.
_VALUES = {"public_id": "a" * 26, "int": "3", "uuid": "12345678-1234-4234-8234-123456789abc", "path": "a/b"}


def view(request):
    raise NotImplementedError


def _named(*names):
    return [path(f"{name}/", view, name=name) for name in names]


OVERLAPPING = [
    path("", include((_named("b/new", "c", "b/<str:any>"), "first"))),
    path("b/", include((_named("old", "<int:number>"), "second"))),
    path("", view, name="home"),
    path("x", include((_named("y", "z"), "third"))),
    path("<slug:word>/", view, name="anything"),
    re_path(r"^(?:late|c)/(?P<which>x)?$", view, name="by_expression"),
    path("plain.txt", view, name="plain"),
]
ASKED = (
    *("", "b/", "b/new/", "b/3/", "b/old/", "b/x", "c/", "c", "c/x", "late/", "late/x", "late", "word/", "two words/"),
    *("xy/", "xz/", "x", "xy", "plain.txt", "plain.txt/", "plain", "/", "b//", "bnew/", "b", "é/"),
)


def led_to(patterns, asked):
    """Of each address: the whole of what it leads to, or None."""
    root = URLResolver(RoutePattern(""), patterns)

    def one(address):
        try:
            found = root.resolve(address)
        except Resolver404:
            return None
        names = (found.app_names, found.namespaces, found.url_name, found.route)
        return (found.func, found.args, found.kwargs, found.captured_kwargs, found.extra_kwargs, *names)

    return {address: one(address) for address in asked}


def test_the_first_pattern_that_fits_is_found_whatever_words_the_others_begin_with():
    found = led_to(by_first_word(OVERLAPPING), ASKED)

    assert found == led_to(OVERLAPPING, ASKED)
    names = {address: one and one[-2] for address, one in found.items()}
    assert [names[asked] for asked in ("", "b/3/", "b/old/", "c/x", "word/", "xy/", "plain.txt", "b/x")] == [
        *("home", "b/<str:any>", "b/<str:any>", "by_expression", "anything", "y", "plain", None)
    ]


def tried(patterns):
    with pytest.raises(Resolver404) as nowhere:
        URLResolver(RoutePattern(""), patterns).resolve("no where")
    return [str(one[-1].pattern) for one in nowhere.value.args[0]["tried"]]


def test_who_develops_reads_all_that_was_tried(settings):
    few = tried(by_first_word(OVERLAPPING))
    settings.DEBUG = True

    assert tried(by_first_word(OVERLAPPING)) == tried(OVERLAPPING) != few


def test_names_lead_back_to_the_same_addresses():
    sooner, plain = ModuleType("sooner"), ModuleType("plain")
    sooner.urlpatterns, plain.urlpatterns = by_first_word(OVERLAPPING), OVERLAPPING

    for name, given in (("first:c", []), ("second:old", []), ("third:z", []), ("anything", ["w"])):
        assert reverse(name, sooner, args=given) == reverse(name, plain, args=given)


@pytest.fixture(scope="module")
def asked():
    """Every address of the house, with and without what may be forgotten or added at its end."""

    def routes(patterns, before=""):
        for one in patterns:
            route = before + str(one.pattern)
            if hasattr(one, "url_patterns"):
                yield from routes(one.url_patterns, route)
            elif "(?P" not in route:
                yield re.sub(r"<([^>]+)>", lambda name: _VALUES.get(name[1].partition(":")[0], "some-words"), route)

    return [one + end for route in routes(addresses) for one in {route, route.rstrip("/")} for end in ("", "x", "/")]


def test_every_address_of_the_house_leads_where_the_list_leads(asked):
    found = led_to(get_resolver("config.urls").url_patterns, asked)

    assert found == led_to(addresses, asked)
    assert sum(one is not None for one in found.values()) > 400
