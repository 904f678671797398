"""Drawing, trace table and stepper where they are shown: JupyterLab and nbconvert's HTML."""

import base64
import contextlib
import copy
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import expect, sync_playwright

from notebooks import ROOT, drift, executed

SOFTMAX = ROOT / "notebooks" / "02-the-softmax-jacobian.ipynb"

READY = "Python 3 (ipykernel) | Idle"  # in the status bar

expect.set_options(timeout=60_000)  # the machine may be busy

CELLS = [
    "import autograd_lite as ag\nimport numpy as np",
    "z = ag.Tensor([2.0, 1.0, 0.1])\nt = np.array([1.0, 0.0, 0.0])\n"
    "h = ag.softmax(z)\nL = ag.cross_entropy(h, t)\nL.backward()\nz.hand = h.data - t\nag.draw(L)",
    "ag.draw(L, depth=0)",
    "ag.trace(L)",
    "ag.step(L)",
]


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A notebook that has not been run."""
    folder = tmp_path_factory.mktemp("notebook")
    cells = [
        {
            "cell_type": "code",
            "id": f"cell{k}",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for k, source in enumerate(CELLS)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / "seen.ipynb"
    path.write_text(
        json.dumps(
            {
                "cells": cells,
                "metadata": {"kernelspec": kernel},
                "nbformat": 4,
                "nbformat_minor": 5,
            }
        )
    )
    return path


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory):
    """An environment in which Jupyter finds this package and writes only to a folder of its own."""
    home = tmp_path_factory.mktemp("home")
    paths = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(p for p in paths if p),
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
    }


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        arguments += ["--disable-background-networking", "--disable-component-update"]
        path = shutil.which("chromium")
        chromium = playwright.chromium.launch(
            executable_path=path, channel=None if path else "chrome", args=arguments
        )
        yield chromium
        chromium.close()


def answers(process, address):
    """Wait until a server answers, or has ended: its port was taken before it came to it."""
    for _ in range(600):
        if process.poll() is not None:
            return False
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{address}/api", timeout=10).close()
            return True
        time.sleep(0.25)
    return False


@contextlib.contextmanager
def serving(notebook, surroundings):
    """A JupyterLab server on the notebook's folder, at an address that is no other server's."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    own = uuid.uuid4().hex
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ServerApp.token=", "--ServerApp.password=", "--ServerApp.ip=127.0.0.1"]
    command += ["--ServerApp.port_retries=0", f"--ServerApp.base_url=/{own}", "--LabApp.news_url="]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    process = subprocess.Popen(
        command,
        cwd=notebook.parent,
        env=surroundings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process, f"http://127.0.0.1:{port}/{own}"
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture(scope="module")
def server(notebook, surroundings):
    """The address of a JupyterLab server on the notebook's folder."""
    for _ in range(3):
        with serving(notebook, surroundings) as (process, address):
            if answers(process, address):
                yield address
                return
    pytest.fail("JupyterLab does not start")


def run_all_cells(page):
    """Choose Run All Cells, once there is a kernel: before, JupyterLab asks for one."""
    expect(page.get_by_text(READY)).to_be_visible()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def steps_work(frame):
    """Drive the stepper inside its frame to the end."""
    frame.locator("#next").focus()
    frame.locator("#next").press("End")
    expect(frame.locator("#check")).to_contain_text("All three agree")
    expect(frame.locator("td[data-box=z]")).to_have_text("−0.3410 +0.2424 +0.0986")


def test_jupyterlab_shows_all_of_it(server, browser, tmp_path):
    page = browser.new_page(viewport={"width": 1400, "height": 1100})
    page.goto(f"{server}/lab/tree/seen.ipynb", wait_until="domcontentloaded")
    expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(len(CELLS))
    run_all_cells(page)
    outputs = page.locator(".jp-OutputArea-output")
    frame = page.locator(".jp-OutputArea-output iframe").first
    expect(frame).to_be_visible()
    expect(outputs).to_have_count(4)
    assert page.locator(".jp-OutputArea-output[data-mime-type*=error]").count() == 0
    pictures = page.locator(".jp-RenderedSVG")
    expect(pictures).to_have_count(2)
    column = page.locator(".jp-Notebook").bounding_box()["width"]
    for k in range(2):
        box = pictures.nth(k).locator("img, svg").first.bounding_box()
        assert 200 < box["width"] <= column
    expect(page.locator(".jp-RenderedHTMLCommon table")).to_contain_text("dh = dq / h")
    frame.scroll_into_view_if_needed()
    steps_work(page.frame_locator(".jp-OutputArea-output iframe").first)
    assert len(page.screenshot(path=tmp_path / "lab.png")) > 20_000
    page.close()


def test_a_notebook_that_is_not_trusted_shows_its_drawings(server, notebook, browser):
    """As in a fresh clone: what is stored is shown, though JupyterLab shows no SVG of strangers."""
    nbformat.write(executed(notebook), notebook.parent / "stored.ipynb")
    page = browser.new_page(viewport={"width": 1400, "height": 1100})
    page.goto(f"{server}/lab/workspaces/fresh/tree/stored.ipynb", wait_until="domcontentloaded")
    pictures = page.locator(".jp-RenderedImage img")
    expect(pictures).to_have_count(2)
    assert page.locator(".jp-RenderedSVG").count() == 0
    column = page.locator(".jp-Notebook").bounding_box()["width"]
    for k in range(2):
        pictures.nth(k).scroll_into_view_if_needed()
        assert 200 < pictures.nth(k).bounding_box()["width"] <= column
    page.close()


def test_a_class_can_run_the_notebook_on_softmax(server, notebook, browser, tmp_path):
    """All cells run in JupyterLab, and what is then saved is what the repository holds."""
    stored = nbformat.read(SOFTMAX, as_version=4)
    empty = nbformat.from_dict(copy.deepcopy(stored))
    for cell in empty.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    path = notebook.parent / "softmax.ipynb"
    nbformat.write(empty, path)
    page = browser.new_page(viewport={"width": 1300, "height": 1200})
    page.goto(f"{server}/lab/workspaces/class/tree/softmax.ipynb", wait_until="domcontentloaded")
    run_all_cells(page)
    wrong = "nothing was saved"
    for _ in range(480):
        page.wait_for_timeout(250)
        page.keyboard.press("Control+s")
        try:
            fresh = nbformat.read(path, as_version=4)
        except ValueError:  # read while the server writes it: empty, or cut off
            continue
        wrong = drift(stored, fresh)  # the outputs of a cell may come after its number
        if wrong is None and all(c.execution_count for c in fresh.cells if c.cell_type == "code"):
            break
    assert wrong is None
    assert page.locator(".jp-RenderedMarkdown mjx-container").count() > 20
    assert "$" not in "".join(page.locator(".jp-RenderedMarkdown").all_inner_texts())
    assert len(page.screenshot(path=tmp_path / "lab.png")) > 20_000
    page.close()


def test_nbconvert_html_shows_all_of_it(notebook, browser):
    html, _ = HTMLExporter().from_notebook_node(executed(notebook))
    # MathJax and require.js are nbconvert's own and come over the network: not here.
    html = re.sub(r"<script[^>]*\bsrc=\"https?:[^>]*></script>", "", html)
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    asked, errors = [], []
    page.route(
        re.compile("^https?:"), lambda route: (asked.append(route.request.url), route.abort())
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(html)
    pictures = page.locator(".jp-RenderedSVG img")
    expect(pictures).to_have_count(2)
    for k in range(2):
        expect(pictures.nth(k)).to_be_visible()
        assert pictures.nth(k).evaluate("e => e.naturalWidth") > 200
    source = pictures.first.get_attribute("src").removeprefix("data:image/svg+xml;base64,")
    text = " ".join(ET.fromstring(base64.b64decode(source)).itertext())
    assert "× −e/s², summed" in text
    assert "✓ agrees" in text
    expect(page.locator("table").first).to_contain_text("dh = dq / h")
    steps_work(page.frame_locator("iframe").first)
    ours = [url for url in asked if "mathjax" not in url.lower() and "require" not in url.lower()]
    assert (ours, errors) == ([], [])
    page.close()
