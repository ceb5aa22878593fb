"""What a till is asked before it sells for the first time: language, found or join or practise, printer and devices.

Esc goes one question back. What has been done is done: a till that has joined is a member, whatever comes after. At the
end stands a protocol of all that was set up; it is kept in the home.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from app.screens.setup.devices import devices, done, tried
from app.screens.setup.services import Contents, Membership, Offer, SetupServices
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.fields import Field, Kind, Option
from app.screens.tasks.form import Form
from app.screens.tasks.showing import Showing
from app.screens.tasks.steps import Action, Sheet
from app.text import gettext as _
from app.text import mark

NAMES = {"de": "Deutsch", "en": "English"}
CONTENTS = {
    "articles": mark("Articles"),
    "vouchers": mark("Vouchers"),
    "coupons": mark("Coupons"),
    "customers": mark("Customers"),
    "orders": mark("Orders"),
    "parked": mark("Parked receipts"),
    "users": mark("Users"),
    "number_ranges": mark("Number ranges"),
}


class Ended(StrEnum):
    """How the assistant ended."""

    MEMBER = "member"
    PRACTISE = "practise"
    CLOSED = "closed"


async def assistant(showing: Showing, services: SetupServices) -> Ended:
    """Ask until this machine belongs to a network, or whoever sits there gives up."""
    language = await showing.choose(
        Choose(
            "Sprache / Language",
            [Column("", 0)],
            [Choice((name,), code) for code, name in NAMES.items()],
            prompt="1 Deutsch, 2 English",
        )
    )
    if language is None:
        return Ended.CLOSED
    services.speak(str(language.value))
    while True:
        way = await showing.choose(
            Choose(
                _("This till belongs to no network yet"),
                [Column(_("What do you want to do?"), 0)],
                [
                    Choice((_("Join a network: you have a code, on paper or on a screen"),), "join"),
                    Choice((_("Found a network: this is its first till"),), "found"),
                    Choice((_("Practise: a network of its own, where nothing counts"),), "practise"),
                ],
            )
        )
        if way is None:
            if await showing.confirm(_("Setup"), _("Close the till?"), _("Nothing has been set up so far.")):
                return Ended.CLOSED
        elif way.value == "practise":
            if await tried(showing, done(services.practise())):
                return Ended.PRACTISE
        else:
            membership, contents = await (_joined if way.value == "join" else _founded)(showing, services)
            if membership is not None:
                await _finish(showing, services, membership, contents)
                return Ended.MEMBER


async def _founded(showing: Showing, services: SetupServices) -> tuple[Membership | None, Contents | None]:
    filled = await showing.fill(
        Form(
            _("Found a network"),
            [
                Field("network", _("Name of the network"), required=True, hint=_("the shop's or the event's")),
                Field("no", _("Number of this till"), Kind.COUNT, "1", required=True),
                Field("name", _("Name of this till"), value=_("Till {no}").format(no=1)),
                Field("site", _("Where it stands")),
                Field(
                    "role",
                    _("This machine is"),
                    Kind.CHOICE,
                    services.role,
                    required=True,
                    options=(Option("till", _("a till")), Option("centre", _("a centre without sales"))),
                ),
            ],
            text=_("It lets the other tills in: /91 on it releases them and shows the code."),
            finish=_("Found"),
        )
    )
    if filled is None:
        return None, None
    made = services.found(filled["network"], int(filled["no"]), filled["role"], filled["name"], filled["site"])
    return await tried(showing, made), None


async def _joined(showing: Showing, services: SetupServices) -> tuple[Membership | None, Contents | None]:
    code = ""
    while True:
        filled = await showing.fill(
            Form(
                _("Join a network"),
                [Field("code", _("Code"), Kind.CODE, code, required=True)],
                text=_(
                    "Scan the code from paper or screen, or type its groups. "
                    "The till that lets others in shows and prints it: /91 there."
                ),
                finish=_("Join"),
            )
        )
        if filled is None:
            return None, None
        code = filled["code"]
        offers = await tried(showing, services.offers(code))
        if offers is None:
            continue
        if (no := await _chosen(showing, offers.network, offers.tills)) is None:
            continue
        membership = await tried(showing, services.join(code, no))
        if membership is not None:
            contents = await showing.long(_("Fetching what the others have"), services.provision)
            return membership, contents or Contents(complete=False, came={})


async def _chosen(showing: Showing, network: str, tills: Sequence[Offer]) -> int | None:
    """The number to join as; 0 leaves it to who lets in, whose version does not tell."""
    if not tills:
        return 0 if await showing.confirm(_("Join {network}").format(network=network), _("Join it?")) else None
    picked = await showing.choose(
        Choose(
            _("Join {network}: which till is this?").format(network=network),
            [Column(_("Till"), 6, numeric=True), Column(_("Name"), 0), Column(_("Where"), 20)],
            [Choice((str(till.no), till.name, till.site), till.no) for till in tills],
            prompt=_("Released and not yet bound: number of the line, Enter"),
        )
    )
    return None if picked is None else int(picked.value)


async def _finish(showing: Showing, services: SetupServices, membership: Membership, contents: Contents | None) -> None:
    printer = await _printer(showing, services)
    others = await devices(showing, services, unasked=True)
    actions = [Action(2, "devices", _("Devices"))]
    while True:
        text = protocol(services, membership, contents, printer, others)
        path = services.write_protocol(text)
        where = _("Kept in {path}.").format(path=path)
        sheet = Sheet(_("This till is set up"), f"{text}\n\n{where}", actions, _("Enter opens the till"))
        if await showing.read(sheet) is None:
            return
        others += await devices(showing, services)


async def _printer(showing: Showing, services: SetupServices) -> str:
    """What was chosen, as a line of the protocol."""
    found = await showing.long(_("Looking for printers"), lambda _far: services.printers()) or ()
    while True:
        picked = await showing.choose(
            Choose(
                _("Receipt printer"),
                [Column(_("Printer"), 0), Column(_("Address"), 24)],
                [
                    *(Choice((printer.name, printer.address), printer.address) for printer in found),
                    Choice((_("One at an address that I type"), ""), "type"),
                    Choice((_("A simulated one: its paper is the file paper.txt"), ""), "simulated"),
                    Choice((_("None"), ""), ""),
                ],
            )
        )
        if picked is None or not picked.value:
            return _("none") if await _use(showing, services, "") else ""
        address = str(picked.value)
        if address == "type" and not (address := await _address(showing)):
            continue
        simulated = address == "simulated"
        if (baud := await _baud(showing, address)) is None:
            continue
        if not await _use(showing, services, "" if simulated else address, simulated=simulated, baud=baud):
            continue
        if await _printed(showing, services):
            return _("simulated") if simulated else address


async def _address(showing: Showing) -> str:
    filled = await showing.fill(
        Form(
            _("Receipt printer"),
            [Field("address", _("Address"), value="", required=True, hint=_("like 192.168.1.21:9100 or /dev/…"))],
        )
    )
    if filled is None:
        return ""
    typed = filled["address"]
    return typed if ":" in typed or typed.startswith("/") else f"{typed}:9100"


async def _baud(showing: Showing, address: str) -> int | None:
    """The speed of a serial line; 0 where there is none; None: another printer after all."""
    if not address.startswith(("/", "rfc2217:")) or address.rpartition("/")[2].startswith("lp"):
        return 0
    field = Field(
        "baud", _("Speed (baud)"), Kind.COUNT, "9600", required=True, hint=_("the printer's own test says it")
    )
    filled = await showing.fill(Form(_("Receipt printer"), [field]))
    return None if filled is None else int(filled["baud"])


async def _use(
    showing: Showing, services: SetupServices, address: str, *, simulated: bool = False, baud: int = 0
) -> bool:
    return await tried(showing, done(services.use_printer(address, simulated, baud))) is True


async def _printed(showing: Showing, services: SetupServices) -> bool:
    """Whether a test page came out, or nobody minds that it did not."""
    while True:
        said = await showing.long(_("Test print"), lambda _far: services.test_print())
        if said == "":
            question, text = _("Did it come out?"), _("A line as wide as the paper, umlauts, the euro sign, a code.")
        else:
            question, text = _("Use this printer all the same?"), said or _("It was given up.")
        if await showing.confirm(_("Test print"), question, text):
            return True
        if not await showing.confirm(_("Test print"), _("Print it once more?")):
            return False


def protocol(
    services: SetupServices,
    membership: Membership,
    contents: Contents | None,
    printer: str,
    others: Sequence[str] = (),
) -> str:
    """What was set up, as lines to read and keep."""
    lines = [
        (_("Date"), services.clock().strftime("%Y-%m-%d %H:%M")),
        (_("Network"), membership.network),
        (_("Till"), str(membership.till_no)),
        (_("Address"), membership.address),
        (_("Printer"), printer),
        *((_("Device"), each) for each in others),
        (_("Folder"), str(services.home)),
    ]
    shown = [f"{name:<18}{value}" for name, value in lines if value]
    if contents is not None:
        shown += ["", _("Provisioned:") if contents.complete else _("Provisioned so far; the rest comes by itself:")]
        shown += [f"  {_(name):<16}{contents.came.get(kind, 0):>8}" for kind, name in CONTENTS.items()]
    return "\n".join(shown)
