"""Boxes where something may be found, instead of everywhere.

A YOLO head has two branches on each of its feature maps: one for the scores of every anchor and one for its
box. The second is a fifth of YOLO11n's work (0.22 of its GFLOP), and of some thousand boxes the few whose
anchor has a score are looked at. So the network is cut: what is left of it puts out scores and feature maps,
and the box branch runs on square tiles of the maps that hold such anchors. Its two convolutions of 3x3 reach
two places further, so a tile of 4x4 anchors needs 8x8 places, and every number comes out as it would have:
beyond the map's edge stand zeros before each of the convolutions, as they did.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import openvino as ov

TILE = 4
"""Side of a tile in anchors. Smaller ones compute more neighbours, larger ones more that nobody asked for."""

AT_ONCE = 4
"""Tiles in one run of a branch; fewer are filled up. All runs have one size, for which it is compiled."""

_REACH = 2
"""Places that two convolutions of 3x3 look further."""

_BY_PLACE = {
    "Add", "BatchNormInference", "Clamp", "Elu", "FakeQuantize", "Gelu", "HSwish", "Mish", "Multiply",
    "PRelu", "Relu", "Sigmoid", "Swish", "Tanh",
}  # fmt: skip
"""Operations on each place of a map alone, which may stand between the convolutions."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cut:
    """A network without its box branches, and these.

    Attributes:
        trunk: uint8 (B, h, w, 3) BGR to scores float32 (B, classes, anchors), then one map a level, float32
            (B, channels, rows, columns).
        branches: one a level: tiles float32 (AT_ONCE, channels, TILE + 4, TILE + 4) and float32
            (AT_ONCE, 1, TILE + 2, TILE + 2), 1 inside the map and 0 beyond its edge, to the distances in
            places of the left, top, right and bottom side from the anchor, float32 (AT_ONCE, 4, TILE * TILE).
    """

    trunk: ov.Model
    branches: tuple[ov.Model, ...]


def cut(model: ov.Model) -> Cut | None:
    """Cut a network whose output is (B, 4 + classes, anchors) before NMS.

    Args:
        model: as `inspection.convert` writes it; unusable afterwards, as parts of it are taken over.

    Returns:
        The parts; None when its head is not Ultralytics' usual one, and then the model is as it was.
    """
    import openvino as ov

    try:
        scores, levels = _find(model)
    except _NotUsual as reason:
        log.info("boxes are computed everywhere: %s", reason)
        return None
    maps = [level.first.input_value(0) for level in levels]
    trunk = ov.Model([scores, *maps], model.get_parameters(), "trunk")
    return Cut(trunk, tuple(_branch(level) for level in levels))


class _NotUsual(Exception):
    """The network is built in another way; says how."""


@dataclass(frozen=True)
class _Level:
    """Nodes of one box branch: two convolutions of 3x3, one of 1x1, what follows the first, and its end."""

    first: Any
    after_first: Any
    second: Any
    after_second: Any
    last: Any
    bins: int


def _find(model: ov.Model) -> tuple[Any, list[_Level]]:
    """The scores and the box branches.

    Raises:
        _NotUsual: the network does not have them where they are looked for.
    """
    if len(model.get_results()) != 1:
        raise _NotUsual("more than one output")
    joined = model.get_results()[0].input_value(0).get_node()
    if joined.get_type_name() != "Concat" or joined.get_input_size() != 2:
        raise _NotUsual("boxes and scores are not joined at the end")
    scores = joined.input_value(1)
    if scores.get_node().get_type_name() != "Sigmoid":
        raise _NotUsual("scores do not end in a sigmoid")
    firsts = {}
    for node in model.get_ops():
        found = re.search(r"\.cv2\.(\d+)\.0\.conv/[^/]*convolution/Convolution$", node.get_friendly_name())
        if found:
            firsts[int(found[1])] = node
    if not firsts or sorted(firsts) != list(range(len(firsts))):
        raise _NotUsual("no box branches by Ultralytics' names")
    levels = [_level(firsts[i]) for i in range(len(firsts))]
    if not {_name(level.last) for level in levels} <= _before(joined.input_value(0)):
        raise _NotUsual("the boxes are not made of these branches")
    if {_name(level.first) for level in levels} & _before(scores):
        raise _NotUsual("the scores are made of the box branches")
    return scores, levels


def _level(first: Any) -> _Level:
    """The branch that begins with a convolution.

    Raises:
        _NotUsual: it is built in another way.
    """
    after_first, second = _on_to_convolution(first)
    after_second, third = _on_to_convolution(second)
    _check(first, 3)
    _check(second, 3)
    _check(third, 1)
    last = third
    while (following := _only_user(last)).get_type_name() == "Add":
        last = following
    channels = int(last.get_output_partial_shape(0)[1].get_length())
    if channels % 4 or channels < 8 or following.get_type_name() != "Reshape":
        raise _NotUsual("a box branch does not end in distributions of distances")
    return _Level(first, after_first, second, after_second, last, channels // 4)


def _on_to_convolution(node: Any) -> tuple[Any, Any]:
    """What takes a convolution's output, and the next convolution after it."""
    following = after = _only_user(node)
    while following.get_type_name() in _BY_PLACE:
        following = _only_user(following)
    if following.get_type_name() != "Convolution" or after is following:
        raise _NotUsual(f"{following.get_type_name()} in a box branch")
    return after, following


def _only_user(node: Any) -> Any:
    users = [target.get_node() for target in node.output(0).get_target_inputs()]
    users = [user for user in users if user.get_type_name() != "ShapeOf"]  # the anchors ask for that
    if len(users) != 1:
        raise _NotUsual("a box branch is used elsewhere")
    return users[0]


def _check(convolution: Any, side: int) -> None:
    attributes = convolution.get_attributes()
    kernel = convolution.input_value(1).get_partial_shape()[2:].to_shape()
    edge = [side // 2] * 2
    usual = {"strides": [1, 1], "dilations": [1, 1], "pads_begin": edge, "pads_end": edge}
    if list(kernel) != [side, side] or any(list(attributes[k]) != v for k, v in usual.items()):
        raise _NotUsual("a convolution of a box branch has another shape")


def _name(node: Any) -> str:
    """What tells a node from the others: Python's wrappers of one node are not equal."""
    return str(node.get_name())


def _before(value: Any) -> set[str]:
    """The names of all nodes that a value is computed from."""
    seen: set[str] = set()
    waiting = [value.get_node()]
    while waiting:
        node = waiting.pop()
        if _name(node) not in seen:
            seen.add(_name(node))
            waiting += [source.get_node() for source in node.input_values()]
    return seen


def _branch(level: _Level) -> ov.Model:
    """One box branch for tiles, see Cut."""
    import openvino as ov
    from openvino import opset13 as ops

    channels = level.first.input_value(1).get_partial_shape()[1].get_length()
    side, none = TILE + 2 * _REACH, [0, 0]
    tiles = ops.parameter([AT_ONCE, channels, side, side], ov.Type.f32)
    inside = ops.parameter([AT_ONCE, 1, side - 2, side - 2], ov.Type.f32)
    first = ops.convolution(tiles, level.first.input_value(1), [1, 1], none, none, [1, 1])
    level.after_first.input(0).replace_source_output(first.output(0))
    x = ops.multiply(level.second.input_value(0), inside)
    second = ops.convolution(x, level.second.input_value(1), [1, 1], none, none, [1, 1])
    level.after_second.input(0).replace_source_output(second.output(0))
    x = ops.reshape(level.last, ops.constant([AT_ONCE, 4, level.bins, TILE * TILE]), False)
    # The distance is the mean of a distribution over whole numbers of places ("DFL").
    steps = ops.constant(np.arange(level.bins, dtype=np.float32).reshape(1, 1, 1, -1))
    x = ops.matmul(steps, ops.softmax(x, 2), False, False)
    x = ops.reshape(x, ops.constant([AT_ONCE, 4, TILE * TILE]), False)
    return ov.Model([x.output(0)], [tiles, inside], "boxes")


class _Branch:
    """A compiled box branch with the memory of its inputs and its output; for one thread at a time."""

    def __init__(self, compiled: ov.CompiledModel) -> None:
        import openvino as ov

        self.tiles, self.inside, self.distances = (
            np.zeros(list(part.shape), np.float32) for part in (*compiled.inputs, *compiled.outputs)
        )
        self._request = compiled.create_infer_request()
        self._request.set_input_tensor(0, ov.Tensor(self.tiles, shared_memory=True))
        self._request.set_input_tensor(1, ov.Tensor(self.inside, shared_memory=True))
        self._request.set_output_tensor(0, ov.Tensor(self.distances, shared_memory=True))

    def run(self) -> None:
        """Distances of what is in the inputs."""
        self._request.start_async()
        self._request.wait()


class TiledBoxes:
    """Runs the box branches; for one thread at a time."""

    def __init__(self, branches: Sequence[ov.CompiledModel]) -> None:
        self._branches = [_Branch(branch) for branch in branches]

    def complete(
        self,
        scores: NDArray[np.float32],
        maps: Sequence[NDArray[np.float32]],
        height: int,
        floor: float,
    ) -> NDArray[np.float32]:
        """The network's output, with the boxes of anchors above a score.

        Args:
            scores: float32 (B, classes, anchors).
            maps: float32 (B, channels, rows, columns), one a level, whose places are the anchors, row by row.
            height: of the network's input, pixels.
            floor: boxes are wanted where a score is above it.

        Returns:
            float32 (B, 4 + classes, anchors): centre and size of the box in network pixels, then the scores.
            Boxes that are not wanted may be 0.
        """
        batch, classes, anchors = scores.shape
        output = np.zeros((batch, 4 + classes, anchors), np.float32)
        output[:, 4:] = scores
        wanted = scores.max(axis=1) > floor
        start = 0
        for branch, whole in zip(self._branches, maps, strict=True):
            rows, columns = whole.shape[2:]
            end = start + rows * columns
            for picture in range(batch):
                index = np.flatnonzero(wanted[picture, start:end])
                if len(index):
                    boxes = _boxes(branch, whole[picture], *np.divmod(index, columns), height / rows)
                    output[picture, :4, start + index] = boxes
            start = end
        return output


def _boxes(
    branch: _Branch,
    whole: NDArray[np.float32],
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    stride: float,
) -> NDArray[np.float32]:
    """Boxes of some anchors of a map: centre and size in network pixels, float32 (anchors, 4)."""
    across = whole.shape[2] // TILE + 1
    tiles, tile_of_anchor = np.unique(rows // TILE * across + columns // TILE, return_inverse=True)
    corners = [(tile // across * TILE, tile % across * TILE) for tile in tiles.tolist()]
    distances = np.empty((len(corners), *branch.distances.shape[1:]), np.float32)
    for i in range(0, len(corners), AT_ONCE):
        group = corners[i : i + AT_ONCE]
        for slot, corner in enumerate(group):
            _take(branch.tiles[slot], branch.inside[slot, 0], whole, *corner)
        branch.run()
        distances[i : i + len(group)] = branch.distances[: len(group)]
    # In Ultralytics' order of operations (dist2bbox).
    sides = distances[tile_of_anchor, :, rows % TILE * TILE + columns % TILE]
    anchor = np.stack([columns, rows], axis=1).astype(np.float32) + np.float32(0.5)
    low, high = anchor - sides[:, :2], anchor + sides[:, 2:]
    return np.concatenate([(low + high) / 2, high - low], axis=1) * np.float32(stride)


def _take(
    tile: NDArray[np.float32], inside: NDArray[np.float32], whole: NDArray[np.float32], top: int, left: int
) -> None:
    """Copy a tile and its surroundings from a map, zeros beyond the edge."""
    rows, columns = whole.shape[1:]
    y0, x0 = top - _REACH, left - _REACH
    y1, x1 = y0 + tile.shape[1], x0 + tile.shape[2]
    if y0 >= 0 and x0 >= 0 and y1 <= rows and x1 <= columns:
        tile[:] = whole[:, y0:y1, x0:x1]
        inside[:] = 1
        return
    tile[:] = 0
    tile[:, max(-y0, 0) : rows - y0, max(-x0, 0) : columns - x0] = whole[:, max(y0, 0) : y1, max(x0, 0) : x1]
    # One place less on each side has been through the first convolution.
    inside[:] = 0
    inside[max(-y0 - 1, 0) : rows - y0 - 1, max(-x0 - 1, 0) : columns - x0 - 1] = 1
