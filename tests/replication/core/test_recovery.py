"""When a till may write: the machine alone, over any history of what it sees."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from replication.core.model import Now
from replication.core.recovery import (
    CLONED,
    COPIED,
    FIRST_MS,
    FORKED,
    HEARD_ONE_MS,
    LISTEN_MS,
    MACHINE,
    OLD_MS,
    RESTORED,
    STARTED,
    STOPPED,
    Recovery,
    Sight,
)

WALL_MS = 1_763_750_000_000
OTHERS = {"b": "till", "c": "till"}
QUIET = Sight(OTHERS, frozenset(), behind=False, trying=False, connecting=False)


def at(ms: int) -> Now:
    return Now(1_000 + ms, WALL_MS + ms)


def begun(kept: dict[str, str] | None = None, *, others: dict[str, str] = OTHERS, **options: object) -> Recovery:
    settings: dict[str, object] = {"machine": "m", "known_ms": [WALL_MS - 1_000], "alone": False}
    made = Recovery(kept=kept or {}, **(settings | options))  # type: ignore[arg-type]
    made.begin(at(0), others)
    return made


def test_a_network_of_one_and_a_till_without_a_network_never_wait() -> None:
    assert begun(others={}).state == "clear"
    assert begun(alone=True).state == "clear"


def test_a_till_that_hears_nobody_writes_as_soon_as_everybody_has_been_tried() -> None:
    till = begun()
    till.look(at(FIRST_MS - 1), QUIET)
    assert till.state == "listening"
    assert till.look(at(FIRST_MS), QUIET)[STARTED] == str(WALL_MS + FIRST_MS)
    assert till.state == "clear"


def test_a_till_whose_peers_do_not_answer_at_all_waits_no_longer_than_it_must() -> None:
    till = begun()
    till.look(at(LISTEN_MS - 1), QUIET._replace(trying=True))
    assert till.state == "listening"
    till.look(at(LISTEN_MS), QUIET._replace(trying=True))
    assert till.state == "clear"


def test_who_was_heard_is_believed_only_once_its_records_are_here() -> None:
    till = begun()
    heard = QUIET._replace(heard=frozenset("b"))
    till.look(at(5_000), heard._replace(behind=True))
    assert till.state == "listening"
    till.look(at(5_001), heard)
    assert till.state == "clear"


def test_each_reason_for_suspicion_is_one_until_enough_were_heard() -> None:
    for kept, options in (
        ({RESTORED: "yes"}, {}),
        ({MACHINE: "another"}, {}),
        ({}, {"known_ms": [WALL_MS - OLD_MS - 1]}),
    ):
        till = begun(kept, **options)
        till.look(at(60_000), QUIET)
        assert till.state == "suspect"
        assert till.reason
        till.look(at(60_001), QUIET._replace(heard=frozenset("b")))
        assert till.state == "suspect"
        keep = till.look(at(60_002), QUIET._replace(heard=frozenset("c")))
        assert till.state == "clear"
        assert keep.get(RESTORED, "absent") == (None if RESTORED in kept else "absent")
        assert keep.get(MACHINE) == "m"


def test_a_copied_home_listens_first_and_is_suspect_once_nobody_has_answered() -> None:
    till = begun({COPIED: "it was copied"})
    till.look(at(FIRST_MS), QUIET)
    assert till.state == "listening"
    till.look(at(LISTEN_MS), QUIET)
    assert (till.state, till.reason) == ("suspect", "it was copied")
    till.look(at(60_000), QUIET._replace(heard=frozenset("bc"), behind=True))
    assert till.state == "suspect"
    assert till.look(at(60_001), QUIET)[COPIED] is None
    assert till.state == "clear"


def test_a_copied_home_refuses_nothing_while_the_others_are_in_reach() -> None:
    till = begun({COPIED: "it was copied"})
    till.look(at(50), QUIET._replace(heard=frozenset("b"), trying=True))
    till.look(at(LISTEN_MS + 1), QUIET._replace(connecting=True))
    assert till.state == "listening"
    assert till.look(at(LISTEN_MS + 2), QUIET._replace(heard=frozenset("c")))[COPIED] is None
    assert till.state == "clear"


def test_a_copied_home_asks_nobody_where_there_is_nobody_and_a_supervisor_where_there_is_no_network() -> None:
    till = Recovery(kept={COPIED: "it was copied"}, machine="m", known_ms=[], alone=False)
    assert till.begin(at(0), {}) == {COPIED: None}
    assert till.state == "clear"
    till = begun({COPIED: "it was copied"}, alone=True)
    assert till.state == "suspect"
    assert till.confirm(at(1))[COPIED] is None
    assert till.state == "clear"


def test_a_centre_or_one_member_and_some_time_end_suspicion_too() -> None:
    till = begun({RESTORED: "yes"})
    till.look(at(1), QUIET._replace(others={"b": "centre", "c": "till"}, heard=frozenset("b")))
    assert till.state == "clear"
    till = begun({RESTORED: "yes"})
    till.look(at(1), QUIET._replace(heard=frozenset("b")))
    till.look(at(HEARD_ONE_MS), QUIET)
    assert till.state == "suspect"
    till.look(at(HEARD_ONE_MS + 1), QUIET)
    assert till.state == "clear"


def test_a_clock_that_is_ahead_elsewhere_does_not_make_an_old_disk_look_new() -> None:
    assert begun(known_ms=[WALL_MS - OLD_MS - 1, WALL_MS + OLD_MS]).state == "suspect"
    assert begun({STARTED: str(WALL_MS - 1)}, known_ms=[WALL_MS - OLD_MS - 1]).state == "listening"


def test_the_only_member_of_a_network_is_suspicious_of_nothing_but_a_restore() -> None:
    assert begun({MACHINE: "another"}, others={}, known_ms=[1]).state == "clear"
    assert begun({RESTORED: ""}, others={}).state == "suspect"


def test_who_was_stopped_stays_stopped_over_restarts_until_a_supervisor_decides() -> None:
    till = begun()
    kept = till.stop(CLONED, "a copy at 10.0.0.7")
    again = begun({STOPPED: str(kept[STOPPED])})
    again.look(at(1), QUIET._replace(heard=frozenset("bc")))
    assert (again.state, again.code, again.reason) == ("stopped", CLONED, "a copy at 10.0.0.7")
    assert again.confirm(at(2))[STOPPED] is None
    assert again.state == "clear"


def test_a_fork_outweighs_a_clone_and_not_the_other_way_round() -> None:
    till = begun()
    till.stop(CLONED, "a copy")
    assert till.stop(FORKED, "two records 7")[STOPPED] == "forked: two records 7"
    assert till.stop(CLONED, "a copy") == {}
    assert till.code == FORKED


SIGHTS = st.builds(
    Sight,
    others=st.just(OTHERS),
    heard=st.frozensets(st.sampled_from("bcx")),
    behind=st.booleans(),
    trying=st.booleans(),
    connecting=st.booleans(),
)


@given(
    kept=st.dictionaries(st.sampled_from([RESTORED, COPIED, MACHINE]), st.sampled_from(["m", "n"])),
    history=st.lists(st.tuples(st.integers(1, 4_000), SIGHTS), max_size=30),
)
def test_nobody_writes_who_is_behind_and_no_suspect_who_has_heard_nobody(
    kept: dict[str, str], history: list[tuple[int, Sight]]
) -> None:
    till = begun(kept)
    suspected, heard, ms = bool(till.reason), False, 0
    for passed, sight in history:
        ms += passed
        before = till.state
        till.look(at(ms), sight)
        heard = heard or bool(sight.heard & OTHERS.keys())
        if before != "clear" and till.state == "clear":
            assert not sight.behind
            assert heard or not suspected
            assert heard or ms >= FIRST_MS
