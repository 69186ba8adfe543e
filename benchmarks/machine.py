"""A few lines on the machine that a benchmark ran on."""

import importlib.metadata
import os
import platform
from pathlib import Path


def cpu_name() -> str:
    """Return the processor's name, or what the platform says of it."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def describe() -> str:
    """Return processor, cores, load and versions, one a line."""
    packages = ("torch", "ultralytics", "onnxruntime", "openvino", "opencv-python", "numpy")
    versions = []
    for package in packages:
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return "\n".join(
        (
            f"{cpu_name()}, {os.cpu_count()} cores{load}",
            f"Python {platform.python_version()}, {platform.system()}",
            ", ".join(versions),
        )
    )
