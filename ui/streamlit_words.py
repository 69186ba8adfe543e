"""Streamlit's own words on the page (Upload, Clear all, ...) and the page's language for screen readers.

Streamlit has no setting for either. A small component replaces these words where they stand on the page, as
a browser's translator does: the values of text nodes and labels, never the nodes, so React keeps them.
"""

from __future__ import annotations

import functools
from typing import Any

import streamlit as st

from inspection.texts import text
from ui.language import language, t, tr

_HTML_LANGUAGE = {"zh": "zh-Hans"}

_WORDS = (
    text("Upload"), text("Upload directories"), text("file upload"), text("Take Photo"), text("Clear photo"),
    text("Skip to main content"), text("Choose an option"), text("Choose options"), text("Clear all"),
    text("Clear value"), text("Select all"), text("No results"), text("Selected values"), text("Open"),
    text("Help"), text("Sidebar"), text("Collapse sidebar"), text("Expand sidebar"), text("Link to heading"),
    text("Increment"), text("Decrement"), text("Copy to clipboard"), text("Copied"), text("Fullscreen"),
    text("Close fullscreen"), text("Download as CSV"), text("Search"), text("Show/hide columns"),
    text("Add row"), text("Delete row(s)"), text("Choose date range"), text("Press Enter to apply"),
    text("Running..."), text("Show password text"), text("Remove"), text("Close"), text("Next month"),
    text("Previous month"), text("Sort ascending"), text("Sort descending"), text("Autosize"),
    text("Pin column"), text("Unpin column"), text("Hide column"), text("Format"), text("Statistics"),
    text("More options"), text("Show data"), text("Loading..."), text("Stop"), text("Connecting..."),
    text("Download as PNG"), text("Copy Vega-Lite spec"), text("Quick select a date range"), text("Empty"),
    text("Failed to generate file for download"),
)  # fmt: skip

_COMPOSED = (
    text("Help for {label}", label="LABEL"), text("Remove {label}", label="LABEL"),
    text("{label} — start", label="LABEL"), text("{label} — end", label="LABEL"),
    text("{label} start date", label="LABEL"), text("{label} end date", label="LABEL"),
    text("year, {label}", label="LABEL"), text("month, {label}", label="LABEL"),
    text("day, {label}", label="LABEL"), text("Choose date range, {label}", label="LABEL"),
)  # fmt: skip
"""What Streamlit puts together for screen readers of its own words and ours."""

_SCRIPT = """
const NAMES = ["aria-label", "title", "placeholder"];
const OURS = '[data-testid="stDataFrame"] table, [data-testid="stMarkdown"], [data-testid="stCode"]';

export default function ({ data }) {
  // One observer a page: two of different languages would undo each other's work for ever.
  window.pageWords?.disconnect();
  document.documentElement.lang = data.language;
  const say = (english) => {
    const word = english.trim();
    if (Object.hasOwn(data.words, word)) return english.replace(word, data.words[word]);
    const size = word.match(/^([0-9.]+) ?([KMG]B) per file$/);
    return size && data.perFile ? data.perFile.replace("SIZE", size[1] + " " + size[2]) : english;
  };
  const sayComposed = (english) => {
    const said = say(english), colon = english.indexOf(": ");
    if (said !== english) return said;
    if (colon > 0 && Object.hasOwn(data.words, english.slice(0, colon)))
      return data.words[english.slice(0, colon)] + english.slice(colon);
    for (const [before, after, shown] of data.composed) {
      const inner = english.slice(before.length, english.length - after.length);
      if (inner && before + inner + after === english)
        return shown.replace("LABEL", () => sayComposed(inner));
    }
    return english;
  };
  const change = (owner, key, now, set, say) => {
    if (!now) return;
    const memory = (owner.ownWords ??= {});
    const english = memory[key]?.shown === now ? memory[key].english : now;
    const shown = say(english);
    memory[key] = { english, shown };
    if (shown !== now) set(shown);
  };
  const visit = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.parentElement?.closest(OURS)) return;
      change(node, "text", node.nodeValue, (value) => (node.nodeValue = value), say);
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      for (const name of NAMES)
        change(node, name, node.getAttribute(name), (value) => node.setAttribute(name, value),
          name === "aria-label" ? sayComposed : say);
      if (!["SCRIPT", "STYLE"].includes(node.tagName)) node.childNodes.forEach(visit);
    }
  };
  visit(document.body);
  const observer = (window.pageWords = new MutationObserver((changes) => {
    for (const one of changes)
      if (one.type === "childList") one.addedNodes.forEach(visit);
      else visit(one.target);
  }));
  const what = { childList: true, subtree: true, characterData: true, attributes: true };
  observer.observe(document.body, { ...what, attributeFilter: NAMES });
  return () => observer.disconnect();
}
"""


@functools.cache
def _component() -> Any:
    return st.components.v2.component("page_words", js=_SCRIPT)


def streamlit_words(box: st.delta_generator.DeltaGenerator) -> None:
    """Show what Streamlit itself says in the visitor's language; draws nothing."""
    chosen = language()
    words = {} if chosen == "en" else {str(word): tr(word) for word in _WORDS}
    composed = [] if chosen == "en" else [[*said.split("LABEL"), tr(said)] for said in _COMPOSED]
    per_file = "" if chosen == "en" else t("{size} per file", size="SIZE")
    with box:
        _component()(
            key="page_words",
            data={
                "language": _HTML_LANGUAGE.get(chosen, chosen),
                "words": words,
                "composed": composed,
                "perFile": per_file,
            },
        )
