"""What is no longer on a page does not stay in memory."""

import gc
import weakref

from streamlit.testing.v1 import AppTest


class Looked:
    """A picture; the slider beside it has it among its callback's arguments."""


def _page(picture: type, seen: list) -> None:
    import weakref

    import streamlit as st

    from ui.memory import forget_widgets

    forget_widgets()
    number = st.number_input("Picture", 0, 9)
    shown = picture()
    seen.append(weakref.ref(shown))
    st.slider("Span", key=f"span-{number}", on_change=str, args=(shown,))


def test_pictures_looked_at_before_are_forgotten_with_their_widgets() -> None:
    seen: list[weakref.ref[Looked]] = []
    app = AppTest.from_function(_page, args=(Looked, seen)).run()
    for number in range(1, 6):
        app.number_input[0].set_value(number).run()
        app.slider[0].set_value(40 + number).run()
        assert not app.exception and app.slider[0].value == 40 + number
    gc.collect()
    assert len(seen) == 11
    assert len([picture for picture in seen if picture() is not None]) <= 3
