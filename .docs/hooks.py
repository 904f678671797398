"""What mkdocs builds besides `pages/`: reference, notebooks, formulas, and a check of links.

The reference has a page for each group of public names (`inventory`), the notebooks are shown with
the outputs that are stored in them, and formulas become MathML, which browsers draw by themselves:
a class without a network sees all of it.
"""

import html
import logging
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink

sys.path.insert(0, str(Path(__file__).parent))
import inventory
import links
import notebook

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TABLES = sorted((ROOT / "notebooks" / "reference").glob("*.md"))
PICTURES = sorted((ROOT / "notebooks" / "reference").glob("*.[ps][nv]g"))
ELSEWHERE = {
    "contributing/index.md": ".github/CONTRIBUTING.md",
    "assets/softmax.svg": ".github/softmax.svg",
}

log = logging.getLogger("mkdocs.hooks.autograd_lite")

outputs: dict[str, list[str]] = {}
"""For each notebook's page the outputs of its cells, as HTML."""


def on_config(config: MkDocsConfig) -> None:
    """Fill in the lists of the navigation that the files themselves give."""
    lists = {
        "Notebooks": [{title: f"notebooks/{path.stem}.md"} for path, title in titles().items()],
        "Reference": [f"reference/{group.slug}.md" for group in inventory.groups()]
        + [{"Tables": [f"notebooks/reference/{path.name}" for path in TABLES]}],
    }
    for item in config.nav:
        for title, pages in item.items() if isinstance(item, dict) else ():
            if title in lists:
                pages.extend(lists[title])


def titles() -> dict[Path, str]:
    """The notebooks with their number and title: `2 · The softmax Jacobian`."""
    found = {}
    for path in NOTEBOOKS:
        heading = notebook.page(path)[0].partition("\n")[0].removeprefix("# ")
        found[path] = f"{int(path.name[:2])} · {re.sub('^[0-9]+ · ', '', heading)}"
    return found


def on_files(files: Files, config: MkDocsConfig) -> None:
    """Add the pages that lie elsewhere in the repository or are written here."""
    for group in inventory.groups():
        files.append(File.generated(config, f"reference/{group.slug}.md", content=group.page()))
    for path in NOTEBOOKS:
        uri = f"notebooks/{path.stem}.md"
        text, outputs[uri] = notebook.page(path)
        files.append(File.generated(config, uri, content=text))
    for path in [*TABLES, *PICTURES]:
        uri = f"notebooks/reference/{path.name}"
        files.append(File.generated(config, uri, abs_src_path=str(path)))
    for uri, path in ELSEWHERE.items():
        files.append(File.generated(config, uri, abs_src_path=str(ROOT / path)))


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The lists of notebooks and tables, by their own titles; links out of `.docs/pages`."""
    # In the repository a page can be read as it is, so its links are those of the repository.
    markdown = re.sub(r"(\]\((?:\.\./)*)\.\./\.\./(?=notebooks/|\.github/)", r"\1", markdown)
    markdown = re.sub(r"(\]\([./]*notebooks/\d\d-[\w-]+)\.ipynb", r"\1.md", markdown)
    for uri, path in ELSEWHERE.items():
        markdown = markdown.replace(f"]({path})", f"]({uri})")
    lists = {
        "notebooks/index.md": [(f"{path.stem}.md", title) for path, title in titles().items()],
        "reference/index.md": [
            (f"../notebooks/reference/{path.name}", path.read_text("utf-8").partition("\n")[0][2:])
            for path in TABLES
        ],
    }
    rows = [f"* [{title}]({uri})" for uri, title in lists.get(page.file.src_uri, [])]
    return "\n".join([markdown, *rows])


def on_page_content(content: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Formulas as MathML; a notebook's outputs in their places."""
    retitle(page.toc)
    content = re.sub(
        r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>', mathml, content, flags=re.DOTALL
    )
    # What is said to doctest is not for the reader.
    content = re.sub(
        r"&lt;BLANKLINE&gt;|\s*<span class=\"c1\"># doctest: [^<]*</span>", "", content
    )
    # A search is for what the text says, not for the source code that is folded away.
    source = '<details class="mkdocstrings-source"'
    content = content.replace(source, f"{source} data-search-exclude")
    stored = outputs.get(page.file.src_uri, [])
    return re.sub(
        r'<div class="output" data-number="(\d+)"></div>',
        lambda found: f'<div class="output">{stored[int(found[1])]}</div>',
        content,
    )


def mathml(found: re.Match[str]) -> str:
    """One formula, in the line or on a line of its own."""
    display = "block" if found[1] == "div" else "inline"
    formula = convert(html.unescape(found[2]), display=display)
    return f"<div>{formula}</div>" if display == "block" else formula


def retitle(items: Iterable[AnchorLink]) -> None:
    """Formulas in headings, for the table of contents."""
    for item in items:
        item.title = re.sub(
            r"\\\((.*?)\\\)", lambda found: convert(html.unescape(found[1])), item.title
        )
        retitle(item.children)


def on_post_build(config: MkDocsConfig) -> None:
    """A link that leads nowhere, or a page that needs the network, is a warning: strict fails."""
    for complaint in links.complaints(Path(config.site_dir)):
        log.warning(complaint)
