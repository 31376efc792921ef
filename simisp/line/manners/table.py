"""The table of bad manners."""

from __future__ import annotations

from collections.abc import Mapping

from simisp.line.manners import (
    blank_lines,
    cut_answers,
    deaf_to_commands,
    echo_after_reset,
    glued_lines,
    late_answers,
    late_echo,
    line_feeds_only,
    long_answers,
    no_carrier_to_d2,
    no_echo,
    octet_by_octet,
    prompt_without_line_end,
    prompt_without_space,
    reset_in_command,
    result_before_data,
    unknown_urc,
    urc_after_answer,
    urc_before_answer,
    urc_before_result,
    urc_inside_answer,
    urc_like_answer,
)
from simisp.line.manners.turn import MannerRow

__all__ = ["MANNERS"]

_ORDER = (
    urc_before_answer,
    urc_inside_answer,
    urc_before_result,
    urc_after_answer,
    unknown_urc,
    urc_like_answer,
    result_before_data,
    line_feeds_only,
    blank_lines,
    glued_lines,
    cut_answers,
    octet_by_octet,
    late_echo,
    no_echo,
    echo_after_reset,
    prompt_without_space,
    prompt_without_line_end,
    long_answers,
    deaf_to_commands,
    late_answers,
    reset_in_command,
    no_carrier_to_d2,
)

MANNERS: Mapping[str, MannerRow] = {module.ROW.name: module.ROW for module in _ORDER}
"""Every manner, by name. ``docs/manners.md`` is made from it."""
