"""The dial-up mail service: its schedule, its queue, and SMTP."""

from simisp.mail.config import CommandRetrieval, ServiceConfig
from simisp.mail.message import Message
from simisp.mail.schedule import AtTimes, Every, Never, Timetable, Weekly
from simisp.mail.service import Service, ServiceState
from simisp.mail.smtp_client import Etrn, SmtpClient, Turn
from simisp.mail.smtp_server import HostBehaviour, SmtpServer

__all__ = [
    "AtTimes",
    "CommandRetrieval",
    "Etrn",
    "Every",
    "HostBehaviour",
    "Message",
    "Never",
    "Service",
    "ServiceConfig",
    "ServiceState",
    "SmtpClient",
    "SmtpServer",
    "Timetable",
    "Turn",
    "Weekly",
]
