"""Text that stays text where Streamlit would read it as Markdown."""


def plain(text: str) -> str:
    """Text with every character escaped that Markdown would act on, so that a file name stays a file name."""
    return "".join(f"\\{c}" if c in r"\`*_{}[]()#+-.!|~$<>:" else c for c in text)
