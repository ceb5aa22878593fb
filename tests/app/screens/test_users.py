"""Users kept at the till: the first one, new ones, PINs typed twice, badges scanned, blocked and let in again."""

from __future__ import annotations

import dataclasses

from app import text
from app.domain.user import roles_of
from app.screens.tasks.users import may
from app.screens.till.app import TillApp
from app.till.commands import Login, SetPin, SetUser
from app.till.effects import Reply
from app.till.ports import BADGE_READER, heard
from app.till.refusals.users import RIGHTS
from tests.app.screens.standin import BIRD_SEED, Shop, services
from tests.app.screens.walking import till, walk


async def test_the_first_user_is_a_supervisor_and_a_pin_mistyped_is_asked_for_again(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("/51\rchef\rCarl Muster\r\r1234\r1235\r\r\r")
        assert not shop.commands
        await walking.press("<up><up>1234\r\r\r")
        assert shop.commands[0] == SetUser("chef", "Carl Muster", ("supervisor",), pin="1234")
        assert "Carl Muster" in walking.text
        await walking.press("<f2>anna\rAnna\r\r\r\r\r\r")
        assert "PIN" in walking.text, "there are users now: the next thing wants a login"


async def a_chief(shop: Shop) -> None:
    chief = SetUser("chef", "Carl Muster", ("supervisor",), pin="98765432")
    anna = SetUser("anna", "Anna Beispiel", ("cashier",), pin="1234")
    for command in (chief, Login("chef", "98765432"), anna):
        assert isinstance(await shop.run(command), Reply)
    shop.commands.clear()


async def test_users_are_made_changed_blocked_and_removed_by_the_keyboard_alone(shop: Shop) -> None:
    await a_chief(shop)
    async with till(shop) as walking:
        await walking.press(f"/51\r<f2>neu\rNina Neu\r\r1111\r1111\r{BIRD_SEED}\r24.12.2026\r")
        made = SetUser("neu", "Nina Neu", ("cashier",), pin="1111", badge=BIRD_SEED, valid_until="2026-12-24")
        assert shop.commands[-1] == made
        assert BIRD_SEED not in walking.text
        assert "1111" not in walking.text
        await walking.press("1\rAnna Muster\r2\r\r\r")
        assert shop.commands[-1] == SetUser("anna", "Anna Muster", ("supervisor",), valid_until="")
        await walking.press("3/4\r2222\r2222\r")
        assert not isinstance(shop.commands[-1], SetPin), "a number before an action is none"
        await walking.press("<down><down><f4>2222\r2222\r")
        assert shop.commands[-1] == SetPin("neu", "2222")
        await walking.press("<f5>\r")
        assert shop.commands[-1] == SetUser("anna", valid_until="2026-11-20")
        await walking.press("<f5>")
        assert shop.commands[-1] == SetUser("anna", valid_until="")
        await walking.press("<f3>\x1b")
        assert shop.commands[-1] == SetUser("anna", valid_until="")
        await walking.press("<f3>\r")
        assert shop.commands[-1] == SetUser("anna", removed=True)
        assert "Anna Muster" not in walking.text
        await walking.press("<f3>\r")
        assert shop.commands[-1] == SetUser("chef", removed=True)
        assert "Carl Muster" in walking.text, "somebody must be left"
        await walking.press("<f6>")
        assert sum(line.split()[1:2] == ["x"] for line in walking.lines) > 5


def test_what_a_users_roles_are_worth_stands_there_in_words() -> None:
    user = {"roles": ["cashier"], "rights": ["discount:15", "x_report"]}
    assert may(user, roles_of({})) == "Rolle: Kasse · Rabatte bis 15 %"


async def test_single_rights_are_given_and_taken_back_and_a_badge_is_taken_away(shop: Shop) -> None:
    text.use("en")
    await a_chief(shop)
    number = list(RIGHTS).index("z_report") + 1
    async with till(shop) as walking:
        await walking.press(f"/51\r<f6>{number}\r")
        assert shop.commands[-1] == SetUser("anna", rights=("z_report",))
        done = len(shop.commands)
        await walking.press(f"{list(RIGHTS).index('sell') + 1}\r")
        assert "comes with the role" in walking.text
        assert len(shop.commands) == done
        await walking.press(f"{number}\r")
        assert shop.commands[-1] == SetUser("anna", rights=())
        await walking.press("\x1b<f7>\r")
        assert shop.commands[-1] == SetUser("anna", badge="")


async def test_a_badge_is_kept_as_the_shop_writes_it_whichever_reader_read_it(shop: Shop) -> None:
    await a_chief(shop)
    given = dataclasses.replace(services(shop), typed_badge=lambda typed: f"{int(typed):08X}" if typed else "")
    async with walk(TillApp(given)) as walking:
        await walking.press("/51\r<f2>neu\rNina Neu\r\r1111\r1111\r77705923\r\r")
        assert shop.commands[-1] == SetUser("neu", "Nina Neu", ("cashier",), pin="1111", badge="04A1B2C3")
        await walking.press("<f2>zwei\rZwei\r\r1111\r1111\r")
        for callback in shop.changed:
            callback(heard(BADGE_READER, "desk", "00123456"))
        await walking.rest()
        await walking.press("\r")
        assert shop.commands[-1] == SetUser("zwei", "Zwei", ("cashier",), pin="1111", badge="00123456")
