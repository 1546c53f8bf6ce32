"""E-mail messages: subject, people and date, then the body; attachments are named, not read."""

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
from bidproof.core.settings import DocumentSettings
from bidproof.documents.builder import TextBuilder
from bidproof.documents.clean import clean_line
from bidproof.documents.dates import plausible_date
from bidproof.documents.protocol import Reading, SourceFile
from bidproof.documents.readers.html.reader import add_html
from bidproof.documents.readers.text import add_plain_text

_SHOWN = ("From", "To", "Cc", "Date")
_MAX_HEADER_CHARS = 2_000


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
            return _read(message, file.settings)
        except (MessageError, LookupError, ValueError, AttributeError) as error:
            raise UnreadableFile(
                f"cannot read {file.name!r}: found a damaged message ({error}), expected an e-mail",
                hint="save the message again from the mail program",
                code="corrupt-file",
            ) from error


def _read(message: EmailMessage, settings: DocumentSettings) -> Reading:
    builder = TextBuilder(settings)
    subject = clean_line(str(message.get("Subject", "")))
    if subject:
        builder.heading(subject, level=1)
    builder.lines([f"{name}: {message[name]}" for name in _SHOWN if message[name]], BlockKind.PARAGRAPH)
    body = message.get_body(preferencelist=("plain", "html"))
    if body is not None:
        content = body.get_content()
        if body.get_content_subtype() == "html":
            add_html(builder, LexborHTMLParser(content).html or "")
        else:
            add_plain_text(builder, content)
    names = [clean_line(part.get_filename() or "without a name") for part in message.iter_attachments()]
    return builder.reading(
        title=subject,
        written=_written(message),
        warnings=(f"attachments not read: {', '.join(names)}",) if names else (),
    )


def _written(message: EmailMessage) -> date | None:
    try:
        return plausible_date(parsedate_to_datetime(str(message.get("Date", ""))))
    except (ValueError, TypeError):
        return None
