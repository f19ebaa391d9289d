"""What the verifier asks of the world: documents at addresses, a few, until a deadline, each only once."""

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
# What one host is asked for one badge: nobody's words may send us to somebody's door again and again.
MOST_OF_A_HOST = 8
# Of all documents together: one list as long as any that is read, and half as much besides.
MOST_READ = strict.MOST_TEXT * 3 // 2
SECONDS = 20.0
SECONDS_EACH = 8.0
DOCUMENTS = "application/ld+json, application/json"


class CannotResolve(Exception):
    """What lies at an address is not to be had just now; the message says why, for people."""


@dataclass(frozen=True)
class Answer:
    """What lies at an address. `status` is 200, or 410 for what was there and was taken away; `media_type` in small
    letters and bare, empty where nothing says it; `url` where it really lay, after redirects.
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
        """What lies at a public http or https address, or at one of our own. Raises CannotResolve."""


class Outside:
    """The questions of one verification. The same is asked once; beyond `MOST_QUESTIONS` and `SECONDS`, nothing is.

    `at_home` tells addresses that are read without asking anybody: there is no door to spare.
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
        # Status lists that were read, by what they were read for; None for those that do not count.
        self.lists: dict[tuple[str, ...], Any] = {}
        # Keys that were read, by whose they are.
        self.methods: dict[str, list[Any]] = {}

    def get(self, address: str, *, accept: str = DOCUMENTS) -> Answer:
        """Raises CannotResolve."""
        asked = (address, accept)
        if asked not in self._answers:
            self._answers[asked] = self._answer(address, accept)
        found = self._answers[asked]
        if isinstance(found, CannotResolve):
            raise found
        return found

    def document(self, address: str, *, most_values: int = strict.MOST_VALUES) -> dict[str, Any]:
        """The JSON object at an address, read strictly, and only once. Raises CannotResolve, for what is gone too."""
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
    """The JSON object in an answer. Raises CannotResolve, where it is not the word of that address too."""
    refuse_led_away(answer, address)
    try:
        return strict.parse(answer.body.decode(), most_values=most_values)
    except ValueError as error:  # bytes that are no UTF-8 too
        raise CannotResolve(f"{address} gave no JSON object that can be read: {str(error)[:200]}") from None


def refuse_led_away(answer: Answer, address: str) -> None:
    """Raises CannotResolve for what an address led on to elsewhere, which is not its word.

    Who owns the one need not own the other, and many a server leads on to wherever it is told. From http to https at the
    same host leads every server that has changed over.
    """
    if answer.url and origin(answer.url) != origin(address) and not is_upgrade(address, answer.url):
        raise CannotResolve(f"{address} leads on to {answer.url[:200]}, which is somebody else's for all that is known")
