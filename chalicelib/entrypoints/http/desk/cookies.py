"""The cookies of the desk. `__Host-` cookies are sent to this host alone, over TLS, and no page can read them."""

from http.cookies import CookieError, SimpleCookie

from chalice.app import Request

SESSION = "__Host-desk"
SIGN_IN = "__Host-desk-sign-in"
LANGUAGE = "__Host-desk-language"
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Lax"


def read(request: Request, name: str) -> str | None:
    """The value of a cookie; None without it."""
    try:
        cookies = SimpleCookie(request.headers.get("cookie", ""))
    except CookieError:
        return None
    return cookies[name].value if name in cookies else None


def written(name: str, value: str, seconds: int) -> str:
    """The header that stores a cookie for some seconds; for none, it removes it."""
    return f"{name}={value}; Max-Age={seconds}; {_ATTRIBUTES}"
