"""Show the built site on a port of this machine."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

from . import OUT, Refused

PORT = 8800


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder, nothing in the log."""

    def log_message(self, *_: object) -> None:
        pass


class Patient(ThreadingHTTPServer):
    """A server that says nothing of readers who leave before all is sent."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def served(folder: Path, port: int = 0) -> Iterator[str]:
    """The address of a server for `folder`, as long as the `with` lasts."""
    server = Patient(("127.0.0.1", port), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def serve(port: int = PORT, folder: Path = OUT) -> None:
    """Serve the site until Ctrl-C.  Refused where it is not built, or the port is taken."""
    if not (folder / "index.html").exists():
        raise Refused("There is no site yet: make site")
    try:
        with served(folder, port) as address:
            print(f"The site is at {address} (Ctrl-C stops it).", flush=True)
            _wait()
    except OSError as error:
        raise Refused(f"Port {port} cannot be used ({error.strerror}): make serve PORT=8801")


def _wait() -> None:
    try:
        Event().wait()
    except KeyboardInterrupt:
        print()
