"""A bounded store that forgets what was used longest ago; shared by all sessions, so it has a lock."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar
from weakref import WeakSet

V = TypeVar("V")


class BoundedStore(Generic[V]):
    """Values by key, up to a total weight.

    Keys hold the sha256 of the content a value was made from: whoever asks for a value has the content
    already, so sharing it between sessions gives nothing away.
    """

    def __init__(self, limit: float, weigh: Callable[[V], float] = lambda value: 1.0) -> None:
        """Keep values whose weights add up to at most `limit`; by default `limit` values."""
        self._limit, self._weigh = limit, weigh
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._weight = 0.0
        self._lock = threading.Lock()
        _stores.add(self)

    def get(self, key: Hashable) -> V | None:
        """The value, or None."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Hashable, value: V) -> None:
        """Keep a value; one that alone is over the limit is not kept."""
        weight = self._weigh(value)
        with self._lock:
            if key in self._values or weight > self._limit:
                return
            self._values[key] = value
            self._weight += weight
            while self._weight > self._limit:
                _, oldest = self._values.popitem(last=False)
                self._weight -= self._weigh(oldest)

    def get_or_make(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value, made now if it is not there; two sessions may make the same one at once."""
        value = self.get(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value

    def drop(self, hashes: set[str]) -> None:
        """Forget the values whose key holds one of these sha256."""
        with self._lock:
            for key in [k for k in self._values if isinstance(k, tuple) and not hashes.isdisjoint(k)]:
                self._weight -= self._weigh(self._values.pop(key))


_stores: WeakSet[BoundedStore[Any]] = WeakSet()


def forget_content(hashes: set[str]) -> None:
    """Let go of all that any store keeps of files with these sha256, so that its memory is free again."""
    for store in list(_stores):
        store.drop(hashes)
