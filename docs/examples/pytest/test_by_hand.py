"""A test that is the client itself, in real time: what comes is expected, and a fault comes when the test says so."""

import os
import tty

import pytest

from simisp.testing import WrongClientError


@pytest.fixture(scope="module")
def port_of_all(simisp_session):
    with simisp_session("login.yaml", judged=False) as line:
        yield line.port


def test_the_line_goes_dead_in_the_middle(simisp):
    with simisp("login.yaml", judged=False) as line:
        port = os.open(line.port, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(port)
        os.write(port, b"ATDT5551234\r")
        line.expect("CONNECT", within=30)
        line.expect("Service?", within=30)
        line.inject("silence")
        os.write(port, b"p\r")
        with pytest.raises(WrongClientError):
            line.expect("Username:", within=0.2)
        os.close(port)
        line.assert_released(within=30)


def test_one_port_serves_several_tests(port_of_all):
    assert os.path.exists(port_of_all)
