"""The lint rules for dial-up scripts, one module each.

Codes below SCP100 are mistakes that keep a script from running; those from SCP101 on make it hang; those from SCP201 on
make it fragile, or deserve a note.
"""

from simisp.scp.rules import (
    bad_address,
    case_of_prompt,
    credentials_not_raw,
    credentials_without_return,
    doubtful_string,
    endless_loop,
    failure_starts_ppp,
    getip_in_string,
    getip_without_limit,
    halt_unattended,
    literal_password,
    longer_than_give_up,
    met_too_early,
    missing_endif,
    missing_endproc,
    missing_endwhile,
    other_procedure,
    port_not_restored,
    sequence_sent_raw,
    shadowed_string,
    stray_end,
    success_before_wait,
    too_many_paths,
    unreachable_code,
    untested_wait,
    unused_label,
    unused_variable,
    unusual_spelling,
    wait_without_limit,
)
from simisp.scp.rules.rule import DEFAULT_LIMITS, Finding, Rule, Settings, Subject

__all__ = ["DEFAULT_LIMITS", "RULES", "Finding", "Rule", "Settings", "Subject"]

RULES: tuple[Rule, ...] = (
    missing_endif.RULE,
    missing_endwhile.RULE,
    missing_endproc.RULE,
    stray_end.RULE,
    wait_without_limit.RULE,
    untested_wait.RULE,
    halt_unattended.RULE,
    getip_without_limit.RULE,
    endless_loop.RULE,
    credentials_not_raw.RULE,
    credentials_without_return.RULE,
    port_not_restored.RULE,
    failure_starts_ppp.RULE,
    longer_than_give_up.RULE,
    case_of_prompt.RULE,
    literal_password.RULE,
    doubtful_string.RULE,
    unreachable_code.RULE,
    unused_label.RULE,
    unused_variable.RULE,
    other_procedure.RULE,
    met_too_early.RULE,
    getip_in_string.RULE,
    bad_address.RULE,
    sequence_sent_raw.RULE,
    success_before_wait.RULE,
    unusual_spelling.RULE,
    shadowed_string.RULE,
    too_many_paths.RULE,
)
"""All rules, in the order of their codes."""
