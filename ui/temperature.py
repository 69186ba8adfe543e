"""What the visitor assumes of temperatures: for all pictures in the sidebar, and for each one apart."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from inspection.assess import AMBIENT_RANGE, AssessSettings, UserLimits
from inspection.errors import SettingsError
from inspection.hotspots import HotSpotSettings
from inspection.opening import ThermalOptions
from inspection.radiometric import PARAMETER_RANGES
from inspection.results import Measuring
from inspection.standards import DEFAULT_STANDARD, standards
from inspection.texts import text
from inspection.units import Unit, temperature
from ui.address import bound_choice
from ui.fold import fold
from ui.language import t, tr

_LIMIT_WORDS = (text("Watch"), text("Plan"), text("Now"))


def temperature_settings(box: st.delta_generator.DeltaGenerator) -> tuple[Unit, Measuring]:
    """The sidebar's temperature part, for all pictures."""
    box.markdown(f"**{t('Temperature')}**")
    unit: Unit = box.segmented_control(
        t("Unit"), ["°C", "°F"], default="°C", required=True, key="unit", bind="query-params"
    )
    known = standards()
    standard = bound_choice(
        box, t("Standard"), list(known), DEFAULT_STANDARD, "standard", lambda name: tr(known[name].name),
        help=t("The table that turns a temperature rise into a severity."),
    )  # fmt: skip
    chosen = known[standard]
    unconfirmed = False
    if not chosen.confirmed:
        unconfirmed = box.checkbox(
            t("Use its unconfirmed limits"), key="unconfirmed",
            help=t("These limits were not checked against the standard's own text."),
        )  # fmt: skip
    low, high = AMBIENT_RANGE
    ambient = box.number_input(
        t("Ambient (°C)"), low, high, None, 0.5, key="ambient", bind="query-params",
        placeholder=t("from the file, or estimated"),
        help=t("Air temperature around the equipment; rises are counted from it."),
    )  # fmt: skip
    low, high, _ = PARAMETER_RANGES["emissivity"]
    box.number_input(
        t("Emissivity"), low, high, None, 0.01, key="emissivity", placeholder=t("as in the file"),
        bind="query-params",
        help=t(
            "Share of heat a surface radiates itself: paint 0.95, oxidised copper 0.7, polished metal 0.05."
        ),
    )  # fmt: skip
    same_load = box.checkbox(
        t("Same load"), key="same_load", bind="query-params",
        help=t("Things of one class in a picture carry the same current, so they may be compared."),
    )  # fmt: skip
    spots = box.checkbox(
        t("Unclassified hot spots"), True, key="hot_spots", bind="query-params",
        help=t("Also list places that stand out thermally though the model does not know them."),
    )  # fmt: skip
    limits = _user_limits(box) if standard == "user" else UserLimits()
    chips = _chip_limits(box)
    assessing = AssessSettings(
        standard, ambient, same_load,
        emissivity_was_set=st.session_state.get("emissivity") is not None,
        user_limits=limits, use_unconfirmed=unconfirmed, chip_limits=chips,
    )  # fmt: skip
    return unit, Measuring(assessing, HotSpotSettings() if spots else None)


def options_of(sha256: str) -> ThermalOptions:
    """What is assumed of one picture: its own choices over the sidebar's emissivity."""
    own = st.session_state.get("thermal", {}).get(sha256, ThermalOptions())
    return replace(own, emissivity=st.session_state.get("emissivity"))


def set_options(sha256: str, options: ThermalOptions) -> None:
    """Keep a picture's choices for this session."""
    st.session_state.setdefault("thermal", {})[sha256] = replace(options, emissivity=None)


def reference_box(sha256: str) -> tuple[float, float, float, float] | None:
    """The box the visitor picked or drew as healthy reference in a picture."""
    return st.session_state.get("reference_boxes", {}).get(sha256)


def set_reference_box(sha256: str, box: tuple[float, float, float, float] | None) -> None:
    """Keep or remove a picture's reference box."""
    st.session_state.setdefault("reference_boxes", {})[sha256] = box


def degrees(celsius: float, unit: Unit) -> str:
    """A temperature in words: 81.3 °C."""
    return t("{value:.1f} {unit}", value=temperature(celsius, unit), unit=unit)


def _chip_limits(box: st.delta_generator.DeltaGenerator) -> tuple[float, float]:
    """From which case temperatures on a chip gets a word of advice."""
    warm, hot = AssessSettings().chip_limits
    part, wanted = fold(t("Advice for chips"), "chips", box=box)
    if not wanted:
        return warm, hot
    with part:
        first = st.number_input(
            t("Warm from (°C)"), 30.0, 200.0, warm, 1.0, key="chip_warm", persist_state="session"
        )
        second = st.number_input(
            t("Hot from (°C)"), 30.0, 200.0, hot, 1.0, key="chip_hot", persist_state="session"
        )
        if first < second:
            return first, second
        st.error(t("The first must be below the second."))
    return warm, hot


def _user_limits(box: st.delta_generator.DeltaGenerator) -> UserLimits:
    """Three fields a reference; the last good limits stay when the new ones do not ascend."""
    start = UserLimits()
    rows: dict[str, tuple[float, ...]] = {}
    for over, words, defaults in (
        ("similar", t("Rise over a similar component (K)"), start.similar),
        ("ambient", t("Rise over ambient (K)"), start.ambient),
    ):
        box.caption(words)
        columns = box.columns(3)
        rows[over] = tuple(
            column.number_input(
                tr(word), 0.1, 1000.0, value, 1.0, key=f"limit-{over}-{word}", persist_state="session"
            )
            for column, word, value in zip(columns, _LIMIT_WORDS, defaults, strict=True)
        )
    try:
        return UserLimits(*(_three(rows[over]) for over in ("similar", "ambient")))
    except SettingsError as error:
        box.error(tr(error))
        return start


def _three(values: tuple[float, ...]) -> tuple[float, float, float]:
    watch, plan, now = values
    return watch, plan, now
