"""A kernel of this Python, for measurements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

LIMIT = 120  # seconds that a slow machine may take for one answer


@contextmanager
def kernel() -> Iterator[Any]:
    """A client of a fresh kernel that is ready; the kernel ends with the block."""
    manager = KernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    manager.start_kernel(extra_arguments=["--log-level=ERROR"])
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=LIMIT)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def answers(client: Any, sent: str) -> list[dict[str, Any]]:
    """All that the kernel publishes in answer to a message, until it is idle again."""
    found = []
    while True:
        message = client.get_iopub_msg(timeout=LIMIT)
        if message["parent_header"].get("msg_id") != sent:
            continue
        found.append(message)
        if message["content"].get("execution_state") == "idle":
            return found
