"""The shared cache, which fails open: while it is unavailable nothing is remembered and nobody is turned away."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, cast

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)


# A cache that hangs costs each call a time-out, so after a failure this process leaves it alone for this long.
LEFT_ALONE_FOR = 1.0


class FailOpenRedisCache(RedisCache):
    """Django's Redis cache, failing open. `_away_until` is shared by all threads, which each have their own instance."""

    _away_until = 0.0

    def client(self) -> Any:
        """Valkey's own client, for hashes, which Django's cache lacks. Raises if the cache is unavailable."""
        return self._cache.get_client(write=True)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._asked(lambda: super(FailOpenRedisCache, self).get(key, default, version), default)

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        self._asked(lambda: super(FailOpenRedisCache, self).set(key, value, *args, **kwargs), None)

    def add(self, key: str, value: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._asked(lambda: super(FailOpenRedisCache, self).add(key, value, *args, **kwargs), True))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._asked(lambda: super(FailOpenRedisCache, self).delete(key, version), False))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Raises ValueError for a missing key, as usual; returns `delta` if the cache is unavailable."""
        return int(self._asked(lambda: super(FailOpenRedisCache, self).incr(key, delta, version), delta))

    def _asked(self, ask: Callable[[], Any], otherwise: Any) -> Any:
        if time.monotonic() < FailOpenRedisCache._away_until:
            return otherwise
        try:
            return ask()
        except (RedisError, OSError) as error:
            log.warning("Cache away: %s", error)
            FailOpenRedisCache._away_until = time.monotonic() + LEFT_ALONE_FOR
            return otherwise


def valkey() -> Any:
    """The shared cache's own client. Raises if the cache is unavailable."""
    return cast("FailOpenRedisCache", caches["default"]).client()
