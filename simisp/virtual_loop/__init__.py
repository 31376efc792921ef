"""An asyncio loop in virtual time: its clock moves on when the loop is idle."""
