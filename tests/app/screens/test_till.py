from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from app import text
from app.facts.circulation import CustomerSet
from app.facts.master import ArticleSet
from app.screens.functions import Mode
from app.screens.keys import KeymapError
from app.screens.till.app import MAX_PASTE, TillApp
from app.till.commands import GiveDiscount, Park, Pay, Redeem, Resume, Scan, VoidLine
from tests.app.screens.standin import BIRD_SEED, LEASH, PEN, Shop, services
from tests.app.screens.walking import walk
from tests.app.till.fake_engine import make_till


@pytest.fixture
def app(shop: Shop) -> TillApp:
    text.use("en")
    return TillApp(services(shop))


async def test_a_sale_from_scan_to_change(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press(f"{BIRD_SEED}\r3*{PEN}\r")
        assert "Vogelfutter 1 kg" in till.text
        assert "7,66" not in till.text
        assert "7.66" in till.text
        await till.press("+")
        assert till.app.router.mode is Mode.TENDER
        assert "Payment" in till.lines[-2]
        await till.press("2000\r")
        assert till.app.router.mode is Mode.SALE
        assert "Receipt 3-000123, change 12.34" in till.lines[-3]
        assert "Tierbedarf Neumann" in till.text
        assert "3-000124" in till.lines[0]
        await till.press(f"{LEASH}\r")
        assert "Hundeleine" in till.text
        assert "Tierbedarf Neumann" not in till.text
    assert shop.commands == [Scan(BIRD_SEED), Scan(PEN, quantity="3"), Pay(amount="20.00"), Scan(LEASH)]


async def test_a_whole_sale_and_the_next_scan_typed_in_one_go(shop: Shop, app: TillApp) -> None:
    shop.delay_s = 0.002
    async with walk(app) as till:
        await till.press(f"{BIRD_SEED}\r{PEN}\r<f8>2000\r{LEASH}\r")
        assert till.app.router.mode is Mode.SALE
    assert shop.commands == [Scan(BIRD_SEED), Scan(PEN), Pay(amount="20.00"), Scan(LEASH)]
    assert [receipt.total_minor for receipt in shop.receipts] == [588]


async def test_too_little_money_and_then_a_scan_is_not_money(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press(f"{LEASH}\r<f8>2000\r{BIRD_SEED}\r")
        assert till.app.router.mode is Mode.TENDER
        assert "barcode, no money" in till.text
        assert "9.99" in till.text
        await till.press("+")
    assert [command for command in shop.commands if isinstance(command, Pay)] == [Pay(amount="20.00"), Pay()]
    assert [receipt.total_minor for receipt in shop.receipts] == [2999]


async def test_hundreds_of_scans_at_once_are_all_sold_in_order(shop: Shop, app: TillApp) -> None:
    codes = [BIRD_SEED, PEN, LEASH]
    scans = [codes[number % 3] for number in range(400)]
    async with walk(app) as till:
        await till.press("".join(f"{code}\r" for code in scans))
    assert [command.code for command in shop.commands if isinstance(command, Scan)] == scans


async def test_a_refused_scan_rings_is_said_and_stops_payment_typed_ahead(shop: Shop, app: TillApp) -> None:
    shop.delay_s = 0.002
    async with walk(app) as till:
        await till.press(f"{BIRD_SEED}\r4006381333948\r+\r")
        assert not shop.receipts
        assert "refused" in till.lines[-3]
        await till.press("+")
        assert till.app.router.mode is Mode.TENDER


async def test_an_unknown_article_is_named(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press("4006381333948\r")
        assert "No article has the code 4006381333948" in till.lines[-3]


async def test_voiding_the_last_line_and_one_by_number(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press(f"{BIRD_SEED}\r{PEN}\r{LEASH}\r-1-")
        assert "Kugelschreiber" in till.text
        assert "Vogelfutter" not in till.text
    assert shop.commands[-2:] == [VoidLine("3"), VoidLine("1")]


async def test_repeating_takes_the_article_sold_last(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press("2*\r")
        assert "no article to repeat" in till.lines[-3]
        await till.press(f"{PEN}\r2*\r")
    assert shop.commands[-1] == Scan("17", quantity="2")


async def test_a_voucher_is_sold_looked_up_and_redeemed_in_part(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press("1000<f6>+\r")
        (code,) = shop.vouchers
        await till.press(f"{code}<f6>")
        assert "10.00 of 10.00 left" in till.lines[-3]
        await till.press(f"{BIRD_SEED}\r+<f6>{code.lower()}\r")
        assert "4.99 taken, 5.01 left" in till.lines[-3]
        assert till.app.router.mode is Mode.SALE
        await till.press(f"{LEASH}\r+{code}\r")
        assert "Still due: 24.98" in till.lines[-3]
        await till.press("-")
        assert "taken back" in till.lines[-3]
        await till.press("-")
        assert till.app.router.mode is Mode.SALE
    assert [command for command in shop.commands if isinstance(command, Redeem)]


async def test_a_slips_symbol_is_looked_up_and_redeemed_whole(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press("1000<f6>+\r")
        (slip,) = shop.till.engine.slips()
        await till.press(f"{slip}\r")
        assert "10.00 of 10.00 left" in till.lines[-3]
        await till.press(f"{BIRD_SEED}\r+{slip.lower()}\r")
        assert "4.99 taken, 5.01 left" in till.lines[-3]
        assert till.app.router.mode is Mode.SALE
        await till.press(f"{slip[:90]}{slip[91:]}\r")
        assert "not read whole" in till.lines[-3]


async def test_a_mistyped_voucher_is_said_to_be_mistyped(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press("<f6>7K3M9QXA0PWTX\r")
        assert "character is wrong or missing" in till.lines[-3]
        await till.press(f"<f6>{'7K3M9QXA0PWT'}\r")
        assert "character is wrong or missing" in till.lines[-3]


async def test_payment_of_nothing_is_refused(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press("+")
        assert till.app.router.mode is Mode.SALE
        assert "nothing to pay" in till.lines[-3]


async def test_voiding_the_whole_sale_asks_first(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press(f"{PEN}\r/13\r")
        assert "Void the whole sale?" in till.lines[-2]
        await till.press("\x1b")
        assert shop.session.view().lines
        await till.press("/13\r\r")
        assert not shop.session.view().lines
        assert "The sale is voided" in till.lines[-3]


async def test_a_full_disk_is_said_and_the_sale_stays(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press(f"{PEN}\r")
        shop.fill_disk()
        await till.press("+\r")
        assert "disk is full" in till.lines[-3]
        assert till.app.router.mode is Mode.TENDER
        await till.press("\r")
    assert len(shop.receipts) == 1


async def test_an_engine_that_is_gone_is_said_and_shown(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        shop.fails = ConnectionResetError()
        await till.press(f"{PEN}\r")
        assert "engine has ended; close the till and open it again" in till.lines[-3]
        shop.changed[0]("gone")
        await till.app._tick()
        await till.rest()
        assert "ENGINE GONE" in till.lines[0]


async def test_the_status_line_says_how_the_till_stands(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        assert "Till 3" in till.lines[0]
        assert "3-000123" in till.lines[0]
        assert "Neumann" in till.lines[0]
        assert "ONLINE 2 peers" in till.lines[0]
        assert "21.11. 18:37" in till.lines[0]
        shop.status_now = {"online": False, "peers": [], "pending": 7}
        shop.changed[0]("status")
        await till.app._tick()
        await till.rest()
        assert "OFFLINE" in till.lines[0]
        assert "+7" in till.lines[0]


async def test_the_help_lists_every_function_and_refuses_scans_while_open(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press("<f1>")
        assert "Number first" in till.text
        assert "F8 /08" in till.text
        await till.press("<pagedown>")
        await till.press(f"{PEN}\r")
        assert "The help is open" in till.text
        await till.press("<f1>")
        assert "Number first" not in till.text
    assert shop.commands == []


async def test_a_sale_is_parked_listed_and_taken_up_by_its_number(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press(f"{PEN}\r<f5>")
        assert "Parked as P3-000001" in till.lines[-3]
        assert "Kugelschreiber" not in till.text
        await till.press("<f5>")
        assert "Parked receipts of all tills" in till.lines[0]
        await till.press("\r")
        assert "P3-000001 is taken up" in till.lines[-3]
        assert "Kugelschreiber" in till.text
        await till.press("+200+<f5>")
        assert "No sale is open, and none is parked" in till.lines[-3]
    assert shop.commands[-2] == Resume("P3-000001")


async def test_a_parked_sale_comes_back_and_two_of_a_number_are_asked_about(
    shop: Shop, app: TillApp, tmp_path: Path
) -> None:
    other = make_till(shop.network, tmp_path, 4)
    await other.runner.run(Scan(LEASH))
    await other.runner.run(Park())
    async with walk(app) as till:
        await till.press(f"{PEN}\r<f5>1<f5>")
        assert "1 could be several" in till.lines[-3]
        await till.press("P4-000001<f5>")
        assert "Hundeleine" in till.text
        await till.press("1<f5>")
        assert "Kugelschreiber" in till.text
    assert shop.commands[-1] == Resume("P3-000001")


async def test_percentages_come_off_the_last_line_or_the_whole_receipt(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press(f"{PEN}\r{BIRD_SEED}\r10%")
        assert "-0.50" in till.text
        await till.press("0%5/15\r")
        assert "-0.50" not in till.text
        assert "Discount 0.29, total 5.59" in till.text
    assert [command for command in shop.commands if isinstance(command, GiveDiscount)] == [
        GiveDiscount(percent="10", line="2"),
        GiveDiscount(percent="0", line="2"),
        GiveDiscount(percent="5"),
    ]


async def test_without_goods_there_is_nothing_to_discount(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press("1000<f6>5%")
        assert "no line of goods" in till.lines[-3]


async def test_a_customer_is_chosen_by_number_and_taken_back_with_nought(shop: Shop, app: TillApp) -> None:
    shop.till.engine.say([CustomerSet("1000")])
    async with walk(app) as till:
        await till.press("1000<f7>")
        assert "Customer 1000" in till.lines[-3]
        await till.press(f"{PEN}\r")
        assert any(line[61:].split()[1:] == ["Customer", "1000"] for line in till.lines)
        await till.press("0<f7>")
        assert not any("Customer" in line for line in till.lines[1:-3])
        assert "nobody's" in till.lines[-3]


async def test_drawer_reports_and_training_have_numbers(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press("/16\r")
        assert "drawer is open" in till.lines[-3]
        await till.press(f"{PEN}\r+\r/17\r")
        assert any(line.split()[:3] == ["TOTAL", "0.89", "EUR"] for line in till.lines)
        await till.press("\x1b/18\r")
        assert "Day end without a cash count?" in till.lines[-2]
        await till.press("\r")
        assert "Day end Z 1: 1 receipts, 0.89 EUR" in till.lines[-3]
        assert till.app.router.mode is Mode.SALE
        await till.press("/19\r")
        assert "TRAINING" in till.lines[1]
        await till.press("/19\r")
        assert "TRAINING" not in till.text


async def test_part_by_card_and_the_rest_in_cash(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press(f"{BIRD_SEED}\r<f9>200<f9>")
        assert any("Card" in line and "2.00" in line for line in till.lines[1:-3])
        await till.press("500\r")
        assert "change 2.01" in till.lines[-3]
        await till.press(f"{PEN}\r<f9><f9>")
    kinds = [[row.tender for row in receipt.tenders] for receipt in shop.receipts]
    assert kinds == [["card", "cash", "cash"], ["card"]]


async def test_an_article_comes_back_with_the_return_key(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press(f"2*{PEN}<f11>")
        assert "Kugelschreiber blau comes back: -1.78" in till.lines[-3]
        await till.press("+")
        assert any("GIVE BACK" in line and "1.78" in line for line in till.lines)
        await till.press("\r")
    assert [receipt.total_minor for receipt in shop.receipts] == [-178]


async def test_a_paste_is_keys_and_a_long_one_is_refused(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        till.app.post_message(events.Paste(f"{PEN}\r\n2*{PEN}\r\n"))
        await till.rest()
        assert len(shop.commands) == 2
        till.app.post_message(events.Paste("1" * (MAX_PASTE + 1)))
        await till.rest()
        assert "too long" in till.lines[-3]


async def test_quitting_asks_first_and_textuals_own_keys_do_nothing(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press("<ctrl+q><ctrl+c><ctrl+p>")
        assert till.app.is_running
        await till.press("/99\r")
        assert "Close the till?" in till.lines[-2]
        await till.press("\r")
    assert app.return_code == 0


async def test_the_open_sale_is_there_when_the_till_is_opened_again(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press(f"{PEN}\r{LEASH}\r")
    again = TillApp(services(shop))
    async with walk(again) as till:
        assert "Kugelschreiber" in till.lines[2]
        assert "Hundeleine" in till.lines[3]


async def test_a_wide_terminal_shows_lines_paper_and_what_the_customer_sees_side_by_side(
    shop: Shop, app: TillApp
) -> None:
    async with walk(app, (170, 45)) as till:
        await till.press(f"{PEN}\r+\r{LEASH}\r")
        assert "Hundeleine" in till.text
        assert "Tierbedarf Neumann" in till.text
        assert "|Hundeleine Led 29.99|" in till.text


async def test_a_roomy_terminal_shows_codes_discounts_vat_and_what_the_keys_mean(shop: Shop, app: TillApp) -> None:
    async with walk(app, (120, 40)) as till:
        await till.press(f"{LEASH}\r5%")
        line = next(line for line in till.lines if "Hundeleine" in line)
        assert line.split()[:3] == [">", "1", "1"]
        assert LEASH in line
        assert "-1.50" in line
        assert "19%" in line
        assert any("19 % of 28.49" in line and "4.55" in line for line in till.lines)
        assert "voids the last line" in till.text
        await till.press("+")
        assert "20.00 given" in till.text


async def test_more_lines_than_fit_are_paged_by_halves(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.press(f"{PEN}\r" * 19)
        assert till.lines[2].split()[0] == "1"
        await till.press(f"{PEN}\r")
        assert till.lines[2].split()[0] == "10"
        await till.press("<pageup>")
        assert till.lines[2].split()[0] == "1"
        await till.press(f"{PEN}\r")
        assert "> 21" in till.text.replace(">  21", "> 21")


async def test_names_from_elsewhere_cannot_write_to_the_terminal(shop: Shop, app: TillApp) -> None:
    shop.article(ArticleSet("666", "Evil\x1b]0;owned\x07\x9b2J", 1, "EUR", "1"))
    async with walk(app) as till:
        await till.press("666\r")
        assert "Evil?]0;owned??2J" in till.text


async def test_a_crash_closes_the_screens_and_logs_no_local_variables(shop: Shop, tmp_path: Path) -> None:
    log = tmp_path / "crash.log"
    app = TillApp(services(shop, crash_log=log))
    shop.fails = ZeroDivisionError("broken")
    with pytest.raises(ZeroDivisionError):
        await _sell_a_pen(app)
    assert app.return_code == 1
    assert "ZeroDivisionError: broken" in log.read_text()
    assert "customer Meier" not in log.read_text()


async def _sell_a_pen(app: TillApp) -> None:
    async with walk(app) as till:
        customer = "customer " + "Meier"
        await till.press(f"{PEN}\r")
        assert customer


def test_keys_that_clash_are_refused_before_anything_is_shown(shop: Shop) -> None:
    with pytest.raises(KeymapError, match="f8"):
        TillApp(services(shop, keys={"void": ["f8"]}))


async def test_a_rebound_key_works_and_stands_in_the_footer(shop: Shop) -> None:
    text.use("en")
    app = TillApp(services(shop, keys={"cash": ["f11"], "return": []}))
    async with walk(app) as till:
        assert "11CASH" in till.lines[-1]
        await till.press(f"{PEN}\r<f11><f11>")
    assert len(shop.receipts) == 1


async def test_a_window_that_is_too_small_says_so_and_sells_all_the_same(shop: Shop, app: TillApp) -> None:
    async with walk(app, (60, 15)) as till:
        assert "60x15 is too small" in till.text
        await till.press(f"{BIRD_SEED}\r")
        assert shop.session.view().total_minor == 499
