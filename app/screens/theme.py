"""Looks of one layout: dark, light and high contrast, each in full colour and in the sixteen colours of a VT.

A Linux console or a VT gets ANSI colours: at 9600 baud their short codes are the
difference between a confirmation in 0.2 s and one in 3 s. The style sheets name
roles (``$till-bar``), these tables give them colours. Whatever a colour says is said in words or signs as well.
"""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

PLAIN_TERMINALS = ("linux", "vt100", "vt102", "vt220", "vt320", "vt420", "ansi", "dumb", "screen", "tmux")
"""Values of TERM that promise no more than sixteen colours."""

DARK = {
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
    "till-paper": "#fbf8ec",
    "till-paper-text": "#141414",
}
VT_DARK = {
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
    "till-paper": "ansi_white",
    "till-paper-text": "ansi_black",
}

LIGHT = {
    "till-ground": "#ffffff",
    "till-text": "#101418",
    "till-bar": "#d4e0ee",
    "till-bar-text": "#0a1d33",
    "till-online": "#bfe8c8",
    "till-offline": "#ffd3a8",
    "till-heading": "#37506b",
    "till-marked": "#cfe2fb",
    "till-voucher": "#00507a",
    "till-void": "#5f6670",
    "till-rule": "#6b7a8c",
    "till-due": "#6b3d00",
    "till-error": "#b00020",
    "till-error-text": "#ffffff",
    "till-good": "#0a5a24",
    "till-prompt": "#6b3d00",
    "till-key": "#26364a",
    "till-key-text": "#ffffff",
    "till-paper": "#fdf9e7",
    "till-paper-text": "#141414",
}
CONTRAST = {
    "till-ground": "#000000",
    "till-text": "#ffffff",
    "till-bar": "#ffffff",
    "till-bar-text": "#000000",
    "till-online": "#ffffff",
    "till-offline": "#ffff00",
    "till-heading": "#ffffff",
    "till-marked": "#0000c8",
    "till-voucher": "#ffffff",
    "till-void": "#ffffff",
    "till-rule": "#ffffff",
    "till-due": "#ffff00",
    "till-error": "#ffff00",
    "till-error-text": "#000000",
    "till-good": "#ffffff",
    "till-prompt": "#ffff00",
    "till-key": "#ffff00",
    "till-key-text": "#000000",
    "till-paper": "#ffffff",
    "till-paper-text": "#000000",
}
VT_LIGHT = {
    "till-ground": "ansi_bright_white",
    "till-text": "ansi_black",
    "till-bar": "ansi_cyan",
    "till-bar-text": "ansi_black",
    "till-online": "ansi_green",
    "till-offline": "ansi_yellow",
    "till-heading": "ansi_blue",
    "till-marked": "ansi_cyan",
    "till-voucher": "ansi_blue",
    "till-void": "ansi_black",
    "till-rule": "ansi_black",
    "till-due": "ansi_red",
    "till-error": "ansi_red",
    "till-error-text": "ansi_bright_white",
    "till-good": "ansi_blue",
    "till-prompt": "ansi_red",
    "till-key": "ansi_black",
    "till-key-text": "ansi_bright_white",
    "till-paper": "ansi_white",
    "till-paper-text": "ansi_black",
}
VT_CONTRAST = {
    "till-ground": "ansi_black",
    "till-text": "ansi_bright_white",
    "till-bar": "ansi_bright_white",
    "till-bar-text": "ansi_black",
    "till-online": "ansi_bright_white",
    "till-offline": "ansi_bright_yellow",
    "till-heading": "ansi_bright_white",
    "till-marked": "ansi_blue",
    "till-voucher": "ansi_bright_white",
    "till-void": "ansi_bright_white",
    "till-rule": "ansi_bright_white",
    "till-due": "ansi_bright_yellow",
    "till-error": "ansi_bright_yellow",
    "till-error-text": "ansi_black",
    "till-good": "ansi_bright_white",
    "till-prompt": "ansi_bright_yellow",
    "till-key": "ansi_bright_yellow",
    "till-key-text": "ansi_black",
    "till-paper": "ansi_bright_white",
    "till-paper-text": "ansi_black",
}

LOOKS = {"dark": (DARK, VT_DARK), "light": (LIGHT, VT_LIGHT), "contrast": (CONTRAST, VT_CONTRAST)}
"""By the name in the settings: in full colour, and on a VT."""


def _theme(look: str, *, vt: bool) -> Theme:
    roles = LOOKS[look][vt]
    base = BUILTIN_THEMES["ansi-light" if look == "light" else "ansi-dark"].variables if vt else {}
    return Theme(
        name=f"till-{look}{'-vt' if vt else ''}",
        ansi=vt,
        primary=roles["till-bar"],
        foreground=roles["till-text"],
        background=roles["till-ground"],
        surface=roles["till-ground"],
        panel=roles["till-ground"],
        dark=look != "light",
        variables=base | roles,
    )


THEMES = {(look, vt): _theme(look, vt=vt) for look in LOOKS for vt in (False, True)}


def theme_for(look: str, term: str, colorterm: str) -> Theme:
    """The look for the terminal that the environment names."""
    plain = term.split("-", maxsplit=1)[0] in PLAIN_TERMINALS and "256color" not in term and "direct" not in term
    return THEMES[look, plain and not colorterm]
