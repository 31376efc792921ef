"""Files as users write them: a phone book, one of Windows NT, and the mail service's settings.

Their readers are tested with them, and the fuzz targets begin from them.
"""

from __future__ import annotations

__all__ = ["EVERY_MAIL_KEY", "EVERY_PHONEBOOK_KEY", "RASPHONE", "SHORTEST_MAIL"]

SHORTEST_MAIL = "entry: OzEmail\nphonebook: book.yaml\nschedule: {every: 15m}\n"
EVERY_MAIL_KEY = """\
entry: ozemail
phonebook: book.yaml
schedule: {weekly: {monday: ["8:00"], friday: ["08:00", "17:30"]}}
weekend: {daily: ["12:00"]}
queued_for: 10m
time_out: 90s
retrieval: {etrn: [example.net]}
host: mail.isp.example
port: 2525
name: alice.example
messages_per_session: 8
on_give_up: end
queue: /var/spool/out
inbox: in
events: log
listen: 2526
"""
EVERY_PHONEBOOK_KEY = """\
OzEmail:
  number: "5551234"
  alternatives: ["5554321"]
  port: /dev/ttyS0
  init: [ATZ, ATM0]
  dial: ATDP
  script: {file: switch.inf, section: Generic login}
  user: alice
  password_file: secret
  protocol: slip
  redials: 3
  redial_pause: 20s
  answer_wait: 45s
  patience: forever
  idle_hang_up: 5m
Home:
  number: "1"
  port: /dev/ttyS1
  script: {command: [chat, -v, no, on, "1:30"]}
Plain: {number: "2", port: x, script: a.scp, init: ATZ}
"""
RASPHONE = """\
[OzEmail]
Description=Sydney
DialParamsUID=46968
BaseProtocol=1
RedialAttempts=3
RedialSeconds=20
IdleDisconnectSeconds=300
MEDIA=serial
Port=COM2
Device=Standard Modem
ConnectBPS=57600

DEVICE=modem
PhoneNumber=5551234
PhoneNumber=5554321
PromoteHuntNumbers=0

DEVICE=switch
Type=C:\\WINNT\\system32\\ras\\ozemail.scp
"""
