"""The work without Streamlit: thermogram -> detections -> temperatures -> severity -> outputs."""
