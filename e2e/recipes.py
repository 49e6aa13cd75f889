"""The lines of docs/clients.md, which the tests run as they stand there."""

import re
from pathlib import Path

DOCUMENT = Path(__file__).parent.parent / "docs" / "clients.md"


def lines(language: str, *headings: str) -> str:
    """The first block in a language below the headings, each searched below the one before."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for heading in headings:
        _, found, text = text.partition(f"# {heading}\n")
        assert found, f"docs/clients.md has no heading {heading}"
    block = re.search(rf"```{language}\n(.*?)```", text, re.DOTALL)
    assert block, f"docs/clients.md has no {language} below {headings}"
    return block.group(1)


def run(*headings: str, **names) -> dict:
    """Runs a block of Python; the names that it begins with and the ones that it makes."""
    exec(lines("python", *headings), names)
    return names
