"""Builds a network from a YAML whose rows may name registered layers, with Ultralytics' own code.

Ultralytics' ``parse_model`` finds layers in the globals of ``ultralytics.nn.tasks`` and treats a few names
specially (channels, width, repeats, c3k). Here the very same code object runs with a private set of globals
in which those names are stand-ins: a row ``[-1, 2, C3k2_SMP, [256, False, 0.25, 13]]`` is handed over as a
C3k2 row that carries what to build. Nothing in the package is changed, so other models, in other threads
too, notice nothing.
"""

import types
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from torch import nn
from ultralytics.nn import tasks

from custom_layers.common import PROBING_STRIDES
from custom_layers.registry import LAYERS, ArchitectureError, Layer, nearest

# The Ultralytics row that each kind of layer is handed over as: DWConv has channels and width, no repeats.
STAND_INS = {"C3k2": "C3k2", "C2PSA": "C2PSA", "Conv": "DWConv", "Same": "DWConv"}
C3K_SCALES = ("m", "l", "x")  # where Ultralytics sets c3k of every C3k2 row


class Row:
    """What a registered layer's row asks for; travels through parse_model as the row's last argument."""

    def __init__(self, layer: Layer, options: list[Any]):
        self.layer, self.options = layer, options

    def __repr__(self) -> str:
        return f"{self.layer.name}({', '.join(map(repr, self.options))})"

    def build(self, c1: int, c2: int, *before: Any) -> nn.Module:
        """Call the layer in the way of its kind."""
        if self.layer.like != "Same":
            return self.layer.cls(c1, c2, *before, *self.options)
        if c1 != c2:
            raise ValueError(
                f"it keeps the channels, but gets {c1} and is asked for {c2} (after width scaling); give the "
                f"channels of the row before"
            )
        return self.layer.cls(c1, *self.options)


def _stand_in(real: type[nn.Module]) -> type[nn.Module]:
    """Return a class that builds the row's layer where a Row came along, and ``real`` otherwise."""

    class RegisteredLayer(nn.Module):
        """Never instantiated: ``__new__`` returns another module."""

        def __new__(cls, *args: Any, **kwargs: Any):
            if args and isinstance(args[-1], Row):
                return args[-1].build(*args[:-1])
            return real(*args, **kwargs)

    RegisteredLayer.__module__, RegisteredLayer.__qualname__ = "custom_layers", real.__name__
    return RegisteredLayer


def _hand_over(row: list[Any], scale: str) -> list[Any]:
    """Return the row as Ultralytics shall see it."""
    source, repeats, name, args = row
    layer = LAYERS.get(name)
    if layer is None:
        return row
    if not args:
        raise ValueError("its arguments must begin with the output channels")
    if layer.like != "C3k2":
        return [source, repeats, STAND_INS[layer.like], [args[0], Row(layer, args[1:])]]
    c3k = True if scale in C3K_SCALES else args[1] if len(args) > 1 else False
    return [source, repeats, STAND_INS["C3k2"], [args[0], c3k, Row(layer, args[2:])]]


def _known(name: Any) -> bool:
    """Say whether a row may name this layer."""
    if not isinstance(name, str):
        return False
    if name.startswith(("nn.", "torchvision.ops.")):
        return True
    found = vars(tasks).get(name)
    return name in LAYERS or (isinstance(found, type) and issubclass(found, nn.Module))


def _check_rows(rows: list[Any]) -> None:
    """Raise ArchitectureError for a row that is no row or names no layer."""
    names = [*LAYERS, *(key for key, value in vars(tasks).items() if isinstance(value, type))]
    for index, row in enumerate(rows):
        if not isinstance(row, list | tuple) or len(row) != 4 or not isinstance(row[3], list | tuple):
            raise ArchitectureError(
                f"Row {index} is {row!r}; a row is [from, repeats, layer, [arguments]], for instance "
                f"[-1, 2, C3k2_SMP, [256, False, 0.25]]."
            )
        if not _known(row[2]):
            raise ArchitectureError(
                f"Row {index} {row!r} names an unknown layer {row[2]!r}. {nearest(str(row[2]), names)}"
            )


def _failing_row(error: BaseException, code: types.CodeType) -> int | None:
    """Return the index of the row that parse_model was at."""
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code is code:
            return trace.tb_frame.f_locals.get("i")
        trace = trace.tb_next
    return None


def _rebind(function: Callable[..., Any], namespace: dict[str, Any]) -> Callable[..., Any]:
    """Return the same code with other globals."""
    assert isinstance(function, types.FunctionType)
    copy = types.FunctionType(
        function.__code__, namespace, function.__name__, function.__defaults__, function.__closure__
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    return copy


def parse_model(d: dict[str, Any], ch: int, verbose: bool = True) -> tuple[nn.Sequential, list[int]]:
    """Build the network of a YAML dictionary; as ultralytics.nn.tasks.parse_model, with registered layers.

    Args:
        d: the YAML as a dictionary.
        ch: channels of the picture.
        verbose: log a table of the layers.

    Returns:
        The layers, and the indices whose outputs are used later.

    Raises:
        ArchitectureError: a row that cannot be built; the sentence names row, layer and remedy.
    """
    rows = list(d["backbone"]) + list(d["head"])
    _check_rows(rows)
    scale = d.get("scale") or next(iter(d.get("scales") or {"": None}))
    namespace = dict(vars(tasks))
    namespace.update({name: _stand_in(getattr(tasks, name)) for name in set(STAND_INS.values())})
    parse = _rebind(tasks.parse_model, namespace)
    index: int | None = None
    try:
        handed = []
        for index, row in enumerate(rows):  # noqa: B007 (read in the handler)
            handed.append(_hand_over(list(row), scale))
        index = None
        split = len(d["backbone"])
        layers, save = parse({**d, "backbone": handed[:split], "head": handed[split:]}, ch, verbose)
    except (TypeError, ValueError, KeyError, IndexError, AssertionError, RuntimeError, SyntaxError) as error:
        index = _failing_row(error, tasks.parse_model.__code__) if index is None else index
        if index is None or index >= len(rows):
            raise ArchitectureError(f"The model YAML cannot be built: {error}") from error
        raise ArchitectureError(_explain(index, rows[index], error)) from error
    for layer, row in zip(layers, rows, strict=True):
        if row[2] in LAYERS:
            layer.type = f"{LAYERS[row[2]].cls.__module__}.{row[2]}"
    return layers, save


def _explain(index: int, row: Any, error: BaseException) -> str:
    """Return the sentence for a row whose layer could not be built."""
    layer = LAYERS.get(row[2])
    usage = "see the Ultralytics documentation for this row's arguments"
    if layer:
        usage = (layer.cls.__doc__ or layer.cls.__name__).strip().splitlines()[0]
        usage = f"{row[2]} is used as {_usage(layer)}: {usage}"
    return f"Row {index} {list(row)!r}: {row[2]} cannot be built: {str(error).rstrip('.')}. Remedy: {usage}"


def _usage(layer: Layer) -> str:
    """Return the pattern of a layer's row."""
    arguments = {"C3k2": "c2, c3k, e, options...", "C2PSA": "c2, e", "Conv": "c2, options..."}
    return f"[from, repeats, {layer.name}, [{arguments.get(layer.like, 'channels, options...')}]]"


def init_detection_model(
    model: nn.Module, cfg: dict[str, Any], ch: int, nc: int | None, verbose: bool
) -> None:
    """Run ultralytics.nn.tasks.DetectionModel's own ``__init__`` on ``model``, with the parse_model above."""
    namespace = dict(vars(tasks))
    namespace["parse_model"] = parse_model
    namespace["_initialize_yolo_model"] = _rebind(tasks._initialize_yolo_model, namespace)
    token = PROBING_STRIDES.set(True)
    try:
        _rebind(tasks.DetectionModel.__init__, namespace)(model, deepcopy(cfg), ch, nc, verbose)
    finally:
        PROBING_STRIDES.reset(token)
