"""Alarms as thermal monitors have them: hot for long enough raises one, clearly cooler clears it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from inspection.errors import SettingsError
from inspection.texts import text


@dataclass(frozen=True)
class AlarmSettings:
    """When there is an alarm.

    Attributes:
        limit_celsius: at or above this an object is too hot, -80..2200 °C.
        hold_seconds: for how long it has to be so, 0..3600 s.
        tolerance_kelvin: it clears below the limit minus this, 0..500 K, so that noise at the limit is one
            alarm and not many (hysteresis).

    Raises:
        SettingsError: a value is out of range.
    """

    limit_celsius: float
    hold_seconds: float = 1.0
    tolerance_kelvin: float = 2.0

    def __post_init__(self) -> None:
        for label, value, low, high, unit in (
            (text("The alarm's limit"), self.limit_celsius, -80.0, 2200.0, "°C"),
            (text("The alarm's hold time"), self.hold_seconds, 0.0, 3600.0, "s"),
            (text("The alarm's tolerance"), self.tolerance_kelvin, 0.0, 500.0, "K"),
        ):
            if not (isfinite(value) and low <= value <= high):
                raise SettingsError(
                    text(
                        "{label} must be from {low:g} to {high:g} {unit}.",
                        label=label,
                        low=low,
                        high=high,
                        unit=unit,
                    )
                )


@dataclass(frozen=True)
class Event:
    """One alarm.

    Attributes:
        number: of the object, 0 for the whole picture (without tracking).
        above_from: when it went above the limit, s.
        raised: when the hold time was over, s.
        cleared: when it fell below the limit minus the tolerance, s; None when it never did.
        peak_celsius: hottest while it lasted, °C.
        peak_seconds: when.
    """

    number: int
    above_from: float
    raised: float
    cleared: float | None
    peak_celsius: float
    peak_seconds: float


@dataclass
class _State:
    """Of one object: since when it is above, whether that is an alarm already, and its peak."""

    since: float | None = None
    raised: float | None = None
    peak: tuple[float, float] = (float("-inf"), 0.0)


class AlarmMonitor:
    """Takes the temperature of every object of every frame and keeps the events."""

    def __init__(self, settings: AlarmSettings) -> None:
        self.settings = settings
        self._states: dict[int, _State] = {}
        self._ended: list[Event] = []

    def update(self, number: int, seconds: float, celsius: float) -> None:
        """One measurement of an object, in the order of time; no measurement changes nothing."""
        state = self._states.setdefault(number, _State())
        limit = self.settings.limit_celsius
        if celsius >= limit:
            state.since = seconds if state.since is None else state.since
            if state.raised is None and seconds - state.since >= self.settings.hold_seconds:
                state.raised = seconds
        elif state.raised is None:
            self._states[number] = _State()  # not long enough: the hold time starts anew
            return
        if state.since is not None and celsius > state.peak[0]:
            state.peak = (celsius, seconds)
        if celsius < limit - self.settings.tolerance_kelvin and state.raised is not None:
            self._ended.append(_event(number, state, seconds))
            self._states[number] = _State()

    def events(self) -> tuple[Event, ...]:
        """All alarms so far in the order they were raised, those that still last among them."""
        lasting = [_event(n, state, None) for n, state in self._states.items() if state.raised is not None]
        return tuple(sorted([*self._ended, *lasting], key=lambda event: (event.raised, event.number)))


def _event(number: int, state: _State, cleared: float | None) -> Event:
    assert state.since is not None and state.raised is not None
    return Event(number, state.since, state.raised, cleared, *state.peak)
