"""Labelled synthetic thermal pictures from physics; see docs/scenes.md."""

from thermal_scenes.scene import KINDS, SceneResult, encode_jpeg, make_scene
from thermal_scenes.tiff import write_radiometric_tiff

__all__ = ["KINDS", "SceneResult", "encode_jpeg", "make_scene", "write_radiometric_tiff"]
