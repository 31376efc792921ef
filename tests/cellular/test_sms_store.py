"""The store of messages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simisp.cellular.sms.store import MessageMemory, MessageState, MessageStore, StoredMessage


def message(state: MessageState = MessageState.REC_UNREAD) -> StoredMessage:
    """Return a message with little in it."""
    return StoredMessage(b"\0\1\2", 2, state)


def test_places_are_taken_from_the_first_on_and_freed_ones_again() -> None:
    memory = MessageMemory("SM", 3)

    assert [memory.add(message()) for _ in range(4)] == [1, 2, 3, None]
    memory.delete(2)
    assert (memory.used, memory.is_full, memory.add(message()), memory.used) == (2, False, 2, 3)


def test_places_may_be_counted_from_zero() -> None:
    memory = MessageMemory("ME", 2, first=0)

    assert (memory.add(message()), memory.has_place(0), memory.has_place(2)) == (0, True, False)


def test_deleting_by_state_keeps_the_others() -> None:
    memory = MessageMemory("SM", 4)
    for state in MessageState:
        memory.add(message(state))

    memory.delete_all(MessageState.REC_READ, MessageState.STO_SENT)

    assert [(index, kept.state) for index, kept in memory.messages()] == [
        (1, MessageState.REC_UNREAD),
        (3, MessageState.STO_UNSENT),
    ]


def test_the_unit_of_a_stored_message_stands_behind_its_service_centre() -> None:
    assert message().tpdu == b"\1\2"


def test_the_memories_are_apart() -> None:
    store = MessageStore({"SM": 1, "ME": 2})
    store.memory("SM").add(message())

    assert (store.names, store.memory("SM").used, store.memory("ME").used) == (("SM", "ME"), 1, 0)


@given(st.lists(st.integers(-1, 6)))
def test_what_is_counted_is_what_is_there(deeds: list[int]) -> None:
    memory = MessageMemory("SM", 5)
    for deed in deeds:
        if deed < 0:
            memory.add(message())
        else:
            memory.delete(deed)

        assert memory.used == len(list(memory.messages())) <= 5
        assert all(memory.has_place(index) for index, _ in memory.messages())
