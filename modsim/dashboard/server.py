"""Serving the page: settings that keep everything on this machine, and what Solara's own page lacks."""

import os
import re
import signal
import sys
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

# No file is asked for elsewhere: what is not here fails at once. Nothing is reported to anybody.
ENVIRONMENT = {
    "SOLARA_ASSETS_CDN": "http://127.0.0.1:9/",
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_THEME_SHOW_BANNER": "False",
    "SOLARA_ASSETS_FONTAWESOME_ENABLED": "False",
    "SOLARA_KERNEL_CULL_TIMEOUT": "15m",
    "SOLARA_MODE": "production",
}
_SECONDS_TO_PING = 5  # a visitor whose network is gone sends no goodbye
# Solara compiles templates in the browser, which takes 'unsafe-eval'.
SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' blob:; worker-src 'self' blob:; "
    "frame-ancestors 'self'; base-uri 'self'; form-action 'self'"
)


def prepare() -> None:
    """Set what Solara reads when it is imported."""
    os.environ.update(ENVIRONMENT)
    os.environ.setdefault("SOLARA_APP", "modsim.dashboard.app")


def quieten() -> None:
    """The same settings for a Solara that is running already, as far as it reads them later."""
    import solara.server.settings as server
    import solara.settings

    solara.settings.assets.cdn = ENVIRONMENT["SOLARA_ASSETS_CDN"]
    server.telemetry.mixpanel_enable = False
    server.theme.show_banner = False
    server.assets.fontawesome_enabled = False
    server.kernel.cull_timeout = ENVIRONMENT["SOLARA_KERNEL_CULL_TIMEOUT"]


class WholePage:
    """An ASGI application around Solara's that mends its page: language, zoom, and a security policy.

    It refuses what the pages of other sites make a visitor's browser ask for, reading apart.
    """

    def __init__(self, app: Any):
        self.app = app

    async def __call__(self, scope: dict, receive: "Callable[[], Awaitable]", send: "Callable[[Any], Awaitable]"):
        if comes_from_elsewhere(scope):
            await _refuse(scope, receive, send)
            return
        try:
            await self._answer(scope, receive, send)
        except Exception as error:  # junk of one visitor: one line, and the connection is over
            what = f"{type(error).__name__}: {error}".splitlines()[0][:200]
            print(f"A request for {scope.get('path', '')[:100]!r} could not be answered ({what}).", file=sys.stderr)
            with suppress(Exception):  # an answer may have begun
                await _refuse(scope, receive, send, 500, b"This could not be answered.")

    async def _answer(self, scope: dict, receive: "Callable[[], Awaitable]", send: "Callable[[Any], Awaitable]"):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # the page must come as plain text to be mended
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        wants_page = not scope["path"].startswith(("/static/", "/_solara/", "/jupyter/"))
        held: dict[str, Any] = {}

        async def mend(message: dict) -> None:
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                if headers.get(b"content-type", b"").startswith(b"text/html") and b"content-encoding" not in headers:
                    held["start"], held["body"] = message, b""
                    return
            elif message["type"] == "http.response.body" and held:
                held["body"] += message.get("body", b"")
                if message.get("more_body"):
                    return
                body = mended(held["body"].decode()).encode()
                own = (b"content-length", b"content-security-policy")
                kept = [(n, v) for n, v in held["start"]["headers"] if n.lower() not in own]
                kept.append((b"content-length", str(len(body)).encode()))
                kept.append((b"content-security-policy", SECURITY_POLICY.encode()))
                await send({**held["start"], "headers": kept})
                await send({"type": "http.response.body", "body": body})
                return
            await send(message)

        await self.app({**scope, "headers": plain} if wants_page else scope, receive, mend)


def comes_from_elsewhere(scope: dict) -> bool:
    """Whether a page of another site opens a socket or sends something here; programs, which name no site, may."""
    acts = scope["type"] == "websocket" or scope.get("method") not in (None, "GET", "HEAD", "OPTIONS")
    headers = {name.lower(): value.decode("latin-1") for name, value in scope.get("headers", [])}
    if not acts or b"origin" not in headers:
        return False
    try:
        site = urlsplit(headers[b"origin"]).netloc
    except ValueError:
        return True
    return not site or site.lower() != headers.get(b"host", "").lower()


async def _refuse(
    scope: dict, receive: "Callable[[], Awaitable]", send: "Callable[[Any], Awaitable]",
    status: int = 403, words: bytes = b"This page answers only its own site.",
) -> None:  # fmt: skip
    if scope["type"] == "websocket":
        if status == 403:
            await receive()
        await send({"type": "websocket.close", "code": 1008 if status == 403 else 1011})
        return
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(words)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})


def mended(page: str) -> str:
    """Solara's page with a language, and with zoom left to the visitor."""
    page = re.sub(r"<html(?![^>]*\blang=)", '<html lang="en-GB"', page, count=1)
    page = re.sub(r"<title>.*?</title>", "<title>modsim</title>", page, count=1, flags=re.DOTALL)
    return page.replace(", maximum-scale=1, user-scalable=no, minimal-ui", "")


def serve(host: str, port: int, ready: "Callable[[str], None]") -> None:
    """Serve the page until it is stopped; `ready` is called with the address once it can be opened."""
    prepare()
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")  # true of any page without HTTPS
    import uvicorn

    from modsim.dashboard import answers
    from modsim.dashboard.page import USUAL, full_usual, preset_scenarios
    from modsim.dashboard.workshop import Workshop

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the processes are ended too
    workshop = Workshop()
    try:
        answers.use_workshop(workshop)
        workshop.keep([full_usual(), *preset_scenarios()])
        workshop.ask(full_usual(), USUAL)  # the first visitor finds the first picture ready

        import solara.server.starlette

        class Server(uvicorn.Server):
            async def startup(self, sockets=None) -> None:
                await super().startup(sockets)
                if self.started:
                    local = host in ("127.0.0.1", "0.0.0.0", "::")
                    ready(f"http://{'localhost' if local else f'[{host}]' if ':' in host else host}:{port}")

        config = uvicorn.Config(
            WholePage(solara.server.starlette.app), host=host, port=port, log_level="critical", ws_max_size=20_000_000,
            ws_ping_interval=_SECONDS_TO_PING, ws_ping_timeout=2 * _SECONDS_TO_PING,
        )  # fmt: skip
        Server(config).run()
    finally:
        workshop.close()
        sys.stdout.flush()
