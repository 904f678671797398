"""The stepper in a real browser, driven by the keyboard; its numbers are the engine's."""

import json
import re
import shutil

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

import autograd_lite as ag
from autograd_lite.graphs.text import show_number

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def as_data(html):
    """What the page is given to show."""
    return json.loads(re.search(r'type="application/json">(.*?)</script>', html).group(1))


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        chromium = playwright.chromium.launch(
            executable_path=path, channel=None if path else "chrome", args=ARGUMENTS
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def contexts(browser):
    """One for readers who like it light and one for those who like it dark."""
    size = {"width": 1180, "height": 900}
    schemes = ("light", "dark")
    made = {s: browser.new_context(viewport=size, color_scheme=s) for s in schemes}
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def opened(contexts):
    """Open a page that may load nothing and must not complain."""
    complaints = []
    pages = []

    def open_page(html, color_scheme="light"):
        page = contexts[color_scheme].new_page()
        pages.append(page)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: complaints.append(request.url))
        page.set_content(html)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert complaints == []


def softmax_graph():
    z, t = ag.Tensor([2.0, 1.0, 0.1], "z"), np.array([1.0, 0.0, 0.0])
    with ag.group("softmax"):
        e = ag.exp(z)
        s = e.sum()
        h = e / s
    q = ag.log(h)
    L = -(q * t).sum()
    for node, name in zip((e, s, h, q, L), "eshqL", strict=True):
        node.label = name
    z.hand = h.data - t
    return z, L


def gradients(page):
    """The gradient column of the trace table, by the name of the row."""
    cells = page.locator("#trace td[data-box]")
    return {
        cell.get_attribute("data-box"): cell.inner_text()
        for cell in (cells.nth(k) for k in range(cells.count()))
    }


def numbers(x):
    return " ".join(show_number(v, signed=True) for v in np.ravel(x))


def test_the_arrow_keys_go_to_the_end_and_back(opened):
    z, L = softmax_graph()
    html = ag.step(L).html
    assert z.grad is None
    expected = {}
    pages = [dict(expected)]
    for step in ag.steps(L):
        for m in step.messages:
            expected[m.name] = numbers(m.now) + (" …" if m.arrived < m.wanted else "")
        pages.append(dict(expected))
    page = opened(html)
    for k, known in enumerate(pages):
        assert page.locator("#count").inner_text() == f"{k + 1} of {len(pages)}"
        shown = gradients(page)
        assert shown.pop("L") == "+1.0000"
        assert shown == {name: known.get(name, "·") for name in shown}
        page.keyboard.press("ArrowRight")
    L.backward()
    assert gradients(page)["z"] == numbers(z.grad)
    assert page.locator("#next").is_disabled()
    for k in range(len(pages) - 1, 0, -1):
        page.keyboard.press("ArrowLeft")
        assert page.locator("#count").inner_text() == f"{k} of {len(pages)}"
    assert page.locator("#back").is_disabled()
    page.keyboard.press("End")
    assert gradients(page)["z"] == numbers(z.grad)
    page.keyboard.press("Home")
    assert gradients(page)["z"] == "·"


def test_buttons_and_slider_are_reached_with_the_tab_key(opened):
    page = opened(ag.step(softmax_graph()[1]).html)
    order = []
    for _ in range(5):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.id"))
    assert order == ["next", "last", "slide", "predict", "naive"]  # back cannot be pressed yet
    page.focus("#next")
    page.keyboard.press("Enter")
    assert page.locator("#count").inner_text() == "2 of 7"
    page.focus("#slide")
    page.keyboard.press("ArrowRight")
    assert page.locator("#count").inner_text() == "3 of 7"
    assert page.locator("#slide").get_attribute("aria-valuetext").startswith("step 3 of 7: Back")


def test_a_step_shows_what_arrives_the_slope_the_products_and_the_sum(opened):
    page = opened(ag.step(softmax_graph()[1]).html)
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    text = " ".join(page.locator("#messages").inner_text().split())
    assert "arrives: ∂L/∂h −1.5174 0 0" in text
    assert "local slope: ∂h_i/∂s = −e_i/s²" in text
    assert "products before the sum +0.0892 0 0" in text
    assert "message to s: × −e/s², summed +0.0892" in text
    assert "waits: 1 of 2 arrived" in page.locator("#graph").text_content()
    page.keyboard.press("ArrowRight")
    text = " ".join(page.locator("#messages").inner_text().split())
    assert "already there: ∂L/∂e −0.1353 0 0" in text
    assert "now: ∂L/∂e −0.0461 +0.0892 +0.0892" in text
    assert "2 of 2 arrived" in page.locator("#graph").text_content()


def test_predict_first_hides_the_numbers_until_asked(opened):
    page = opened(ag.step(softmax_graph()[1]).html)
    page.check("#predict")
    page.keyboard.press("ArrowRight")
    message = page.locator("#messages .g td").first
    assert page.evaluate("e => getComputedStyle(e).color", message.element_handle()) == (
        "rgba(0, 0, 0, 0)"
    )
    assert message.get_attribute("aria-hidden") == "true"
    assert gradients(page)["m"] == "?"
    page.focus("#reveal")
    page.keyboard.press("Enter")
    assert gradients(page)["m"] == "−1.0000 −1.0000 −1.0000"
    assert page.locator("#reveal").is_hidden()
    page.keyboard.press("ArrowRight")
    assert gradients(page)["q"] == "?"


def test_the_comparison_stands_at_the_end_only(opened):
    page = opened(ag.step(softmax_graph()[1]).html)
    assert page.locator("#check").is_hidden()
    page.keyboard.press("End")
    text = " ".join(page.locator("#check").inner_text().split())
    assert "Check ∂L/∂z three ways" in text
    assert text.count("−0.3410 +0.2424 +0.0986") == 3
    assert "✓ All three agree" in text


def test_a_wrong_hand_gradient_is_told(opened):
    z, L = softmax_graph()
    z.hand = 2 * z.hand
    page = opened(ag.step(L).html)
    page.keyboard.press("End")
    told = page.locator("#check").inner_text()
    assert "✗ Autodiff and numerical agree; the hand gradient is the odd one out." in told
    assert "Every entry is 2 times the right one" in told


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e8])
@pytest.mark.parametrize("factor", [1.0, 50.0, 1 + 1e-4])
def test_the_stepper_judges_as_compare_does(scale, factor):
    z = ag.Tensor([2.0, 1.0, 0.1], "z")
    L = (ag.sin(z) * scale).sum()
    z.hand = factor * scale * np.cos(z.data)
    (told,) = as_data(ag.step(L).html)["check"]
    report = ag.compare(L)
    assert told["ok"] == report.ok == (factor == 1.0)
    assert ("All three agree" in told["verdict"]) == report.ok
    assert report.rows[0].sentence[1:] in told["verdict"] or report.ok


def test_the_naive_recursion_parts_from_the_right_order(opened):
    a = ag.Value(3.0, "a")
    b = a + a
    c = b + b
    b.label, c.label = "b", "c"
    page = opened(ag.step(c).html)
    page.check("#naive")
    page.keyboard.press("End")
    rows = page.locator("#beside tbody tr")
    words = [rows.nth(k).inner_text().split() for k in range(3)]
    shown = {name: rest for name, *rest in words}
    c.backward()
    assert a.grad == 4.0
    assert shown["a"] == ["+4.0000", "+6.0000", "✗", "differs"]
    assert shown["b"] == ["+2.0000", "+2.0000", "✓", "equal"]
    assert "They part at step 3" in page.locator("#beside").inner_text()
    page.uncheck("#naive")
    page.keyboard.press("End")
    assert gradients(page)["a"] == "+4.0000"


def test_without_sharing_the_naive_recursion_is_right(opened):
    x = ag.Value(0.5, "x")
    page = opened(ag.step(ag.exp(ag.sin(x))).html)
    page.check("#naive")
    page.keyboard.press("End")
    text = page.locator("#beside").inner_text()
    assert "the two agree on this graph" in text
    assert "✗" not in text


def test_a_recursion_over_too_many_paths_is_cut_off(opened):
    y = ag.Value(1.0, "x")
    for _ in range(12):
        y = y + y
    page = opened(ag.step(y).html)
    page.check("#naive")
    assert "stopped after 200 calls" in page.locator("#beside").inner_text()


@pytest.mark.parametrize(("scheme", "step"), [("light", 0), ("light", 5), ("dark", 6)])
def test_no_serious_accessibility_fault(opened, scheme, step):
    page = opened(ag.step(softmax_graph()[1]).html, color_scheme=scheme)
    for _ in range(step):
        page.keyboard.press("ArrowRight")
    faults = [
        (fault["id"], fault["nodes"][0]["html"])
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
    assert faults == []


def test_dark_and_light_differ_and_follow_the_reader(opened):
    html = ag.step(softmax_graph()[1]).html
    papers = [
        opened(html, color_scheme=s).evaluate("getComputedStyle(document.body).backgroundColor")
        for s in ("light", "dark")
    ]
    assert papers == ["rgb(255, 255, 255)", "rgb(28, 28, 28)"]


def test_print_shows_the_last_step_without_the_buttons(opened):
    page = opened(ag.step(softmax_graph()[1]).html)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#count").is_hidden()
    assert gradients(page)["z"] == "−0.3410 +0.2424 +0.0986"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert gradients(page)["z"] == "·"


def test_names_do_nothing_in_the_page(opened):
    name = "</script><script>document.title='x'</script><img src=x onerror=\"document.title='x'\">"
    x = ag.Value(3.0, name)
    page = opened(ag.step(x * x).html)
    page.keyboard.press("End")
    assert page.title().startswith("Backward, step by step")
    assert page.locator("img").count() == 0
    assert "</script><script>" in page.locator("#trace").inner_text()


def test_in_a_notebook_it_is_a_frame_of_its_own_next_to_the_drawing(opened):
    """What nbconvert puts into its HTML: two drawings and the stepper on one page."""
    z, L = softmax_graph()
    drawing = ag.draw(L)._repr_mimebundle_()["image/svg+xml"]
    L.backward()
    later = ag.draw(L)._repr_mimebundle_()["image/svg+xml"]
    page = opened(f"<title>x</title>{drawing}{later}{ag.step(L)._repr_html_()}")
    frame = page.frames[1]
    frame.locator("#next").focus()
    page.keyboard.press("End")
    assert gradients(frame)["z"] == numbers(z.grad)
    assert page.locator("svg").count() == 2
    assert page.locator("[id]").count() == 0  # none that could meet another drawing's


def test_beside_the_frame_the_steps_stand_in_words(opened):
    x = ag.Value(3.0, "<b>x</b>")
    y = x * x
    stepper = ag.step(y)
    page = opened(f"<title>x</title>{stepper._repr_html_()}")
    words = page.locator("details pre")
    assert words.is_hidden()
    page.locator("summary").click()
    assert words.inner_text() == stepper.text == "\n".join(map(str, ag.steps(y)))
    assert "to <b>x</b>: × <b>x</b> gives +3.0000 (1 of 2 arrived)" in stepper.text


def test_the_page_is_one_small_file(tmp_path):
    stepper = ag.step(softmax_graph()[1])
    path = stepper.save(tmp_path / "steps.html")
    assert len(path.read_bytes()) < 26_000
    assert not re.search(
        r"(src|href)=|@import|url\((?!#)|fetch\(|https?://(?!www\.w3\.org)", stepper.html
    )
    with pytest.raises(ValueError, match=r"saved as \.html"):
        stepper.save(tmp_path / "steps.pdf")


def test_numbers_that_are_not_finite_are_words_in_the_data():
    x = ag.Tensor([-1.0, 0.0, 2.0], "x")
    with np.errstate(all="ignore"):
        L = ag.log(x).sum()
    html = ag.step(L).html
    data = as_data(html)
    assert data["boxes"][0]["final"][0][0][0] == "NaN"
    assert data["boxes"][0]["final"][0][1][0] == "+inf"


def test_what_cannot_be_stepped_through_is_refused():
    with pytest.raises(TypeError, match="takes a node, not float"):
        ag.step(1.0)
    with pytest.raises(ValueError, match="one number"):
        ag.step(ag.Tensor([1.0, 2.0]) * 2.0)
    x = ag.Value(1.0)
    for _ in range(250):
        x = ag.sin(x)
    with pytest.raises(ValueError, match=r"up to 200 values; this graph has 251"):
        ag.step(x)
