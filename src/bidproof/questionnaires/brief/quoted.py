"""Make items of quotes that somebody else pointed out: what they say is still read by rules."""

from dataclasses import replace

from bidproof.core.records import Span
from bidproof.questionnaires.brief.cues import Cues
from bidproof.questionnaires.brief.mentions import MentionKind, find_mentions
from bidproof.questionnaires.brief.records import DATES, BriefItem, Topic
from bidproof.questionnaires.brief.source import Source
from bidproof.questionnaires.brief.statements import KINDS
from bidproof.questionnaires.brief.timeline import dated_item

_REACHED = (MentionKind.EMAIL, MentionKind.PHONE)


def item_of_quote(
    source: Source, span: Span, topic: Topic, *, cues: Cues, about: str, by: str
) -> BriefItem | None:
    """What a quote says of a topic.

    Args:
        source: The file.
        span: The quote's characters.
        topic: What the quote is said to be about.
        cues: Words that do where a form is missing.
        about: Words that name its subject; dropped where they are not in the quote.
        by: Who pointed it out.

    Returns:
        None where the quote lacks what the topic is told by: a date, an amount, a name.
    """
    quote = source.quote(span)
    unit = source.unit_at(span.start)
    label = about if about and about.casefold() in quote.casefold() else ""
    found: BriefItem | None
    if topic in DATES:
        found = dated_item(source, replace(unit, text=quote, quote=span), topic)
    else:
        found = _stated(source, span, topic, label, cues)
    return None if found is None else replace(found, label=label, place=source.place(unit, span), source=by)


def _stated(source: Source, span: Span, topic: Topic, label: str, cues: Cues) -> BriefItem | None:
    quote = source.quote(span)
    kind = KINDS.get(topic)
    wanted = _REACHED if topic is Topic.CONTACT else kind.needs if kind else (MentionKind.PERCENT,)
    mentions = find_mentions(quote, *wanted)
    is_told = bool(mentions or not kind or not kind.needs or cues.find(kind.also, quote))
    if not is_told or (topic in (Topic.CONTACT, Topic.CRITERION) and not (mentions or label)):
        return None
    weight = mentions[0].number if topic is Topic.CRITERION and len(mentions) == 1 else None
    return BriefItem(
        topic=topic,
        quote=quote,
        place=source.place(source.unit_at(span.start), span),
        value=", ".join(item.text for item in mentions),
        weight=weight,
        unit="" if weight is None else "%",
    )
