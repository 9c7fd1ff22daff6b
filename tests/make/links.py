"""What a person finds in a mail."""

import re


def link_in(message):
    return re.search(r"https?://[^/\s]+(/password-reset/[^/\s]+/[^/\s]+/)", message.body)[1]
