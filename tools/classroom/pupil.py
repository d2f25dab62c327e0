"""A student on a hub, as a browser would be: log in, press nbgrader's buttons, write, save."""

from __future__ import annotations

import time
from typing import Any

import requests

from . import ASSIGNMENT, COURSE

PATIENCE = 180
NOTEBOOK = f"{ASSIGNMENT}/{ASSIGNMENT}.ipynb"


class Pupil:
    """A student with a browser session of their own. Everything raises RuntimeError on failure."""

    def __init__(self, address: str, name: str) -> None:
        self.address, self.name = address, name
        self.own = f"{address}/user/{name}"
        self.web = requests.Session()

    def log_in(self) -> None:
        """Fill in the form of the login page."""
        page = f"{self.address}/hub/login"
        _good(self.web.get(page, timeout=60))
        form = {"username": self.name, "password": "", "_xsrf": self._token("/hub/")}
        _good(self.web.post(page, data=form, timeout=60, params={"next": "/hub/home"}))

    def start(self) -> None:
        """Start the student's server, and wait until its page is there."""
        self.web.get(f"{self.address}/hub/spawn/{self.name}", timeout=PATIENCE)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            page = self.web.get(f"{self.own}/tree", timeout=60)
            if page.ok and page.url.startswith(self.own):
                return
            time.sleep(1)
        raise RuntimeError(f"The server of {self.name} did not start: {page.url} {page.status_code}")

    def assignments(self) -> list[dict[str, Any]]:
        """What nbgrader's list of assignments shows."""
        return self._listed(self.web.get(f"{self.own}/assignments", timeout=60,
                                         params={"course_id": COURSE}))

    def press(self, action: str) -> list[dict[str, Any]]:
        """One of the buttons of that list: fetch, submit, fetch_feedback."""
        asked = {"course_id": COURSE, "assignment_id": ASSIGNMENT}
        return self._listed(self.web.post(f"{self.own}/assignments/{action}", data=asked,
                                          headers=self._own_token(), timeout=120))

    def read(self, path: str) -> Any:
        """The content of a file, as the file browser gets it."""
        got = self.web.get(f"{self.own}/api/contents/{path}", timeout=60)
        return _good(got).json()["content"]

    def save(self, path: str, content: Any) -> None:
        """Save a notebook."""
        body = {"type": "notebook", "format": "json", "content": content}
        _good(self.web.put(f"{self.own}/api/contents/{path}", json=body, timeout=60,
                           headers=self._own_token()))

    def feedback(self) -> str:
        """The page that came back, the latest one."""
        folder = f"{ASSIGNMENT}/feedback"
        latest = max(entry["name"] for entry in self.read(folder))
        return self.read(f"{folder}/{latest}/{ASSIGNMENT}.html")

    def may_see(self, other: str) -> bool:
        """Whether this student gets at the files of another one."""
        got = self.web.get(f"{self.address}/user/{other}/api/contents", timeout=60)
        return got.ok and "content" in got.text

    def _listed(self, got: requests.Response) -> list[dict[str, Any]]:
        said = _good(got).json()
        if not said["success"]:
            raise RuntimeError(f"nbgrader of {self.name}: {said['value']}")
        return said["value"]

    def _own_token(self) -> dict[str, str]:
        return {"X-XSRFToken": self._token(f"/user/{self.name}/")}

    def _token(self, path: str) -> str:
        return next(one.value or "" for one in self.web.cookies
                    if one.name == "_xsrf" and one.path == path)


def _good(got: requests.Response) -> requests.Response:
    if not got.ok:
        raise RuntimeError(f"{got.request.method} {got.url}: {got.status_code} {got.text[-500:]}")
    return got
