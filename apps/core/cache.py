"""The shared cache, which may be away: then nothing is remembered, and nobody is turned away for it."""

from __future__ import annotations

import logging
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


class FailOpenRedisCache(RedisCache):
    def client(self) -> Any:
        """Valkey's own client, for hashes, which Django's cache has not. It raises where the cache is away."""
        return self._cache.get_client(write=True)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except (RedisError, OSError) as error:
            log.warning("Cache away: %s", error)
            return default

    def set(self, key: str, value: Any, *args: Any, **kwargs: Any) -> None:
        try:
            super().set(key, value, *args, **kwargs)
        except (RedisError, OSError) as error:
            log.warning("Cache away: %s", error)

    def add(self, key: str, value: Any, *args: Any, **kwargs: Any) -> bool:
        try:
            return bool(super().add(key, value, *args, **kwargs))
        except (RedisError, OSError) as error:
            log.warning("Cache away: %s", error)
            return True

    def delete(self, key: str, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except (RedisError, OSError) as error:
            log.warning("Cache away: %s", error)
            return False

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """As everywhere, ValueError for a key that isn't there; the first of a count when the cache is away."""
        try:
            return int(super().incr(key, delta, version))
        except (RedisError, OSError) as error:
            log.warning("Cache away: %s", error)
            return delta
