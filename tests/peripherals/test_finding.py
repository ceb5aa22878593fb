"""Printers that announce themselves over mDNS, on loopback."""

from __future__ import annotations

from pathlib import Path

from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from peripherals import finding

LOOPBACK = ["127.0.0.1"]
TRIES = 5


async def test_a_printer_that_announces_itself_is_found_with_its_address() -> None:
    zeroconf = AsyncZeroconf(interfaces=LOOPBACK)
    name = f"TM-T88 Kasse.{finding.SERVICE}"
    info = AsyncServiceInfo(finding.SERVICE, name, port=9100, parsed_addresses=["192.0.2.7"], server="tm.local.")
    try:
        await (await zeroconf.async_register_service(info, allow_name_change=True))
        for _try in range(TRIES):
            if found := await finding.network_printers(LOOPBACK):
                break
        assert {(each.host, each.port) for each in found} == {("192.0.2.7", 9100)}
        assert all(each.name.startswith("TM-T88 Kasse") for each in found)
    finally:
        await zeroconf.async_close()


def test_ports_of_this_machine_are_known_by_names_that_stay(tmp_path: Path) -> None:
    for name in ("usb/lp1", "usb/lp0", "usb/hiddev0", "serial/by-id/usb-FTDI_A1", "ttyUSB0"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [path.relative_to(tmp_path).as_posix() for path in finding.local_ports(tmp_path)]
    assert found == ["usb/lp0", "usb/lp1", "serial/by-id/usb-FTDI_A1"]
    assert finding.local_ports(tmp_path / "nowhere") == []
