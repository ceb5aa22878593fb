"""Two looks of one layout: high contrast in full colour, and the sixteen colours of a VT.

A Linux console or a VT gets ANSI colours: at 9600 baud their short codes are the
difference between a confirmation in 0.2 s and one in 3 s. The style sheets name
roles (``$till-bar``), these tables give them colours.
"""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

PLAIN_TERMINALS = ("linux", "vt100", "vt102", "vt220", "vt320", "vt420", "ansi", "dumb", "screen", "tmux")
"""Values of TERM that promise no more than sixteen colours."""

FULL = {
    "till-ground": "#000000",
    "till-text": "#f0f0f0",
    "till-bar": "#1d3b66",
    "till-bar-text": "#ffffff",
    "till-online": "#0a6b2c",
    "till-offline": "#a34a00",
    "till-heading": "#9fb6d0",
    "till-marked": "#26466d",
    "till-voucher": "#7fd4ff",
    "till-void": "#8a8a8a",
    "till-rule": "#5a6b80",
    "till-due": "#ffd75f",
    "till-error": "#b00020",
    "till-error-text": "#ffffff",
    "till-good": "#8be28b",
    "till-prompt": "#ffd75f",
    "till-key": "#c8d4e3",
    "till-key-text": "#000000",
    "till-missing": "#7a7a7a",
    "till-paper": "#fbf8ec",
    "till-paper-text": "#141414",
}
VT = {
    "till-ground": "ansi_black",
    "till-text": "ansi_white",
    "till-bar": "ansi_blue",
    "till-bar-text": "ansi_bright_white",
    "till-online": "ansi_green",
    "till-offline": "ansi_red",
    "till-heading": "ansi_cyan",
    "till-marked": "ansi_blue",
    "till-voucher": "ansi_bright_cyan",
    "till-void": "ansi_bright_black",
    "till-rule": "ansi_white",
    "till-due": "ansi_bright_yellow",
    "till-error": "ansi_red",
    "till-error-text": "ansi_bright_white",
    "till-good": "ansi_bright_green",
    "till-prompt": "ansi_bright_yellow",
    "till-key": "ansi_white",
    "till-key-text": "ansi_black",
    "till-missing": "ansi_bright_black",
    "till-paper": "ansi_white",
    "till-paper-text": "ansi_black",
}

FULL_THEME = Theme(
    name="till", primary="#1d3b66", foreground="#f0f0f0", background="#000000", surface="#000000", panel="#000000",
    dark=True, variables=FULL,
)  # fmt: skip
VT_THEME = Theme(
    name="till-vt", ansi=True, primary="ansi_blue", foreground="ansi_white", background="ansi_black",
    surface="ansi_black", panel="ansi_black", dark=True,
    variables=BUILTIN_THEMES["ansi-dark"].variables | VT,
)  # fmt: skip


def theme_for(term: str, colorterm: str) -> Theme:
    """The theme for the terminal that the environment names."""
    plain = term.split("-", maxsplit=1)[0] in PLAIN_TERMINALS and "256color" not in term and "direct" not in term
    return VT_THEME if plain and not colorterm else FULL_THEME
