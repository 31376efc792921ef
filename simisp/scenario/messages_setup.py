"""From the section of messages to the configuration of the modem. Loaded only if there is one."""

from __future__ import annotations

from collections.abc import Callable

from simisp.cellular.messaging.alone import MessagingAlone
from simisp.cellular.messaging.service import IncomingMessage, MessagingConfig
from simisp.modem.subsystem import ModemSubsystem
from simisp.scenario.messages import MessagesSection

__all__ = ["messaging_config", "messaging_maker"]


def messaging_maker(section: MessagesSection) -> Callable[[], ModemSubsystem]:
    """Return what makes the subsystem of a modem that has messages and nothing else of a cellular one."""
    config = messaging_config(section)
    return lambda: MessagingAlone(config)


def messaging_config(section: MessagesSection) -> MessagingConfig:
    """Return what a section says of messages."""
    return MessagingConfig(
        {str(name): places for name, places in section.memories.items()},
        section.first_index,
        section.service_centre,
        tuple(
            IncomingMessage(message.sender, message.text, message.at, message.message_class)
            for message in section.arriving
        ),
        section.send_takes,
        section.report_after,
        section.report_status,
    )
