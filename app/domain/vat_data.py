"""German VAT keys and their dated rates, and the names under which other programs know the keys.

A key says what an article *is*; the rate follows from the day of supply. The keys:

    "1"  general rate (Regelsteuersatz)
    "2"  reduced rate (ermäßigter Satz): food, most animal feed, books, plants
    "3"  restaurant food (Speisen im Haus; drinks have key "1")
    "0"  no tax (steuerfrei, nicht steuerbar)

A network journals these rates when it is founded; from then on they are facts like all
others, and a new rate is one more dated fact. Nothing here is legal advice. Rates of 19
and 7 % have held since 2007; what the keys stood for before is not kept.
"""

from __future__ import annotations

from collections.abc import Collection

from app.domain.vat import VatRate

GENERAL, REDUCED, RESTAURANT, UNTAXED = "1", "2", "3", "0"

GERMAN_RATES = (
    VatRate(UNTAXED, "2007-01-01", 0),
    VatRate(GENERAL, "2007-01-01", 1900),
    VatRate(GENERAL, "2020-07-01", 1600),
    VatRate(GENERAL, "2021-01-01", 1900),
    VatRate(REDUCED, "2007-01-01", 700),
    VatRate(REDUCED, "2020-07-01", 500),
    VatRate(REDUCED, "2021-01-01", 700),
    VatRate(RESTAURANT, "2007-01-01", 1900),
    VatRate(RESTAURANT, "2020-07-01", 500),
    VatRate(RESTAURANT, "2021-01-01", 700),
    VatRate(RESTAURANT, "2024-01-01", 1900),
    VatRate(RESTAURANT, "2026-01-01", 700),
)

ALIASES = {
    GENERAL: ("19", "a", "general", "normal", "standard", "regular", "full", "voll", "regel", "regelsatz",
              "regelsteuersatz", "de-19", "vat19", "ust19"),
    REDUCED: ("7", "b", "reduced", "lower", "low", "ermäßigt", "ermaessigt", "ermässigt", "de-7", "vat7", "ust7"),
    RESTAURANT: ("restaurant", "restaurant_food", "gastro", "speisen", "speisen im haus"),
    UNTAXED: ("free", "none", "zero", "exempt", "untaxed", "frei", "steuerfrei", "ohne", "de-0", "vat0", "ust0"),
}  # fmt: skip
"""Other names of the keys, in lower case: rates of today without their decimals, and words."""

_KEY_OF_ALIAS = {alias: key for key, aliases in ALIASES.items() for alias in aliases}


def resolve_key(text: str, known: Collection[str]) -> str | None:
    """The network's key that the text means: a known key itself, or another name of one; None for neither.

    >>> resolve_key("19 %", {"1", "2"}), resolve_key("7,00", {"1", "2"}), resolve_key("x", {"1"})
    ('1', '2', None)
    """
    name = text.strip()
    if name in known:
        return name
    name = name.lower().removesuffix("%").strip()
    whole, point, part = name.replace(",", ".").partition(".")
    if point and whole.isdigit() and not part.strip("0"):
        name = whole
    key = name if name in known else _KEY_OF_ALIAS.get(name)
    return key if key in known else None
