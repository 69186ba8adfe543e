"""What a run in a terminal writes, as it comes: nothing of a picture stays in memory after it."""

from __future__ import annotations

import json
import pickle
import tempfile
from abc import abstractmethod
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, overload

import cv2
import numpy as np
from numpy.typing import NDArray

from inspection.exports import encode_picture
from inspection.results import Result

Item = TypeVar("Item")


class JsonFile:
    """A list of results as JSON, or one a line where the name ends in .jsonl; grows with each of them."""

    def __init__(self, path: Path) -> None:
        """Begin the file.

        Raises:
            OSError: it cannot be written.
        """
        self.lines = path.suffix.lower() == ".jsonl"
        self._file = path.open("w", encoding="utf-8", newline="\n")
        self._file.write("" if self.lines else "[")
        self._first = True

    def add(self, result: Result) -> None:
        """Write one result."""
        text = json.dumps(result.to_json(), ensure_ascii=False, indent=None if self.lines else 1)
        before = "" if self.lines else "\n" if self._first else ",\n"
        self._file.write(f"{before}{text}{chr(10) if self.lines else ''}")
        self._file.flush()  # what is done stays, whatever happens next
        self._first = False

    def close(self) -> None:
        """End the list; further calls do nothing."""
        if not self._file.closed:
            self._file.write("" if self.lines else "\n]\n")
            self._file.close()


class OneByOne(Sequence[Item]):
    """A sequence whose items are read or made when somebody asks for them; nothing is kept."""

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...
    def __getitem__(self, index: Any) -> Any:
        """One, or a list of some."""
        if isinstance(index, slice):
            return [self._at(i) for i in range(*index.indices(len(self)))]
        return self._at(index)

    @abstractmethod
    def _at(self, index: int) -> Item:
        """The item at a place."""


class OnDisk(OneByOne[Item]):
    """Things in a temporary file, read back one at a time by whoever walks through them."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="overheat-")  # noqa: SIM115, it lives as long as this
        self._starts = array("Q")

    def append(self, item: Item) -> None:
        """Put one more at the end."""
        self._starts.append(self._file.seek(0, 2))
        pickle.dump(item, self._file, pickle.HIGHEST_PROTOCOL)

    def __len__(self) -> int:
        return len(self._starts)

    def _at(self, index: int) -> Item:
        self._file.seek(self._starts[index])
        item: Item = pickle.load(self._file)  # written by this process
        return item


class PackedPictures(Mapping[Any, NDArray[np.uint8]]):
    """Small pictures kept as JPEG; each comes out as uint8 (H, W, 3) BGR."""

    def __init__(self, most: int) -> None:
        """Keep the first `most` of them."""
        self._most = most
        self._data: dict[Any, bytes] = {}

    @property
    def full(self) -> bool:
        """Whether no more are kept."""
        return len(self._data) >= self._most

    def add(self, key: Any, picture: NDArray[np.uint8]) -> None:
        """Keep one, while there is room."""
        if not self.full:
            self._data[key] = encode_picture(picture, quality=85)

    def __getitem__(self, key: Any) -> NDArray[np.uint8]:
        data = np.frombuffer(self._data[key], np.uint8)
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)
