"""Dates as an iCalendar file (RFC 5545): whole days, lines folded at 75 bytes, text escaped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Response

LINE = 75  # bytes of a line; what is longer goes on in the next one


@dataclass(frozen=True)
class Event:
    """Something on a whole day; the last day is the first that does not belong to it, as the format has it."""

    uid: str
    first: date
    last: date
    title: str
    text: str
    done: bool


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 bytes, never cut inside a character."""
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > LINE:
            yield piece
            piece = " "
        piece += letter
    yield piece


def _lines(title: str, events: Sequence[Event], now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Caitu//orders//ZH", f"X-WR-CALNAME:{_escaped(title)}")
    for event in events:
        yield from ("BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
                    f"DTSTART;VALUE=DATE:{event.first:%Y%m%d}", f"DTEND;VALUE=DATE:{event.last:%Y%m%d}",
                    f"SUMMARY:{_escaped(event.title)}", f"DESCRIPTION:{_escaped(event.text)}", "TRANSP:TRANSPARENT")
        if not event.done:
            yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_escaped(event.title)}", "TRIGGER:-P1D",
                        "END:VALARM")
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def calendar_answer(title: str, events: Sequence[Event], now: datetime, name: str) -> Response:
    """The file as a download."""
    body = "".join(f"{piece}\r\n" for line in _lines(title, events, now) for piece in _folded(line))
    answer = Response(body, mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return answer
