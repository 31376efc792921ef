"""The lint rules for chat scripts, one module each.

Codes below CHAT100 are about what chat reads otherwise than its author meant; from CHAT101 on about time, from CHAT201
on about ABORT texts, from CHAT301 on about what is expected and sent, from CHAT401 on about secrets, from CHAT501 on
about the modem.
"""

from simisp.chat.rules import (
    abort_within_expected,
    byte_order_mark,
    c_in_the_middle,
    capital_of_prompt,
    clear_of_nothing,
    comment_in_line,
    cut_line,
    dial_before_reset,
    eight_bit_text,
    empty_abort,
    endless_time_out,
    escape_when_expected,
    keyword_in_lower_case,
    late_abort,
    literal_password,
    longer_than_give_up,
    no_abort,
    no_time_for_connect,
    nothing_expected,
    out_of_step,
    password_in_log,
    password_shown,
    return_into_ppp,
    send_longer_than_time_out,
    text_too_long,
    time_out_counts_as_success,
    time_out_without_number,
    unterminated_quote,
    windows_line_ends,
)
from simisp.chat.rules.rule import ChatRule

__all__ = ["CHAT_RULES"]

CHAT_RULES: tuple[ChatRule, ...] = (
    unterminated_quote.RULE,
    text_too_long.RULE,
    windows_line_ends.RULE,
    byte_order_mark.RULE,
    comment_in_line.RULE,
    out_of_step.RULE,
    keyword_in_lower_case.RULE,
    cut_line.RULE,
    no_time_for_connect.RULE,
    endless_time_out.RULE,
    time_out_without_number.RULE,
    send_longer_than_time_out.RULE,
    time_out_counts_as_success.RULE,
    longer_than_give_up.RULE,
    no_abort.RULE,
    late_abort.RULE,
    abort_within_expected.RULE,
    empty_abort.RULE,
    clear_of_nothing.RULE,
    nothing_expected.RULE,
    return_into_ppp.RULE,
    eight_bit_text.RULE,
    capital_of_prompt.RULE,
    escape_when_expected.RULE,
    c_in_the_middle.RULE,
    password_in_log.RULE,
    literal_password.RULE,
    password_shown.RULE,
    dial_before_reset.RULE,
)
"""All rules, in the order of their codes."""
