"""The enrolment desk against whoever has a code, or none: all messages get typed answers, and only a right one a place.

Anybody in the LAN who has seen a code can speak to the desk; a slot must go to nobody else for that.
"""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from replication import certificates, enrolment_desk
from replication.enrolment import join_network
from replication.enrolment_code import EnrolmentCode
from replication.enrolment_desk import MAX_FAILURES, MAX_MESSAGE_BYTES, Answer, Request, proof_of
from replication.identity import Identity, found_network
from replication.net import tls
from replication.net.websocket import ENROL_PATH
from tests.replication.running import Books, Running, new_id
from tests.replication.test_enrolment_desk import Desk

CODES = {"", "code_used", "code_expired", "code_unknown", "bad_request", "too_many", "not_authority", "not_offered"}
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC_KEY = certificates.raw_public(KEY.public_key())
MEMBER_ID = "12" * 16
DEEP = [
    b'{"x":' + b"[" * 8_000 + b"]" * 8_000 + b"}",
    b"[" * 16_000,
    b'{"a":' * 3_000,
    b'{"public_key":' + b"[" * 9_000,
]

odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.just("x" * 20_000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
key_texts = st.binary(max_size=40).map(msgspec.to_builtins) | st.just(msgspec.to_builtins(PUBLIC_KEY)) | odd
member_ids = st.sampled_from([MEMBER_ID, "", "../" * 9, "AB" * 16, "é" * 32, MEMBER_ID + "\n"]) | odd
shaped = st.fixed_dictionaries(
    {}, optional={"public_key": key_texts, "member_id": member_ids, "proof": key_texts, "more": odd}
).map(msgspec.json.encode)
messages = st.binary(max_size=200) | odd.map(msgspec.json.encode) | shaped | st.sampled_from(DEEP)


def right(bootstrap_certificate: bytes, member_id: str = MEMBER_ID, key: Ed25519PrivateKey = KEY) -> bytes:
    """The request of somebody who holds the key."""
    public_key = certificates.raw_public(key.public_key())
    proof = key.sign(proof_of(bootstrap_certificate, public_key, member_id))
    return msgspec.json.encode(Request(public_key, member_id, proof))


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return found_network(tmp_path_factory.mktemp("home"), "Messe", 1, "till", ids=lambda: uuid.uuid4().hex)


@given(st.lists(st.tuples(st.sampled_from(["two", "three", "stranger"]), messages), max_size=40), st.data())
def test_no_message_ends_in_anything_but_a_typed_answer_and_junk_binds_nobody(
    identity: Identity, said: list[tuple[str, bytes]], data: st.DataObject
) -> None:
    asyncio.run(_answers(identity, said, data))


async def _answers(identity: Identity, said: list[tuple[str, bytes]], data: st.DataObject) -> None:
    desk = Desk(identity)
    desk.fold(identity.founding_entries())
    codes = {"two": desk.release(2), "three": desk.release(3)}
    shown = {name: certificates.issue_bootstrap(code.bootstrap_key()) for name, code in codes.items()}
    shown["stranger"] = b"who knows"
    failed = dict.fromkeys(shown, 0)
    for name, message in said:
        answer = msgspec.json.decode(await desk.desk.answer(shown[name], message), type=Answer)
        failed[name] += 1
        assert answer.code == ("bad_request" if failed[name] <= MAX_FAILURES else "too_many")
        assert answer.reason
        assert (answer.certificate, answer.secrets) == (b"", b"")
    assert set(desk.roster.members) == {identity.member_id}
    # One byte of a right request changed, and it is a wrong one, or it is no request.
    name = data.draw(st.sampled_from(["two", "three"]))
    raw = bytearray(right(shown[name]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    answer = msgspec.json.decode(await desk.desk.answer(shown[name], bytes(raw)), type=Answer)
    assert answer.code in CODES
    joined = set(desk.roster.members) - {identity.member_id}
    assert joined == ({MEMBER_ID} if answer.certificate else set())  # white space alone changes nothing
    desk.now_ms += enrolment_desk.FAILURES_WINDOW_MS
    answer = msgspec.json.decode(await desk.desk.answer(shown[name], right(shown[name])), type=Answer)
    assert answer.code == ""
    assert desk.roster.members[MEMBER_ID].public_key == PUBLIC_KEY


# --- over a socket ---------------------------------------------------------------------------


@given(st.lists(messages | st.just(b"x" * (MAX_MESSAGE_BYTES * 2)) | st.none(), min_size=1, max_size=6))
@settings(max_examples=8)
def test_a_desk_on_the_line_survives_whoever_has_a_code_and_lets_the_right_one_in(
    tmp_path_factory: pytest.TempPathFactory, said: list[bytes | None]
) -> None:
    asyncio.run(_besieged(tmp_path_factory.mktemp("desk"), said))


async def _besieged(folder: Path, said: list[bytes | None]) -> None:
    identity = found_network(folder / "1", "Messe", 1, "till", ids=new_id)
    running = Running(folder / "1", identity, Books())
    await running.node.start()
    try:
        code = await running.code(2)
        async with asyncio.timeout(20):
            for message in said:
                answer = await _say(EnrolmentCode.parse(code), message)
                assert answer is None or answer.code == "bad_request"
            joined = await join_network(folder / "2", code, discovery=False)
        assert joined.member_id in running.node.roster.members
        assert len(running.node.roster.members) == 2
    finally:
        await running.stop()


async def test_guessing_over_the_line_is_answered_with_too_many_and_others_join(tmp_path: Path) -> None:
    identity = found_network(tmp_path / "1", "Messe", 1, "till", ids=new_id)
    running = Running(tmp_path / "1", identity, Books())
    await running.node.start()
    try:
        guessed, other = EnrolmentCode.parse(await running.code(2)), await running.code(3, "Kasse 3")
        codes = [answer.code for _ in range(MAX_FAILURES + 3) if (answer := await _say(guessed, b"{}")) is not None]
        assert codes == ["bad_request"] * MAX_FAILURES + ["too_many"] * 3
        assert (await join_network(tmp_path / "3", other, discovery=False)).member().till_no == 3
    finally:
        await running.stop()


async def _say(code: EnrolmentCode, message: bytes | None) -> Answer | None:
    """One talk; what was answered, None if the desk hung up. ``message`` None: nothing is said."""
    host, _, port = code.address.rpartition(":")
    try:
        async with connect(
            f"wss://{tls.SERVER_NAME}{ENROL_PATH}",
            host=host,
            port=int(port),
            ssl=tls.bootstrap_context(code.bootstrap_key()),
            server_hostname=tls.SERVER_NAME,
            proxy=None,
            compression=None,
            max_size=enrolment_desk.MAX_ANSWER_BYTES,
            close_timeout=1,
        ) as connection:
            await connection.recv(decode=False)
            if message is None:
                return None
            await connection.send(message)
            return msgspec.json.decode(await connection.recv(decode=False), type=Answer)
    except (ConnectionClosed, InvalidHandshake, ConnectionResetError):
        return None
