"""What every page does first: title, sidebar, model. Pages stand alone, whichever is opened first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from inspection.detector import Detector
from inspection.errors import InspectionError
from inspection.recommended import recommended
from inspection.results import Measuring
from inspection.settings import RunSettings
from inspection.texts import Text
from inspection.units import Unit
from ui import sidebar
from ui.language import begin_run, tr
from ui.memory import forget_widgets, set_up_heap, spare_collections
from ui.plain import plain
from ui.sending import send_at_once
from ui.steady_downloads import keep_download_numbers
from ui.temperature import temperature_settings
from ui.weights import Weights, current

__all__ = ["Page", "plain", "start_page"]
_ICON = Path(__file__).parent / "assets" / "icon.png"


@dataclass(frozen=True)
class Page:
    """What a page works with."""

    settings: RunSettings
    measuring: Measuring
    unit: Unit
    weights: Weights
    detector: Detector


def start_page(title: Text) -> Page:
    """Set the page up and draw its sidebar; stops the script with a sentence when there is no model."""
    set_up_heap()
    forget_widgets()
    send_at_once()
    keep_download_numbers()
    begin_run()
    st.set_page_config(page_title=f"{tr(title)} · Overheat Inspector", page_icon=str(_ICON), layout="wide")
    sidebar.page_links()
    label = sidebar.weights_choice()
    try:
        weights, detector = current(label)
    except InspectionError as error:
        st.error(plain(tr(error)), icon=":material/error:")
        st.stop()
    start = recommended(weights.path, detector.info)
    settings = sidebar.detection_settings(detector.info.class_names, start)
    unit, measuring = temperature_settings(sidebar.slot("temperature"))
    sidebar.footer()
    spare_collections()
    return Page(settings, measuring, unit, weights, detector)
