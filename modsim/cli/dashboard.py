"""`modsim dashboard`: the policymaker's page."""

import socket
import sys
from typing import Annotated

import typer

from modsim.cli.common import compile_first, refuse

EXAMPLES = "\b\nExamples:\n  modsim dashboard\n  modsim dashboard --port 9000\n  modsim dashboard --host 0.0.0.0"


def dashboard(
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 opens the page to the network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8765,
) -> None:
    """Open the page with sliders in this machine's browser. Nothing is sent anywhere; Ctrl-C ends it."""
    from importlib.util import find_spec

    if find_spec("solara") is None:
        refuse(["The page needs Solara, which is not installed: `uv sync --extra dashboard`, or pip install "
                "'modsim[dashboard]'"])  # fmt: skip
    if not host.strip():
        refuse(["--host is empty; give an address such as 127.0.0.1"])
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        reason = error.strerror or str(error)
        refuse([f"{host}, port {port}: cannot be listened on ({reason}); give another with --host or --port"])

    def ready(address: str) -> None:
        print(f"The page is at {address} (Ctrl-C ends it).", flush=True)

    compile_first()
    print("Starting …", file=sys.stderr, flush=True)
    try:
        from modsim.dashboard.server import serve

        serve(host, port, ready)
    except FileNotFoundError as error:
        refuse([str(error)])
    except KeyboardInterrupt:
        pass
