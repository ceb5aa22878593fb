"""What is kept in the office's log of what somebody did there: each deed as a command would be written.

Commands are the same in every language, and whoever reads the log can try them. Master data say themselves who
changed them, so the log names only what was changed, not how.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEEDS: Mapping[str, str] = {
    "revoke": "tills revoke {no}",
    "replace": "tills replace {no}",
    "till_release": "tills release {nos}",
    "till_set": "tills set {no}",
    "till_block": "tills block {no} {pool}",
    "till_value_set": "tills {subject} set {key}",
    "till_value_remove": "tills {subject} remove {key}",
    "catalogue_set": "catalogues set {catalogue}",
    "catalogue_put": "catalogues put {catalogue}",
    "catalogue_take": "catalogues take {catalogue} {idents}",
    "catalogue_assign": "catalogues assign {catalogue} --tills {tills} --group {groups}",
    "catalogue_remove": "catalogues remove {catalogue}",
    "master_set": "master set {kind} {key}",
    "master_remove": "master remove {kind} {key}",
    "master_undo": "master undo {kind} {key}",
    "master_undo_change": "master undo --change {change}",
    "master_plan": "master plan {kind} {key} --at {at}",
    "master_plan_cancel": "master plan --cancel {plan}",
    "master_restore": "master restore {copy}",
    "master_regroup": "master regroup {old} {new}",
    "take_over": "import {what} ({imported})",
    "orders_import": "orders import ({placed} placed; {changed} changed; {cancelled} cancelled)",
    "backup": "backup {file}",
    "carrier_write": "carrier write {path}",
    "carrier_read": "carrier read {path}",
}
"""By operation; names in braces are its arguments, or parts of its answer."""
LOOKS = ("dry_run", "look")


def deed(op: str, args: Mapping[str, Any], answer: Any) -> str:
    """What was done by this; empty: it was only a question."""
    if op not in DEEDS or any(args.get(look) for look in LOOKS):
        return ""
    said = {**args, **(answer if isinstance(answer, dict) else {})}  # a new value has its key only in the answer
    return DEEDS[op].format_map({name: _written(value) for name, value in said.items()})


def _written(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
