"""The mails that HTML quotes, by the marks clients put around them."""

from bs4 import BeautifulSoup

QUOTES = (
    "blockquote[type=cite], div.gmail_quote, div.gmail_attr, div.gmail_quote_container, #divRplyFwdMsg, #appendonsend,"
    " #isReplyContent, #origbody, div.yahoo_quoted, div.moz-cite-prefix, #mail-editor-reference-message-container,"
    " div.ntes-mailmaster-quote, #QQMailReplyHeader, div.foxdiv20, includetail, .protonmail_quote, #isForwardContent"
)


def quoted_in(soup: BeautifulSoup) -> set[int]:
    """The tags that hold a quoted mail, by their identity."""
    return {id(one) for one in soup.select(QUOTES)}
