"""A cache in one process's memory, bounded in bytes; the least recently used goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """A bounded cache. Callers must check that what they take out is still valid: other processes can't invalidate
    it.
    """

    def __init__(self, *, most_bytes: int, largest: int) -> None:
        self.most_bytes, self.largest = most_bytes, largest
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._bytes = 0

    def get(self, key: Hashable) -> Value | None:
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Value, size: int) -> None:
        """Keep a value of `size` bytes, unless it is too large for one entry."""
        with self._lock:
            self._forget(key)
            if size > self.largest:
                return
            self._values[key] = value, size
            self._bytes += size
            while self._bytes > self.most_bytes:
                _key, (_value, gone) = self._values.popitem(last=False)
                self._bytes -= gone

    def drop(self, key: Hashable) -> None:
        with self._lock:
            self._forget(key)

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self._bytes = 0

    def _forget(self, key: Hashable) -> None:
        _value, gone = self._values.pop(key, (None, 0))
        self._bytes -= gone
