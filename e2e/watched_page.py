"""Pages that are watched for what only the browser's console tells, such as a breach of the content security policy."""

from contextlib import contextmanager


@contextmanager
def watched_page(context, tolerated="\0"):
    """A new page; a message in its console is a failure unless it holds the tolerated words."""
    page = context.new_page()
    messages = []
    page.on("console", lambda message: messages.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: messages.append(str(error)))
    yield page
    assert not [message for message in messages if tolerated not in message], messages
    page.close()
