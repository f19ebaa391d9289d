"""The verifier's requests to the outside: documents at URLs, a few, until a deadline, each only once."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol

from apps.credentials import strict
from apps.credentials.verification.values import is_upgrade, origin

if TYPE_CHECKING:
    from collections.abc import Callable

# A badge has an issuer, a status list or two and perhaps some endorsers.
MOST_QUESTIONS = 24
# Limit of requests to one host for one badge, so that nobody can use us to bother a server.
MOST_OF_A_HOST = 8
# Limit for all documents together: one list of the maximum length, and half as much again.
MOST_READ = strict.MOST_TEXT * 3 // 2
SECONDS = 20.0
SECONDS_EACH = 8.0
DOCUMENTS = "application/ld+json, application/json"


class CannotResolve(Exception):
    """A URL's content can't be fetched just now; the message says why, for people."""


@dataclass(frozen=True)
class Answer:
    """A response. `status` is 200, or 410 for what was removed for good; `media_type` in lower case without parameters,
    or empty; `url` after redirects.
    """

    body: bytes
    status: int = HTTPStatus.OK
    media_type: str = ""
    url: str = ""

    @property
    def gone(self) -> bool:
        return self.status == HTTPStatus.GONE


class Ask(Protocol):
    def __call__(self, address: str, *, accept: str, seconds: float) -> Answer:
        """Fetch a public http or https URL, or one of our own. Raises CannotResolve."""


class Outside:
    """The requests of one verification. Each is made once, and none beyond `MOST_QUESTIONS` and `SECONDS`.

    `at_home` says which URLs are answered without a request, so that they don't count against a host.
    """

    def __init__(
        self, ask: Ask, *, at_home: Callable[[str], bool] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._at_home = at_home or (lambda _address: False)
        self._clock = clock
        self._ends = clock() + SECONDS
        self._hosts: Counter[object] = Counter()
        self._answers: dict[tuple[str, str], Answer | CannotResolve] = {}
        self._read = 0
        self._documents: dict[tuple[str, int], dict[str, Any] | CannotResolve] = {}
        # Status lists that were read, by their parameters; None for those that don't count.
        self.lists: dict[tuple[str, ...], Any] = {}
        # Keys that were read, by issuer.
        self.methods: dict[str, list[Any]] = {}

    def get(self, address: str, *, accept: str = DOCUMENTS) -> Answer:
        """Fetch a URL. Raises CannotResolve."""
        asked = (address, accept)
        if asked not in self._answers:
            self._answers[asked] = self._answer(address, accept)
        found = self._answers[asked]
        if isinstance(found, CannotResolve):
            raise found
        return found

    def document(self, address: str, *, most_values: int = strict.MOST_VALUES) -> dict[str, Any]:
        """The JSON object at a URL, parsed strictly and only once. Raises CannotResolve, also if it is gone."""
        asked = (address, most_values)
        if asked not in self._documents:
            try:
                self._documents[asked] = self._parsed(address, most_values)
            except CannotResolve as error:
                self._documents[asked] = error
        found = self._documents[asked]
        if isinstance(found, CannotResolve):
            raise found
        return found

    def _parsed(self, address: str, most_values: int) -> dict[str, Any]:
        found = self.get(address)
        if found.gone:
            raise CannotResolve(f"{address} was taken away (410)")
        self._read += len(found.body)
        if self._read > MOST_READ:
            raise CannotResolve("it leads to more than is read for one badge")
        return parsed(found, address, most_values=most_values)

    def _answer(self, address: str, accept: str) -> Answer | CannotResolve:
        left = self._ends - self._clock()
        if left <= 0 or len(self._answers) >= MOST_QUESTIONS:
            return CannotResolve("it leads to more addresses than are asked for one badge")
        self._hosts[origin(address)] += not self._at_home(address)
        if self._hosts[origin(address)] > MOST_OF_A_HOST:
            return CannotResolve("it leads to one host more often than that is asked for one badge")
        try:
            return self._ask(address, accept=accept, seconds=min(left, SECONDS_EACH))
        except CannotResolve as error:
            return error


def parsed(answer: Answer, address: str, *, most_values: int = strict.MOST_VALUES) -> dict[str, Any]:
    """The JSON object in a response. Raises CannotResolve, also if the URL redirected elsewhere."""
    refuse_led_away(answer, address)
    try:
        return strict.parse(answer.body.decode(), most_values=most_values)
    except ValueError as error:  # also bytes that aren't UTF-8
        raise CannotResolve(f"{address} gave no JSON object that can be read: {str(error)[:200]}") from None


def refuse_led_away(answer: Answer, address: str) -> None:
    """Raise CannotResolve if a URL redirected to another origin, whose content isn't its own.

    The owner of one need not own the other, and many servers redirect wherever they are told. Redirects from http to
    https at the same host are accepted, as every server that has switched does that.
    """
    if answer.url and origin(answer.url) != origin(address) and not is_upgrade(address, answer.url):
        raise CannotResolve(f"{address} leads on to {answer.url[:200]}, which is somebody else's for all that is known")
