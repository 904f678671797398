"""A built site looked through: links that lead nowhere, and what is fetched from elsewhere."""

import urllib.parse
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

__all__ = ["complaints"]

# What a reader clicks on may be elsewhere; what a page loads may not.
CLICKED = {("a", "href"), ("form", "action"), ("use", "xlink:href")}
LOADED = ("href", "src", "srcset", "action", "data", "poster", "xlink:href")
NO_FILE = ("data", "mailto", "javascript", "blob")


class Links(HTMLParser):
    """The anchors of one page and what it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.found: list[tuple[str, str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {given[name] or "" for name in ("id", "name") if name in given}
        canonical = tag == "link" and given.get("rel") in ("canonical", "prev", "next")
        if not canonical:
            self.found += [(tag, name, given[name] or "") for name in LOADED if name in given]


def complaints(site: Path) -> Iterator[str]:
    """What is wrong with the links of a built site, one line each."""
    pages = {
        path.resolve(): Links(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")
    }
    for path, page in sorted(pages.items()):
        if path.name == "404.html":  # its links are those of a server's root
            continue
        for tag, name, link in page.found:
            wrong = fault(tag, name, link, path, pages)
            if wrong:
                yield f"{path.relative_to(site.resolve())}: <{tag} {name}={link!r:.100}> {wrong}"


def fault(tag: str, name: str, link: str, path: Path, pages: dict[Path, Links]) -> str:
    """What is wrong with one link on the page at `path`; nothing if it is good."""
    try:
        parts = urllib.parse.urlsplit(link)
    except ValueError as error:
        return f"is no address: {error}"
    if parts.scheme in NO_FILE:
        return ""
    if parts.scheme or parts.netloc:
        if (tag, name) not in CLICKED:
            return "is loaded from elsewhere: the site has to work without a network"
        if parts.scheme != "https" or "." not in parts.netloc or " " in link:
            return "is no well-formed https address"
        return ""
    target = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
    if not target.exists():
        return "leads to no file"
    anchor = urllib.parse.unquote(parts.fragment)
    if anchor and target in pages and anchor not in pages[target].anchors | {"__top"}:
        return "leads to no place on its page"
    return ""
