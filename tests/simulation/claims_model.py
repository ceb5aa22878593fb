"""Every way in which three tills can use one resource: an exhaustive search over the real ``Claims``.

Three tills, one resource worth one use, two claimants, the third only promises. A state is what all three
remember, what is on the wires, what is on the disks, and the time; a step is one of

* a till wants the resource; a message arrives, or a fact (messages keep their order on a link, so do facts, but
  either may overtake the other: a document may have to be fetched first);
* a granted claim, whose till knows of no use yet, is written, and comes to be on disk;
* time passes to the next moment at which anything can change for anybody;
* and once in a history what the ``Fault`` says: a crash with or without what was being written (and a restart),
  a link that is cut (``apart``: that of the two claimants), a revocation.

What must hold:

* policy *refuse*: nobody writes without complete coverage, and there are never two uses, on whichever disks;
* policy *allow*: whoever is granted writes. Two uses may come about then, but not if one and the same member
  promised both: that is why a connected part of the network shares one limit. Facts and releases are not slow in
  these searches: a member that does not hear of a use for as long as a lock lasts is as good as cut off;
* every history ends, and when nothing can happen any more every claim has been answered and nothing is locked;
* if time never passes while something is under way or granted, and nothing goes wrong, somebody gets it.

The only thing changed in ``Claims`` is that time may pass in great steps (``STANDSTILL_MS``).
"""

from __future__ import annotations

import gc
import itertools
from collections import deque
from collections.abc import Iterator
from typing import Any, Literal, TypeVar

import msgspec

from replication.core import claims as core
from replication.core.claim_messages import Done, Outcome, Tell
from replication.core.claims import GIVE_UP_MS, SILENT_MS, TTL_MS, USE_MS, Claims
from replication.core.model import Feed

Fault = Literal["none", "crash", "cut", "apart", "revoke"]
Policy = Literal["refuse", "allow"]
_Thing = TypeVar("_Thing")
NAMES = ("a", "b", "c")
CLAIMANTS = ("a", "b")
HLC = {"a": "1", "b": "2"}
RESOURCE = "v/1"
FACT, GREET = "fact", "greet"
KINDS = MESSAGES, FACTS = "messages", "facts"
WAYS = tuple((one, other, kind) for one in NAMES for other in NAMES if one != other for kind in KINDS)


class Broken(AssertionError):
    """A state that must not be, with how it came about."""


class Disk:
    """The uses that a till knows of, by whom. Apart from the till, so that nothing holds itself: memory is given back
    at once, and nobody has to look for garbage among all that the search keeps."""

    __slots__ = ("known",)

    def __init__(self, known: frozenset[str] = frozenset()) -> None:
        self.known = known

    def applied(self, feed: Feed) -> int:
        return int(feed.member in self.known)

    def positions(self) -> dict[Feed, int]:
        return {Feed(member, "circulation"): 1 for member in sorted(self.known)}


class Node:
    """A till: its claims, its disk, and where its own claim stands."""

    __slots__ = ("claims", "disk", "key", "promisers", "revoked", "session", "stage", "up")

    def __init__(self, name: str) -> None:
        self.disk = Disk()
        self.stage = "idle"
        """idle, waiting, granted, writing, over."""
        self.up = True
        self.session = 1
        self.revoked: frozenset[str] = frozenset()
        """Members that this one knows to be revoked."""
        self.promisers: frozenset[str] = frozenset()
        """Who promised its claim, itself included."""
        self.claims = Claims(name, self.disk.applied, self.disk.positions)
        self.key: tuple[int, Any] = (-1, None)
        """What makes it the same as another at that time."""

    @property
    def known(self) -> frozenset[str]:
        return self.disk.known

    @known.setter
    def known(self, known: frozenset[str]) -> None:
        self.disk.known = known

    def clone(self) -> Node:
        other = Node.__new__(Node)
        other.disk, other.stage, other.up = Disk(self.known), self.stage, self.up
        other.session, other.revoked, other.key = self.session, self.revoked, (-1, None)
        other.promisers = self.promisers
        other.claims = _clone(self.claims, other.disk)
        return other


def _copy(thing: _Thing) -> _Thing:
    """As ``copy.copy``, which takes most of the time of a search."""
    other = thing.__class__.__new__(thing.__class__)
    other.__dict__.update(thing.__dict__)
    return other


def _clone(claims: Claims, disk: Disk) -> Claims:
    other = _copy(claims)
    other._applied, other._positions = disk.applied, disk.positions
    other._own = {}
    for claim_id, before in claims._own.items():
        own = before.__copy__()
        own.asked, own.deferred, own.refused = set(own.asked), set(own.deferred), set(own.refused)
        own.promised, own.doubtful = dict(own.promised), set(own.doubtful)
        other._own[claim_id] = own
    other._requests = {key: request.__copy__() for key, request in claims._requests.items()}
    other._locks = {
        resource: other._requests[request.member, request.claim_id] for resource, request in claims._locks.items()
    }
    other._released = claims._released.copy()
    other._doubts = _copy(claims._doubts)
    other._doubts._applied = disk.applied
    other._doubts._open = {resource: dict(members) for resource, members in claims._doubts._open.items()}
    return other


class State:
    """Everything at one moment; ``channels`` are the messages under way, by (from, to, what kind).

    ``said`` is of each channel what makes its messages the same as others.
    """

    __slots__ = ("channels", "fault", "history", "nodes", "now_ms", "policy", "said", "slow")

    def __init__(self, fault: Fault, policy: Policy, slow: int) -> None:
        self.policy: Policy = policy
        self.nodes = {name: Node(name) for name in NAMES}
        self.channels: dict[tuple[str, str, str], tuple[Any, ...]] = dict.fromkeys(WAYS, ())
        self.said = dict(self.channels)
        self.now_ms = 0
        self.fault: Fault = fault
        """What may still go wrong."""
        self.slow = slow
        """How often time may still pass while something is under way: a message, or a fact to its disk."""
        self.history: tuple[Any, ...] = ()
        """How it came about, the last step first: (step, (the one before, ...))."""

    def fork(self, what: str, *changed: str) -> State:
        """A copy in which the nodes named may be changed."""
        other = State.__new__(State)
        other.fault, other.now_ms, other.slow, other.policy = self.fault, self.now_ms, self.slow, self.policy
        other.nodes = {name: node.clone() if name in changed else node for name, node in self.nodes.items()}
        other.channels, other.said = dict(self.channels), dict(self.said)
        other.history = (what, self.history)
        return other

    # --- what the shells do -----------------------------------------------------

    def linked(self, one: str, other: str) -> bool:
        return (one, other, MESSAGES) in self.channels

    def put(self, sender: str, receiver: str, message: Any) -> None:
        if self.linked(sender, receiver):
            kind = FACTS if isinstance(message, tuple) else MESSAGES
            self.channels[sender, receiver, kind] += (message,)
            self.said[sender, receiver, kind] += (_frozen(message),)

    def carry(self, name: str, outcomes: list[Outcome]) -> None:
        node = self.nodes[name]
        for outcome in outcomes:
            match outcome:
                case Tell():
                    self.put(name, outcome.member, outcome.body)
                case Done():
                    missing = set(NAMES) - {name, *outcome.promised} - node.revoked
                    missing |= outcome.doubtful
                    if outcome.granted and not node.known and (self.policy == "allow" or not missing):
                        node.stage = "granted"
                        node.promisers = frozenset({name, *outcome.promised})
                    else:
                        node.stage = "over"
                        self.carry(name, node.claims.release(self.now_ms, f"claim-{name}"))

    def want(self, name: str) -> None:
        node = self.nodes[name]
        node.stage = "waiting"
        asked = {other for other in NAMES if other != name and self.linked(name, other)}
        outcomes = node.claims.start(
            self.now_ms, ticket=1, claim_id=f"claim-{name}", resources=(RESOURCE,), hlc=HLC[name], asked=asked
        )
        self.carry(name, outcomes)

    def arrive(self, sender: str, receiver: str, kind: str) -> None:
        way = sender, receiver, kind
        message = self.channels[way][0]
        self.channels[way], self.said[way] = self.channels[way][1:], self.said[way][1:]
        node, now = self.nodes[receiver], self.now_ms
        match message:
            case (str(what), frozenset() as facts, int(session)):
                news, node.known = facts - node.known, node.known | facts
                for other in NAMES if news else ():
                    if other not in (sender, receiver):
                        self.put(receiver, other, (FACT, news, 0))
                if what == GREET:
                    position = int(sender in facts)
                    self.carry(receiver, node.claims.came_back(now, sender, str(session), position))
                    self.carry(receiver, node.claims.ask_too(sender))
                self.carry(receiver, node.claims.progress(now))
            case body:
                session = self.nodes[sender].session
                self.carry(receiver, node.claims.on_message(now, sender, body, str(session)))

    def write(self, name: str) -> None:
        """The fact is on its way to disk, if the claim still allows it."""
        node, claim_id = self.nodes[name], f"claim-{name}"
        if node.claims.may_write(self.now_ms, claim_id):
            node.claims.writing(claim_id, +1)
            node.stage = "writing"
        else:
            node.stage = "over"
            self.carry(name, node.claims.release(self.now_ms, claim_id))

    def stored(self, name: str) -> None:
        """The fact is on disk: the others are told, then the claim is released."""
        node, claim_id = self.nodes[name], f"claim-{name}"
        node.claims.writing(claim_id, -1)
        node.known |= {name}
        node.stage = "over"
        for other in NAMES:
            if other != name:
                self.put(name, other, (FACT, frozenset({name}), 0))
        self.carry(name, node.claims.release(self.now_ms, claim_id))

    def crash(self, name: str, *, stored: bool) -> None:
        node = self.nodes[name]
        if stored:
            node.known |= {name}
        node.up, node.stage = False, "over"
        node.claims = Claims(name, node.disk.applied, node.disk.positions)
        self.cut(name, *(other for other in NAMES if other != name))

    def restart(self, name: str) -> None:
        node = self.nodes[name]
        node.up, node.session = True, node.session + 1
        node.claims.silent_until_ms = self.now_ms + TTL_MS
        for other in NAMES:
            if other != name and name not in self.nodes[other].revoked:
                for kind in KINDS:
                    self.channels[name, other, kind] = self.channels[other, name, kind] = ()
                    self.said[name, other, kind] = self.said[other, name, kind] = ()
                self.put(name, other, (GREET, node.known, node.session))
                self.put(other, name, (GREET, self.nodes[other].known, self.nodes[other].session))

    def cut(self, name: str, *others: str) -> None:
        """The links end: both sides notice, what was under way is lost."""
        for other in others:
            for kind in KINDS:
                for way in (name, other, kind), (other, name, kind):
                    self.channels.pop(way, None)
                    self.said.pop(way, None)
            for one, two in ((name, other), (other, name)):
                if self.nodes[one].up:
                    self.carry(one, self.nodes[one].claims.gone(two))

    def pass_time(self, to_ms: int) -> None:
        self.now_ms = to_ms
        for name, node in self.nodes.items():
            if node.up:
                self.carry(name, node.claims.progress(self.now_ms))

    # --- what can happen next -------------------------------------------------------

    def next(self) -> Iterator[State]:
        """Every state that can follow this one; one of them, once nobody can use anything any more."""
        steps = self._steps()
        if self.fault == "none" and all(self.nodes[name].stage == "over" for name in CLAIMANTS):
            yield from itertools.islice(steps, 1)
        else:
            yield from steps

    def _steps(self) -> Iterator[State]:
        for (sender, receiver, kind), messages in self.channels.items():
            if messages:
                after = self.fork(f"{sender}>{receiver} {_short(messages[0])}", receiver)
                after.arrive(sender, receiver, kind)
                yield after
        for name, node in self.nodes.items():
            if node.up:
                yield from self._own_steps(name, node)
            else:
                after = self.fork(f"{name} restarts", name)
                after.restart(name)
                yield after
        deadline = self._next_deadline()
        if deadline is not None and self._time_may_pass():
            after = self.fork(f"{deadline} ms", *NAMES)
            after.slow -= self.slow > 0 and self._under_way
            after.pass_time(deadline)
            yield after
        yield from self._faults()

    @property
    def _under_way(self) -> bool:
        return any(self.channels.values()) or any(node.stage == "writing" for node in self.nodes.values())

    def _time_may_pass(self) -> bool:
        if self.policy == "allow":  # what is done gets through before the lock ends: otherwise it is as if cut off
            done = [sent for (_, _, kind), sent in self.channels.items() if kind == FACTS for _ in sent]
            done += [key for said in self.said.values() for key in said if key[0] == "release"]
            if done or any(node.stage == "writing" for node in self.nodes.values()):
                return False
        elif not self.slow and any(node.stage == "granted" for node in self.nodes.values()):
            return False  # so that somebody does get it
        return self.slow > 0 or not self._under_way

    def _own_steps(self, name: str, node: Node) -> Iterator[State]:
        if node.stage == "idle" and name in CLAIMANTS:
            after = self.fork(f"{name} wants", name)
            after.want(name)
            yield after
        elif node.stage == "granted":
            after = self.fork(f"{name} writes", name)
            after.write(name)
            yield after
        elif node.stage == "writing":
            after = self.fork(f"{name} stored", name)
            after.stored(name)
            yield after

    def _faults(self) -> Iterator[State]:
        if self.fault == "crash":
            for name, node in self.nodes.items():
                for stored in (False, True) if node.stage == "writing" else (False,):
                    after = self.fork(f"{name} crashes{', stored' if stored else ''}", *NAMES)
                    after.fault = "none"
                    after.crash(name, stored=stored)
                    yield after
        elif self.fault in ("cut", "apart"):
            pairs = (("a", "b"), ("a", "c"), ("b", "c"))
            for one, other in pairs if self.fault == "cut" else pairs[:1]:
                after = self.fork(f"{one}|{other}", one, other)
                after.fault = "none"
                after.cut(one, other)
                yield after
        elif self.fault == "revoke":
            after = self.fork("a is revoked", *NAMES)
            after.fault = "none"
            for name in ("b", "c"):
                after.nodes[name].revoked = frozenset({"a"})
            after.cut("a", "b", "c")
            yield after

    def _next_deadline(self) -> int | None:
        """The next moment at which time alone changes anything, by the clock of whoever it changes something for."""
        moments: list[int] = []
        for name, node in self.nodes.items():
            if not node.up:
                continue
            mine = []
            for own in node.claims._own.values():
                if own.state == "waiting":
                    mine += [own.began_ms + SILENT_MS, own.began_ms + GIVE_UP_MS]
                else:
                    mine.append(own.began_ms + USE_MS)
            for request in node.claims._requests.values():
                if request.member != name:
                    mine.append(request.expires_ms if request.locked else request.arrived_ms + GIVE_UP_MS)
            if node.claims.silent_until_ms > self.now_ms:
                mine.append(node.claims.silent_until_ms)
            moments += [moment for moment in mine if moment > self.now_ms]
        return min(moments, default=None)

    # --- what must hold ---------------------------------------------------------------

    def uses(self) -> set[str]:
        """Who has used it, on whichever disk."""
        return {name for name, node in self.nodes.items() if name in node.disk.known}

    def check(self) -> None:
        """At every moment."""
        if len(self.uses()) > 1 and (self.policy == "refuse" or self.nodes["a"].promisers & self.nodes["b"].promisers):
            raise Broken(f"used twice:{self.story()}")

    def check_end(self, *, smooth: bool) -> None:
        """Nothing can happen any more."""
        if smooth and not self.uses():
            raise Broken(f"nobody gets it:{self.story()}")
        for name in CLAIMANTS:
            if self.nodes[name].stage in ("waiting", "granted", "writing"):
                raise Broken(f"{name} is never answered:{self.story()}")
        locks = [name for name, node in self.nodes.items() if node.claims._locks]
        if locks:
            raise Broken(f"locked for ever at {locks}:{self.story()}")

    def story(self) -> str:
        """The history, a step a line."""
        steps, history = [], self.history
        while history:
            step, history = history
            steps.append(f"\n  {step}")
        return "".join(reversed(steps))

    def key(self) -> tuple[Any, ...]:
        """What makes two states the same: times count from now."""
        return (
            self.fault,
            self.slow,
            tuple(map(self.said.get, WAYS)),
            tuple([self._node_key(name, node) for name, node in self.nodes.items()]),
        )

    def _node_key(self, name: str, node: Node) -> tuple[Any, ...]:
        if node.key[0] != self.now_ms:
            node.key = (self.now_ms, self._look_at(name, node))
        return node.key[1]  # type: ignore[no-any-return]

    def _look_at(self, name: str, node: Node) -> tuple[Any, ...]:
        now, claims = self.now_ms, node.claims
        owns = tuple(
            (
                own.state,
                frozenset(own.asked),
                tuple(sorted((member, len(needed)) for member, needed in own.promised.items())),
                frozenset(own.deferred),
                frozenset(own.refused),
                frozenset(own.doubtful),
                own.writing,
                now - own.began_ms,
                own.waited_ms >= SILENT_MS,
            )
            for own in claims._own.values()
        )
        requests = tuple(
            sorted(
                (
                    request.member,
                    request.locked,
                    request.told_to_wait,
                    request.inquired,
                    now - (request.expires_ms if request.locked else request.arrived_ms)
                    if request.member != name
                    else 0,
                    request.released_at is not None,
                )
                for request in claims._requests.values()
            )
        )
        doubts = frozenset(claims._doubts._open.get(RESOURCE, {}).items())
        silent = max(0, claims.silent_until_ms - now)
        fixed = (node.stage, node.up, node.session, node.known, node.revoked, node.promisers)
        return (*fixed, len(claims._released), owns, requests, doubts, silent)


def _short(message: Any) -> str:
    return message[0] if isinstance(message, tuple) else str(message["t"])


def _frozen(message: Any) -> Any:
    if isinstance(message, tuple):
        return message
    return (message["t"], message["id"], tuple(sorted(message.get("positions", {}))), tuple(message.get("doubts", ())))


class Explored(msgspec.Struct, frozen=True):
    """What a search has seen. ``used``: final states in which the resource was used."""

    states: int
    steps: int
    ends: int
    used: int


def explore(fault: Fault, policy: Policy, *, slow: int, limit: int = 2_000_000) -> Explored:
    """Look at every state that can be reached; ``Broken`` for one that must not be.

    ``slow``: how often time may pass while something is under way. ``limit``: so many states at most; more are an
    error, so that a search is never taken for complete that is not.
    """
    core.STANDSTILL_MS, before = 1_000_000, core.STANDSTILL_MS
    gc.disable()
    try:
        return _explore(State(fault, policy, slow), limit)
    finally:
        gc.enable()
        core.STANDSTILL_MS = before


def _explore(first: State, limit: int) -> Explored:
    smooth = first.slow == 0 and first.fault == "none" and first.policy == "refuse"
    seen = {first.key()}
    todo = deque([first])
    steps = ends = used = 0
    while todo:
        state = todo.popleft()  # breadth first: what is found is as short as it can be
        at_end = True
        for after in state.next():
            at_end = False
            steps += 1
            after.check()
            key = after.key()
            if key not in seen:
                seen.add(key)
                if len(seen) > limit:
                    raise RuntimeError(f"more than {limit} states")
                todo.append(after)
        if at_end:
            state.check_end(smooth=smooth)
            ends += 1
            used += bool(state.uses())
    return Explored(len(seen), steps, ends, used)
