"""E-mail messages: subject, people and date, the body, then what is attached, one level deep."""

import re
from collections.abc import Sequence
from datetime import date
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime
from typing import cast

from selectolax.lexbor import LexborHTMLParser

from bidproof.core.errors import UnreadableFile
from bidproof.core.records import BlockKind
from bidproof.documents.boilerplate import is_mail_notice
from bidproof.documents.builder import TextBuilder
from bidproof.documents.clean import clean_line
from bidproof.documents.dates import plausible_date
from bidproof.documents.protocol import Reading, SourceFile, open_reader, open_source
from bidproof.documents.readers.html.reader import add_html
from bidproof.documents.readers.text import add_plain_text

_SHOWN = ("From", "To", "Cc", "Date")
_MAX_HEADER_CHARS = 2_000
_MAX_ATTACHMENTS = 50
_SIGNATURE = re.compile(r"^-- ?\r?$\n((?:[^\n]*\S[^\n]*(?:\n|\Z)){1,12})", re.MULTILINE)


class _ShortHeaders(EmailPolicy):
    """Parses the beginning of a header: the whole of a long one takes time that grows with its square."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return super().header_fetch_parse(name, value[:_MAX_HEADER_CHARS])


_SHORT_HEADERS = _ShortHeaders()


class EmailReader:
    """Reads ``.eml``."""

    def read(self, file: SourceFile) -> Reading:
        """Read a message; its title is the subject.

        Raises:
            UnreadableFile: The message cannot be taken apart.
        """
        try:
            message = cast("EmailMessage", message_from_bytes(file.data, policy=_SHORT_HEADERS))
            return _read(message, file)
        except (MessageError, LookupError, ValueError, AttributeError) as error:
            raise UnreadableFile(
                f"cannot read {file.name!r}: found a damaged message ({error}), expected an e-mail",
                hint="save the message again from the mail program",
                code="corrupt-file",
            ) from error


def _read(message: EmailMessage, file: SourceFile) -> Reading:
    builder = TextBuilder(file.settings)
    subject = _add_message(builder, message, level=1)
    left: list[str] = []
    for place, part in enumerate(message.iter_attachments()):
        if place >= _MAX_ATTACHMENTS:
            left.append(_name(part))
        elif (inner := _attached_message(part)) is not None:
            _add_message(builder, inner, level=2, label="Attached message")
            left += map(_name, inner.iter_attachments())
        else:
            left += _add_file(builder, part, file)
    return builder.reading(
        title=subject,
        written=_written(message),
        warnings=(f"attachments not read: {', '.join(left)}",) if left else (),
    )


def _add_message(builder: TextBuilder, message: EmailMessage, *, level: int, label: str = "") -> str:
    """Add a message's head and body; gives its subject."""
    subject = clean_line(str(message.get("Subject", "")))
    if heading := ": ".join(filter(None, (label, subject))):
        builder.heading(heading, level=level)
    builder.lines([f"{name}: {message[name]}" for name in _SHOWN if message[name]], BlockKind.PARAGRAPH)
    body = message.get_body(preferencelist=("plain", "html"))
    if body is not None:
        content = body.get_content()
        first = len(builder.blocks)
        if body.get_content_subtype() == "html":
            add_html(builder, LexborHTMLParser(content).html or "")
        else:
            _add_text(builder, content)
        builder.mark_boilerplate(is_mail_notice, start=first)
    return subject


def _add_text(builder: TextBuilder, text: str) -> None:
    """Add a plain body; what a line of two dashes parts from it (RFC 3676, 4.3) is boilerplate."""
    position = 0
    for signature in _SIGNATURE.finditer(text):
        add_plain_text(builder, text[position : signature.start()])
        with builder.boilerplate():
            add_plain_text(builder, signature[1])
        position = signature.end()
    add_plain_text(builder, text[position:])


def _attached_message(part: EmailMessage) -> EmailMessage | None:
    """The message that an attachment is, forwarded whole or as a file; None for another."""
    if part.get_content_type() == "message/rfc822":
        return cast("EmailMessage", part.get_content())
    if _name(part).lower().endswith(".eml"):
        return cast("EmailMessage", message_from_bytes(_bytes(part), policy=_SHORT_HEADERS))
    return None


def _add_file(builder: TextBuilder, part: EmailMessage, outer: SourceFile) -> Sequence[str]:
    """Add an attached file's text under its name; gives what was not read, with the reason."""
    name = _name(part)
    try:
        file = open_source(outer.path, name=name, data=_bytes(part), settings=outer.settings)
        reading = open_reader(file.media_type).read(file)
    except UnreadableFile as error:
        return [f"{name} ({error.message.partition(': ')[2]})"]
    warnings = (*file.warnings, *reading.warnings)
    if not reading.blocks:
        return [f"{name} ({'; '.join(warnings) or 'no text in it'})"]
    builder.heading(f"Attachment: {name}", level=2)
    builder.append(reading, below=2)
    for warning in warnings:
        builder.warn(f"{name}: {warning}")
    return ()


def _bytes(part: EmailMessage) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _name(part: EmailMessage) -> str:
    return clean_line(part.get_filename() or "") or "without a name"


def _written(message: EmailMessage) -> date | None:
    try:
        return plausible_date(parsedate_to_datetime(str(message.get("Date", ""))))
    except (ValueError, TypeError):
        return None
