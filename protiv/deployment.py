"""Requirements of a production start besides its secrets. Pure: each function says what is wrong, or None."""

import ipaddress
from email.utils import parseaddr
from urllib.parse import SplitResult, urlsplit

SMTP = "django.core.mail.backends.smtp.EmailBackend"
SEND_NOTHING = {
    f"django.core.mail.backends.{name}.EmailBackend" for name in ("console", "dummy", "locmem", "filebased")
}


def insecure_problem(name: str, *, is_on: bool) -> str | None:
    """Plain HTTP to any host is only for a sandbox on the same machine."""
    return f"{name} is for development only." if is_on else None


def hosts_problem(hosts: list[str]) -> str | None:
    """`*` matches any host, and `.com` nearly any; an address with a scheme or a port matches none."""
    if not hosts:
        return "ALLOWED_HOSTS is not set."
    for host in hosts:
        if "*" in host or (host.startswith(".") and "." not in host[1:]):
            return f"ALLOWED_HOSTS must list only your own hosts; {host!r} lets in others."
        if "/" in host or (":" in host and not host.startswith("[")):
            return f"ALLOWED_HOSTS takes host names only; {host!r} is more than that."
    return None


def site_url_problem(site_url: str, hosts: list[str]) -> str | None:
    """The product's own address, used for links in mail."""
    if not site_url:
        return "SITE_URL is not set."
    parts = _origin(site_url)
    if parts is None or parts.hostname is None:
        return "SITE_URL must be an https address without a path, such as https://app.example.com."
    if is_this_machine(parts.hostname):
        return "SITE_URL points at this machine; links in email wouldn't work."
    if not any(_takes(host.lower(), parts.hostname) for host in hosts):
        return f"SITE_URL is at {parts.hostname}, which is not in ALLOWED_HOSTS."
    return None


def mail_problem(*, backend: str, host: str | None) -> str | None:
    """Links that set a password must go to their recipient, not to a log."""
    if backend in SEND_NOTHING:
        return "EMAIL_URL is not set to a mail server, so no email would be sent."
    if backend == SMTP and not host:
        return "EMAIL_URL doesn't name a mail server."
    return None


def sender_problem(sender: str) -> str | None:
    """The sender of mail."""
    domain = parseaddr(sender)[1].rpartition("@")[2]
    if "." not in domain or is_this_machine(domain):
        return "DEFAULT_FROM_EMAIL needs an address of your domain, such as Protiv <bonus@example.com>."
    return None


def origins_problem(origins: list[str]) -> str | None:
    """Other origins whose forms are accepted."""
    for origin in origins:
        parts = _origin(origin)
        name = parts.hostname if parts else None
        if not name or "*" in name.removeprefix("*.") or (name.startswith("*.") and "." not in name[2:]):
            return f"CSRF_TRUSTED_ORIGINS: {origin!r} isn't an https origin of yours, such as https://app.example.com."
    return None


def proxies_problem(*, trusted: int, behind_proxy: bool) -> str | None:
    """How many proxies of ours each request has come through."""
    if trusted < 0:
        return "TRUSTED_PROXIES can't be negative."
    if behind_proxy and not trusted:
        return "BEHIND_PROXY is on, and TRUSTED_PROXIES is 0; every request would seem to come from the proxy."
    return None


def is_this_machine(host: str) -> bool:
    """Whether a name or an address refers to the local machine."""
    if host == "localhost" or host.endswith((".localhost", ".localdomain")):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _origin(url: str) -> SplitResult | None:
    """Whether this is an https URL with only scheme, host, and port."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises if the port is invalid
    except ValueError:
        return None
    return parts if f"https://{parts.netloc}" == url and "@" not in parts.netloc else None


def _takes(allowed: str, host: str) -> bool:
    """Like Django's ALLOWED_HOSTS: a leading dot matches the domain and its subdomains."""
    if allowed.startswith("."):
        return host == allowed[1:] or host.endswith(allowed)
    return host == allowed.strip("[]")
