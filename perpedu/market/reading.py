"""Files of rulebooks and tables as text and as plain parts, and what stops that, told by file."""

from __future__ import annotations

import json
from typing import Any

from ..theory.exact import refuse


def text_of(place: Any, file: str) -> str:
    """The text of a file in UTF-8.  ValueError names the file."""
    try:
        return place.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{file}: this is not text in UTF-8: {error.reason} at byte "
                         f"{error.start}") from None
    except OSError as error:  # a folder of that name, or no permission
        raise ValueError(f"{file}: this cannot be read: {error.strerror}") from None


def json_of(text: str, file: str) -> Any:
    """What a JSON text holds.  ValueError names the file."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{file}: this is not JSON: {error}") from None
    except RecursionError:
        raise _too_deep(file) from None


def yaml_of(text: str, file: str) -> Any:
    """What a YAML text holds, every number as text.  ValueError names the file.

    A text that is written out once and referred to again (&name, *name) is refused: a few such
    lines can stand for more than any memory holds.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        if "&" in text:
            _refuse_anchors(YAML(typ="base", pure=True).parse(text), file)
        return YAML(typ="base", pure=True).load(text)
    except YAMLError as error:
        raise ValueError(f"{file}: this is not YAML: {error}") from None
    except RecursionError:
        raise _too_deep(file) from None


def _refuse_anchors(events: Any, file: str) -> None:
    for event in events:
        if getattr(event, "anchor", None):
            raise ValueError(f"{file}, line {event.start_mark.line + 1}: anchors (&name) and "
                             "aliases (*name) are not read here: expected it written out")


def _too_deep(file: str) -> ValueError:
    return ValueError(f"{file}: this is nested too deeply to be read")


def as_text(where: str, value: Any) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise refuse(where, value, "one text")
    return value
