"""Who may open a port."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from simisp.endpoints.access import PortAccess
from simisp.endpoints.base import PortLinkGone
from simisp.endpoints.pty import PtyEndpoint
from simisp.endpoints.unix import unix_endpoint
from simisp.errors import EndpointError
from support.own_descriptors import descriptors

needs_root = pytest.mark.skipif(os.getuid() != 0, reason="only root gives a port away")


def test_the_mode_is_that_of_the_node(tmp_path: Path) -> None:
    endpoint = PtyEndpoint(tmp_path / "modem", access=PortAccess(mode=0o664))
    assert stat.S_IMODE(Path(endpoint.node).stat().st_mode) == 0o664
    endpoint.close()


@needs_root
@pytest.mark.parametrize(("owner", "group"), [("nobody", "daemon"), ("65534", "1"), ("nobody", None), (None, "daemon")])
def test_the_port_belongs_to_whom_it_is_given(owner: str | None, group: str | None, tmp_path: Path) -> None:
    endpoint = PtyEndpoint(tmp_path / "modem", access=PortAccess(0o660, owner, group))
    status = Path(endpoint.path).stat()
    endpoint.close()
    assert (status.st_uid == 65534) is (owner is not None)
    assert (status.st_gid == 1) is (group is not None)
    assert stat.S_IMODE(status.st_mode) == 0o660


@pytest.mark.parametrize("make", [PtyEndpoint, unix_endpoint])
@pytest.mark.parametrize(
    ("access", "message"),
    [
        (PortAccess(owner="nobody-of-this-name"), "there is no user 'nobody-of-this-name'"),
        (PortAccess(group="no-group-of-this-name"), "there is no group 'no-group-of-this-name'"),
        (PortAccess(owner="\0"), "there is no user"),
        (PortAccess(mode=0o1777), "1777 is not a mode"),
    ],
)
def test_what_cannot_be_given_is_told_and_leaves_nothing(
    access: PortAccess, message: str, make: Callable[..., object], tmp_path: Path
) -> None:
    before = descriptors()
    with pytest.raises(EndpointError, match=message):
        make(str(tmp_path / "modem"), access=access)
    assert descriptors() == before
    assert not os.path.lexists(tmp_path / "modem")


@pytest.mark.parametrize(
    ("access", "message"),
    [
        (PortAccess(owner="nobody-of-this-name"), "an abstract socket has no owner and no group"),
        (PortAccess(mode=0o666, group="0"), "an abstract socket has no owner and no group"),
        (PortAccess(mode=0o1777), "1777 is not a mode"),
    ],
)
def test_an_abstract_socket_lets_nobody_in_whom_its_mode_does_not(access: PortAccess, message: str) -> None:
    before = descriptors()
    with pytest.raises(EndpointError, match=message):
        unix_endpoint(f"@simisp-{os.getpid()}", access=access)
    assert descriptors() == before


def test_who_may_not_give_a_port_away_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", refused)
    with pytest.raises(EndpointError, match="owner can't be changed") as caught:
        PtyEndpoint(tmp_path / "modem", access=PortAccess(owner="0"))
    assert "only root" in caught.value.remedy


@pytest.mark.parametrize("how", ["removed", "renamed", "replaced"])
def test_a_link_that_is_gone_is_told_once(how: str, tmp_path: Path) -> None:
    endpoint = PtyEndpoint(tmp_path / "modem")
    link = tmp_path / "modem"
    if how == "removed":
        link.unlink()
    elif how == "renamed":
        link.rename(tmp_path / "other")
    else:
        (tmp_path / "new").symlink_to("/dev/null")
        (tmp_path / "new").rename(link)
    assert list(endpoint.receive()) == [PortLinkGone(str(link))]
    assert list(endpoint.receive()) == []
    endpoint.close()
    assert os.path.lexists(link) is (how == "replaced"), "what is not ours stays"
