"""Take a video's result home: Excel, CSV, the video, all as ZIP; made when clicked."""

from __future__ import annotations

import streamlit as st

from inspection.names import safe_stem
from inspection.video.result import VideoResult
from inspection.video.tables import findings_csv
from ui.language import language, t
from ui.page import Page

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def take_video_home(page: Page, result: VideoResult) -> None:
    """The row of download buttons."""
    st.subheader(t("Take it home"))
    stem, key = safe_stem(result.info.name), result.video.parent.name
    icon, said = ":material/download:", language()

    def excel() -> bytes:
        from inspection.video.export import to_excel, video_settings_rows

        return to_excel(result, video_settings_rows(result, page.detector), page.unit, said)

    def everything() -> bytes:
        from inspection.video.export import video_settings_rows, write_zip

        path = result.video.with_name("everything.zip")
        try:
            write_zip(path, result, video_settings_rows(result, page.detector), page.unit, said)
            return path.read_bytes()
        finally:
            path.unlink(missing_ok=True)

    with st.container(horizontal=True):
        st.download_button(
            t("Excel"), excel, f"{stem}.xlsx", _XLSX, key=f"xlsx-{key}",
            on_click="ignore", type="primary", icon=icon,
        )  # fmt: skip
        st.download_button(
            t("CSV"), lambda: findings_csv(result), f"{stem}.csv", "text/csv", key=f"csv-{key}",
            on_click="ignore", icon=icon,
        )  # fmt: skip
        st.download_button(
            t("Video"), result.video.read_bytes, f"{stem}-annotated.mp4", "video/mp4", key=f"mp4-{key}",
            on_click="ignore", icon=icon,
        )  # fmt: skip
        st.download_button(
            t("All as ZIP"), everything, f"{stem}.zip", "application/zip", key=f"zip-{key}",
            on_click="ignore", icon=icon,
        )  # fmt: skip
