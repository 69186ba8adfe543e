"""Which layers a YAML row may name: a decorator and a dict.

A layer of one's own is one file in this folder with one decorated class, and one YAML row that names it:

    @register_layer(like="Conv", paper="...", changes="...")
    class MyLayer(nn.Module):
        def __init__(self, c1, c2, kernel_size=3): ...

Optional hooks that the project honours on any module: ``macs(x, y)`` for GFLOPs, ``optimizer_rules``
(parameter name to learning-rate factor; those parameters get no weight decay and no Muon update), and
Foldable for ``fuse()``.
"""

import difflib
import fnmatch
import importlib
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import nn


class ArchitectureError(ValueError):
    """A model YAML that cannot be built; the sentence names the row, the layer and the remedy."""


@dataclass(frozen=True)
class Layer:
    """One registered layer.

    Attributes:
        name: what a YAML row calls it.
        cls: its class.
        like: the row it behaves as: ``"C3k2"`` is called as (c1, c2, n, c3k, e, ...), ``"C2PSA"`` as (c1,
            c2, n, ...), ``"Conv"`` as (c1, c2, ...), ``"Same"`` as (c, ...) with c2 == c1. In the row c1 is
            left out and c2 is scaled by the width; n is the row's repeats, scaled by the depth.
        paper: title or number of the paper.
        changes: what it changes in YOLO11, in a few words.
    """

    name: str
    cls: type[nn.Module]
    like: str
    paper: str
    changes: str


KINDS = ("C3k2", "C2PSA", "Conv", "Same")
LAYERS: dict[str, Layer] = {}


def register_layer(
    name: str | Iterable[str] | None = None, *, like: str = "Conv", paper: str = "", changes: str = ""
) -> Callable[[type[nn.Module]], type[nn.Module]]:
    """Make a class known to YAML rows and to safe loading.

    Args:
        name: its name or names in rows; the class's own when None.
        like: see Layer.
        paper: see Layer.
        changes: see Layer.

    Returns:
        The decorator; it warns when a name is taken over from another class.

    Raises:
        ValueError: an unknown ``like``.
    """
    if like not in KINDS:
        raise ValueError(f"register_layer: like must be one of {', '.join(KINDS)}, got {like!r}.")

    def decorate(cls: type[nn.Module]) -> type[nn.Module]:
        names = [cls.__name__] if name is None else [name] if isinstance(name, str) else list(name)
        for key in names:
            known = LAYERS.get(key)
            if known and (known.cls.__module__, known.cls.__qualname__) != (cls.__module__, cls.__qualname__):
                warnings.warn(f"Layer {key!r} of {known.cls.__module__} is replaced.", stacklevel=2)
            LAYERS[key] = Layer(key, cls, like, paper, changes)
        torch.serialization.add_safe_globals([cls])
        return cls

    return decorate


def list_layers(pattern: str = "*") -> list[str]:
    """Return the sorted names of the registered layers that match a shell pattern."""
    return sorted(fnmatch.filter(LAYERS, pattern))


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a sentence with the known names closest to a wrong one."""
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    return f"Did you mean {' or '.join(close)}?" if close else "list_layers() shows the names."


def import_layers(path: Iterable[str], package: str) -> None:
    """Import every module of the package's folders, so that their decorators run."""
    for module in pkgutil.iter_modules(path):
        importlib.import_module(f"{package}.{module.name}")


def register_safe_globals(package: str = "custom_layers") -> None:
    """Put every module class of the package on torch's allow-list for ``weights_only`` loading."""
    classes = {
        value
        for name, module in list(sys.modules.items())
        if name == package or name.startswith(package + ".")
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, nn.Module) and value.__module__.startswith(package)
    }
    torch.serialization.add_safe_globals(list(classes))
