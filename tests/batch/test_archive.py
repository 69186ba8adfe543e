"""ZIPs that somebody else made: nothing leads outside, nothing fills the memory, the rest is read."""

from __future__ import annotations

import bz2
import io
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from inspection.archive import Archive, Limits
from inspection.errors import ArchiveError, EntryError


def packed(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def opened(data: bytes, limits: Limits | None = None) -> Archive:
    return Archive(io.BytesIO(data), "site.zip", limits)


@pytest.mark.parametrize(
    "name",
    ["../a.jpg", "/etc/a.jpg", "x/../../a.jpg", "..\\a.jpg", "C:\\a.jpg", "c:a.jpg", "\\\\host\\a.jpg"],
)
def test_names_that_lead_outside_are_refused_and_harmless_as_text(name: str) -> None:
    with opened(packed({name: b"x", "good.jpg": b"y"})) as archive:
        bad, good = archive.entries
        assert bad.outside and not good.outside
        assert ".." not in bad.name and not bad.name.startswith("/") and "\\" not in bad.name
        with pytest.raises(EntryError, match="outside"):
            archive.read(bad)
        assert archive.read(good) == b"y"


def test_a_nul_in_a_name_does_not_hide_what_follows() -> None:
    data = packed({"good.exe_.jpg": b"x"}).replace(b"good.exe_.jpg", b"good.exe\0.jpg")
    with opened(data) as archive:
        assert archive.entries[0].outside and "\0" not in archive.entries[0].name


def test_links_archives_and_passwords_are_named_and_the_rest_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("link.jpg")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("inner.zip", packed({"a.jpg": b"x"}))
        archive.writestr("secret.jpg", b"x")
        archive.writestr("good.jpg", b"y")
    data = bytearray(buffer.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag of encryption
        at, name = 0, b"secret.jpg"
        while (at := data.find(mark, at)) >= 0:
            if data[at : at + 60].find(name) > 0:
                data[at + offset] |= 1
            at += 4
    with opened(bytes(data)) as archive:
        troubles = {entry.name: entry.trouble for entry in archive.entries}
        assert "link" in troubles["link.jpg"] and "archive inside" in troubles["inner.zip"]
        assert "password" in troubles["secret.jpg"] and troubles["good.jpg"] == ""
        assert archive.read(archive.entries[3]) == b"y"


def test_a_bomb_stops_at_the_limit_whatever_its_headers_say() -> None:
    data = packed({"bomb.jpg": bytes(50_000_000), "good.jpg": b"y"})
    tracemalloc.start()
    with opened(data) as archive, pytest.raises(EntryError, match="far more"):
        archive.read(archive.entries[0])
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()
    with opened(data, Limits(total_bytes=1_000_000)) as archive:
        with pytest.raises(ArchiveError, match="limit of 0 MB"):
            archive.read(archive.entries[0])
        assert archive.unpacked < 1_000_000 + 2**18 + 1
    # The header says ten bytes.
    small = data.replace(struct.pack("<I", 50_000_000), struct.pack("<I", 10))
    with opened(small) as archive:
        with pytest.raises(EntryError, match="damaged"):
            archive.read(archive.entries[0])
        assert archive.read(archive.entries[1]) == b"y"


def test_kinds_of_compression_without_a_bound_are_not_unpacked() -> None:
    bomb = bz2.compress(bytes(30_000_000))
    assert len(bomb) < 200
    with opened(packed({"a.jpg": bytes(30_000_000)}, zipfile.ZIP_BZIP2)) as archive:
        tracemalloc.start()
        with pytest.raises(EntryError, match="unusual"):
            archive.read(archive.entries[0])
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
        tracemalloc.stop()


def test_ten_thousand_small_files_are_fast_and_more_than_the_limit_refused() -> None:
    data = packed({f"deep/folder/number/{i:05d}.txt": b"0.5" for i in range(10_000)})
    start = time.perf_counter()
    with opened(data) as archive:
        assert sum(len(archive.read(entry)) for entry in archive.entries) == 30_000
    assert time.perf_counter() - start < 8
    with pytest.raises(ArchiveError, match="10000 files; 9999"):
        opened(data, Limits(entries=9_999))
    # The table of contents alone may not fill the memory.
    tracemalloc.start()
    with pytest.raises(ArchiveError, match="too large"):
        opened(data, Limits(entries=100))
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.95])
def test_a_truncated_archive_gets_a_sentence(share: float) -> None:
    data = packed({f"{i}.jpg": bytes(range(256)) * 40 for i in range(20)})
    with pytest.raises(ArchiveError, match=r"site\.zip is no ZIP file or is damaged"):
        opened(data[: int(len(data) * share)])


def test_a_damaged_entry_leaves_the_others() -> None:
    data = bytearray(packed({"a.jpg": b"first" * 50, "b.jpg": b"second"}, zipfile.ZIP_STORED))
    data[50] ^= 0xFF
    with opened(bytes(data)) as archive:
        with pytest.raises(EntryError, match=r"a\.jpg is damaged"):
            archive.read(archive.entries[0])
        assert archive.read(archive.entries[1]) == b"second"


@pytest.mark.parametrize(
    ("raw", "name"),
    [("siguranță.jpg".encode(), "siguranță.jpg"), ("配电柜.jpg".encode("gb2312"), "配电柜.jpg"),
     (b"tablou_\x8c.jpg", "tablou_î.jpg")],
)  # fmt: skip
def test_names_that_are_not_marked_as_utf8_come_out_as_typed(raw: bytes, name: str) -> None:
    placeholder = b"x" * (len(raw) - 4) + b".jpg"
    data = packed({placeholder.decode(): b"x"}).replace(placeholder, raw)
    with opened(data) as archive:
        assert archive.entries[0].name == name
        assert archive.read(archive.entries[0]) == b"x"


def test_a_name_that_lies_about_being_utf8_is_a_sentence_not_a_traceback(tmp_path: Path) -> None:
    data = packed({"ää.jpg": b"x"}).replace("ää".encode(), b"\xff\xfe\xff\xfe")
    path = tmp_path / "site.zip"
    path.write_bytes(data)
    with pytest.raises(ArchiveError, match="damaged"):
        Archive(path, path.name)
