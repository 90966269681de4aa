"""The settings of the rate limits."""

from dataclasses import dataclass

from microblog.settings import readers as read
from microblog.settings.readers import Rate
from microblog.settings.setting import setting


@dataclass(frozen=True, kw_only=True)
class LimitSettings:
    """The rate limits."""

    reset_per_identifier: Rate = setting(
        "LIMIT_RESET_PER_IDENTIFIER",
        read.rate,
        "5/hour",
        meaning="Password reset emails to one account, requested from one IP range. Further requests are silently "
        "ignored.",
    )
    reset_per_account: Rate = setting(
        "LIMIT_RESET_PER_ACCOUNT",
        read.rate,
        "12/hour",
        meaning="Password reset emails to one account, whoever requests them. Further requests are silently ignored, "
        "except one in each half of `RESET_LINK_MINUTES`.",
    )
    reset_tries_per_account: Rate = setting(
        "LIMIT_RESET_TRIES_PER_ACCOUNT",
        read.rate,
        "20/hour",
        meaning="Attempts to set a new password with the reset links of one account.",
    )
    reset_per_client: Rate = setting(
        "LIMIT_RESET_PER_CLIENT", read.rate, "60/hour", meaning="Reset requests from one IP range."
    )
    reset_per_site: Rate = setting(
        "LIMIT_RESET_PER_SITE", read.rate, "2000/hour", meaning="Reset requests to the whole site."
    )
    recovery_code_per_identifier: Rate = setting(
        "LIMIT_RECOVERY_CODE_PER_IDENTIFIER",
        read.rate,
        "10/hour",
        meaning="Recovery code attempts for one name from one IP range.",
    )
    recovery_code_per_client: Rate = setting(
        "LIMIT_RECOVERY_CODE_PER_CLIENT", read.rate, "60/hour", meaning="Recovery code attempts from one IP range."
    )
    recovery_code_per_site: Rate = setting(
        "LIMIT_RECOVERY_CODE_PER_SITE", read.rate, "1000/hour", meaning="Recovery code attempts on the whole site."
    )
    second_address_per_identifier: Rate = setting(
        "LIMIT_SECOND_ADDRESS_PER_IDENTIFIER",
        read.rate,
        "5/hour",
        meaning="Emails to one address that confirm it as a backup email. Further requests are silently ignored.",
    )
    second_address_per_member: Rate = setting(
        "LIMIT_SECOND_ADDRESS_PER_MEMBER", read.rate, "10/hour", meaning="Backup emails that one member may enter."
    )
    sign_in_per_identifier: Rate = setting(
        "LIMIT_SIGN_IN_PER_IDENTIFIER",
        read.rate,
        "30/hour",
        meaning="Failed sign-ins for one name from one IP range, or from a known browser.",
    )
    sign_in_per_account: Rate = setting(
        "LIMIT_SIGN_IN_PER_ACCOUNT",
        read.rate,
        "100/hour",
        meaning="Failed sign-ins for one name from everywhere, except known browsers.",
    )
    sign_in_per_client: Rate = setting(
        "LIMIT_SIGN_IN_PER_CLIENT", read.rate, "300/hour", meaning="Sign-in attempts from one IP range."
    )
    sign_up_per_identifier: Rate = setting(
        "LIMIT_SIGN_UP_PER_IDENTIFIER",
        read.rate,
        "5/hour",
        meaning="Sign-up emails to one address, requested from one IP range; four times as many from everywhere. "
        "Further requests are silently ignored.",
    )
    sign_up_per_client: Rate = setting(
        "LIMIT_SIGN_UP_PER_CLIENT", read.rate, "60/hour", meaning="Sign-ups from one IP range."
    )
    sign_up_per_site: Rate = setting(
        "LIMIT_SIGN_UP_PER_SITE", read.rate, "1000/hour", meaning="Sign-ups to the whole site."
    )
    posts_per_member: Rate = setting("LIMIT_POSTS_PER_MEMBER", read.rate, "60/hour", meaning="Posts by one member.")
    follows_per_member: Rate = setting(
        "LIMIT_FOLLOWS_PER_MEMBER", read.rate, "200/hour", meaning="Follows and unfollows by one member."
    )
