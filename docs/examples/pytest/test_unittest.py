"""The same for a project that uses unittest: `python -m unittest test_unittest.py`."""

import os
import tty

from simisp.testing import SimispTestCase


class DiallerTest(SimispTestCase):
    def test_the_modem_answers(self):
        with self.simisp("login.yaml", judged=False) as line:
            port = os.open(line.port, os.O_RDWR | os.O_NOCTTY)
            tty.setraw(port)
            os.write(port, b"AT\r")
            line.expect("OK", within=30)
            os.close(port)
            line.assert_released(within=30, allow_unopened=True)
