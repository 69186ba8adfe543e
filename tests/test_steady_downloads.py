"""A download button keeps its number, and only its own visitor's session knows it."""

from collections.abc import Callable

import pytest
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from ui.steady_downloads import steady


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> MediaFileManager:
    manager = MediaFileManager(MemoryMediaFileStorage("/media"))
    monkeypatch.setattr(manager, "add_deferred", steady(manager, manager.add_deferred))
    return manager


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What follows is done in a session of this name."""
    return lambda name: monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: name)


def content(files: MediaFileManager, number: str) -> bytes:
    name = files.execute_deferred(number).split("/")[-1]
    return files._storage.get_file(name).content  # type: ignore[attr-defined]


def test_an_old_press_gets_the_newest_file(files: MediaFileManager, visit: Callable[[str], None]) -> None:
    visit("anna")
    old = files.add_deferred(lambda: b"old", "text/csv", "0.1", "a.csv", element_id="csv")
    files.clear_session_refs()  # as at the beginning of a run
    new = files.add_deferred(lambda: b"new", "text/csv", "0.2", "a.csv", element_id="csv")
    files.remove_orphaned_files()  # as at its end
    assert old == new
    assert content(files, old) == b"new"


def test_buttons_and_visitors_are_apart(files: MediaFileManager, visit: Callable[[str], None]) -> None:
    numbers = []
    for name in ("anna", "ben"):
        visit(name)
        for button in ("csv", "pdf"):
            made = f"{name} {button}".encode()
            numbers.append(
                (files.add_deferred(lambda made=made: made, None, button, element_id=button), made)
            )
    files.remove_orphaned_files()
    assert len({number for number, _ in numbers}) == 4
    for number, made in numbers:
        assert content(files, number) == made
        assert len(number) == 64


def test_a_button_that_is_gone_makes_no_files(files: MediaFileManager, visit: Callable[[str], None]) -> None:
    visit("anna")
    number = files.add_deferred(lambda: b"", "text/csv", "0.1", element_id="csv")
    files.clear_session_refs()
    files.remove_orphaned_files()
    with pytest.raises(Exception, match="not found"):
        files.execute_deferred(number)
    assert not files._deferred_ids_by_session
    # A disabled button takes its file back.
    number = files.add_deferred(lambda: b"", "text/csv", "0.1", element_id="csv")
    files.remove_deferred("0.1", element_id="csv")
    with pytest.raises(Exception, match="not found"):
        files.execute_deferred(number)
