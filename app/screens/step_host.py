"""Showing steps on a screen of their own: the host of ``tasks/showing.py`` in an app."""

from __future__ import annotations

from typing import Any

from app.screens.intents import Answered, Declined, Find, Refused, StepChanged
from app.screens.keyed import KeyedApp
from app.screens.keys import Keymap
from app.screens.router import Router
from app.screens.task_screen import TaskScreen
from app.screens.tasks.showing import Showing
from app.screens.tasks.steps import Step
from app.screens.till.help import HelpScreen
from app.screens.widgets.message import MessageLine
from app.till.effects import Refuse


class StepHost:
    """Shows the steps of one ``Showing`` after another; what the router wants of them goes there."""

    def __init__(self, app: KeyedApp, keyboard: Keymap, router: Router) -> None:
        self._app = app
        self._keyboard = keyboard
        self._router = router
        self._showing: Showing | None = None
        self._answered = False
        """Whether a key has answered the step that was shown last."""

    @property
    def training(self) -> bool:
        """Whether the screen says that nothing counts."""
        return False

    def shows(self, showing: Showing | None) -> None:
        """Whose steps are shown from now on."""
        self._showing = showing

    def take(self, intent: Answered | Find | StepChanged | Declined) -> None:
        """What the router wants of the step."""
        match intent:
            case Answered(answer=answer) if self._showing is not None:
                self._app.overcome()
                self._answered = True
                self._showing.answered(answer)
            case Find(text=typed) if self._showing is not None:
                self._showing.search(typed)
            case StepChanged():
                self._app.overcome()
                self.paint()
            case Declined():
                self.decline()

    def decline(self) -> None:
        """Whoever was asked about what a step wanted done has said no."""

    def turn(self, pages: int) -> bool:
        """Turn the page of the step that is shown; False: none is."""
        screen, step = self._app.screen, self._router.step
        if not isinstance(screen, TaskScreen) or step is None:
            return False
        step.page(pages, screen.page_height)
        screen.paint()
        return True

    def close_screen(self) -> None:
        """No step is shown any more."""
        self._uncover()
        if isinstance(self._app.screen, TaskScreen):
            self._app.pop_screen()

    def _uncover(self) -> None:
        """Close the help: what lies below it has changed."""
        if isinstance(self._app.screen, HelpScreen):
            self._app.pop_screen()

    # -- what a showing wants

    def present(self, step: Step) -> None:
        """Show a task's step and give it the keys."""
        if not self._answered:
            self._app.other_step()
        self._answered = False
        typed_ahead = self._router.present(step)
        if any(isinstance(intent, Answered) for intent in typed_ahead):
            self._app.take(typed_ahead)  # nobody needs to see it any more
            return
        self._uncover()
        if not isinstance(self._app.screen, TaskScreen):
            below = getattr(self._app.screen, "message_line", None)
            over = TaskScreen(self._keyboard, training=self.training)
            if isinstance(below, MessageLine):
                over.message_line.go_on(below)  # what keys typed ahead were answered with must be seen
            self._app.push_screen(over)
        screen: Any = self._app.screen
        self._app.take(typed_ahead)  # what is refused of it is said on this screen
        screen.show(step)
        self._app.show_entry()
        self._app.call_after_refresh(self._app.show_entry)

    def found(self) -> None:
        """A step has what it searched for."""
        self._app.take(self._router.found())
        self.paint()
        self._app.show_entry()

    def paint(self) -> None:
        """A step shows something else."""
        for screen in self._app.screen_stack:
            if isinstance(screen, TaskScreen):
                screen.paint()

    def say(self, text: str) -> None:
        """A task says what was done."""
        self._app.say(text)

    def refuse(self, refused: Refused | Refuse) -> None:
        """A task says what cannot be done."""
        self._app.refuse(refused)

    def complain(self, text: str) -> None:
        """A task says what cannot be done, in a sentence that it was given."""
        self._app.complain(text)

    def close(self) -> None:
        """A task closes the till."""
        self._app.exit(0)
