"""Several things typed one after the other. Pure.

Enter takes what stands in the entry line and goes on to the next field; after the last one the form is done. Up and
down go to another field and keep what was typed there; the finishing action (F8) is done with all that is there.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.screens.cells import left, page_top
from app.screens.tasks.fields import BADGE, Field, Kind, prefilled, read, shown
from app.screens.tasks.steps import MARKED, SOFT, STRONG, Action, Bad, Finished, Line, Outcome, Stays, Step, wrap
from app.text import gettext as _

FINISH_SLOT = 8
LABEL_WIDTH = 22
MIN_BADGE_LENGTH = 6


class Form(Step):
    """Answers {name: value} of all fields, values as commands take them and empty for what was left empty; or None.

    With ``BADGE`` if a field was filled by a badge that was held to its reader, and not changed afterwards.
    """

    def __init__(
        self, title: str, fields: Sequence[Field], *, text: str = "", finish: str = "", minor_digits: int = 2
    ) -> None:
        """``text`` stands above the fields; ``finish`` is the label of F8, at most 8 characters."""
        super().__init__(title, "", (Action(FINISH_SLOT, "finish", finish or _("Save")),))
        assert fields
        self._fields = tuple(fields)
        self._text = text
        self._minor_digits = minor_digits
        self._values = {field.name: field.value for field in fields}
        self._presented = ""
        """The badge that was held to its reader to fill a field."""
        self._at = 0
        self._top = 0

    @property
    def field(self) -> Field:
        """The one that is being typed."""
        return self._fields[self._at]

    @property
    def values(self) -> dict[str, str]:
        """What is there so far."""
        return dict(self._values)

    @property
    def prompt(self) -> str:
        """The field's name and how it is typed."""
        field = self.field
        return f"{field.label} ({field.hint})" if field.hint else field.label

    @property
    def prefill(self) -> str:
        """What is there already."""
        return prefilled(self.field, self._values[self.field.name])

    @property
    def scans(self) -> bool:  # type: ignore[override]
        """Whether the field is one for codes."""
        return self.field.kind in (Kind.CODE, Kind.SECRET)

    @property
    def fits_badge(self) -> bool:  # type: ignore[override]
        """Whether the field is one for a badge."""
        return self.field.badge == "fills"

    @property
    def secret(self) -> bool:  # type: ignore[override]
        """Whether the field is one for PINs."""
        return self.field.kind is Kind.SECRET

    def enter(self, text: str) -> Outcome:
        """The next field, or done."""
        if (bad := self._keep(text)) is not None:
            return bad
        if self._at + 1 < len(self._fields):
            self._at += 1
            return Stays()
        return self._finished()

    def badge(self, number: str) -> Outcome:
        """Into the field, or the answer of the whole form."""
        match self.field.badge:
            case "fills":
                self._presented = number
                return self.enter(number)
            case "answers":
                return Finished({**self.values, BADGE: number})
        return super().badge(number)

    def acted(self, name: str, text: str) -> Outcome:  # noqa: ARG002 - there is only one
        """Done with what is there."""
        return self._keep(text) or self._finished()

    def move(self, by: int, text: str) -> Outcome:
        """Another field."""
        if text and (bad := self._keep(text)) is not None:
            return bad
        self._at = max(0, min(self._at + by, len(self._fields) - 1))
        return Stays()

    def _keep(self, text: str) -> Bad | None:
        field = self.field
        # What stands there as it was is not read again: a name may look like something else.
        value = (
            self._values[field.name]
            if text == self.prefill
            else read(field, text, self._minor_digits, by_person=self.by_person, by_scanner=self.by_scanner)
        )
        if isinstance(value, Bad):
            return value
        if field.required and not value:
            return Bad("field_needed", field.label)
        self._values[field.name] = value
        return None

    def _finished(self) -> Outcome:
        for index, field in enumerate(self._fields):
            if field.required and not self._values[field.name]:
                self._at = index
                return Bad("field_needed", field.label)
        filled = any(self._presented == self._values[each.name] for each in self._fields if each.badge == "fills")
        return Finished({**self.values, BADGE: self._presented} if self._presented and filled else self.values)

    def lines(self, width: int, height: int) -> list[Line]:
        """What it is about, and the fields with what is in them; below, the options of the one that is typed."""
        about: list[Line] = [((f" {line}", ""),) for line in wrap(self._text, width - 2)]
        if about:
            about.append((("", ""),))
        options: list[Line] = []
        if self.field.options:
            said = "  ".join(f"{number} {option.label}" for number, option in enumerate(self.field.options, 1))
            options = [(("", ""),), *([((f" {line}", SOFT),) for line in wrap(said, width - 2)])]
        room = max(1, height - len(about) - len(options))
        self._top = page_top(self._top, self._at, len(self._fields), room)
        fields = [self._line(index, width) for index in range(self._top, min(self._top + room, len(self._fields)))]
        return [*about, *fields, *options][:height]

    def _line(self, index: int, width: int) -> Line:
        field = self._fields[index]
        at = index == self._at
        label = field.label + (" *" if field.required else "")
        value = shown(field, self._values[field.name])
        text = f"{'>' if at else ' '} {left(label, LABEL_WIDTH)}: {value}"
        return ((left(text, width), MARKED if at else STRONG if value else ""),)


def supervisor_form(title: str, text: str = "") -> Form:
    """Asks for ``user`` and ``pin``, or a badge (``fields.BADGE``)."""
    return SupervisorForm(
        title,
        [
            Field("user", _("Supervisor"), Kind.CODE, required=True, badge="answers"),
            Field("pin", _("PIN"), Kind.SECRET, required=True, hint=_("none after a badge"), badge="answers"),
        ],
        text=text,
        finish=_("Approve"),
    )


class SupervisorForm(Form):
    """Takes a badge whose reader types as well: as a name, with no PIN."""

    def enter(self, text: str) -> Outcome:
        """The next field, or done."""
        user = self.values["user"]
        if self.field.name == "pin" and not text and looks_like_a_badge(user):
            return Finished({**self.values, BADGE: user})
        return super().enter(text)


def looks_like_a_badge(typed: str) -> bool:
    """Whether a reader has typed this, rather than a person a name: long enough, and with a digit in it."""
    return len(typed) >= MIN_BADGE_LENGTH and any(character.isdigit() for character in typed)
