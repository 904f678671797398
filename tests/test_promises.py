"""What is promised about damage, strangers' input and exactness, and which test holds each to it.

`python tests/test_promises.py` writes `notebooks/reference/promises.md` anew.
"""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
DOCUMENT = TESTS.parent / "notebooks" / "reference" / "promises.md"

HEADING = """\
# What is promised, and how each promise is tested

A test that breaks when the promise is broken stands beside each; all of them run on every change.
`pytest tests/<file> -k <test>` runs one of them.

"""

PROMISES = {
    "Depth and size": {
        "A graph of a million Values or a hundred thousand Tensors is built, swept, copied, "
        "pickled, tabulated and deleted under Python's default recursion limit, in a thread "
        "with a stack of 256 KiB (2 MiB on Python 3.13, which frees nested objects of any kind "
        "ten thousand levels deep). Drawing, the stepper and the list of paths decline it in "
        "words": [
            "test_depth.py::test_a_long_chain",
            "test_depth.py::test_the_default_recursion_limit",
        ],
        "A sweep takes one step for each operation, whatever the number of paths: 2^60 are no"
        " matter": ["test_depth.py::test_two_to_the_sixty_paths"],
        "There are no reference cycles: a graph dies with its last reference, also after it "
        "was drawn, without the garbage collector": [
            "test_depth.py::test_showing_a_graph_keeps_nothing_alive",
            "test_graph.py::test_nodes_die_without_the_garbage_collector",
        ],
    },
    "Threads, tasks and interruptions": {
        "Threads may sweep graphs that share leaves": [
            "test_graph.py::test_threads_that_share_leaves"
        ],
        "`no_grad` and `detect_anomaly` hold for their own thread and asyncio task only": [
            "test_graph.py::test_no_grad_holds_for_its_own_thread_only",
            "test_graph.py::test_no_grad_holds_for_its_own_task_only",
            "test_anomaly.py::test_other_threads_are_left_alone",
            "test_anomaly.py::test_other_tasks_are_left_alone",
        ],
        "Ctrl-C at any line of a sweep, or any exception in a rule, leaves every node usable "
        "and the next sweep right; no lock stays taken and no node alive. (Ctrl-C that "
        "arrives as a `with` block of `no_grad` is just being left may leave it open, as with"
        " any block in Python)": [
            "test_interrupts.py::test_a_sweep",
            "test_interrupts.py::test_the_calculus",
            "test_interrupts.py::test_other_threads_go_on_while_the_traceback_is_kept",
            "test_interrupts.py::test_nothing_is_kept_alive",
            "test_interrupts.py::test_a_block_that_was_never_entered",
            "test_graph.py::test_an_interrupted_sweep_leaves_nothing_behind",
        ],
    },
    "Never a silent wrong gradient": {
        "Data changed between forward and backward gives the gradient of what was computed, "
        "or an error that names the node": [
            "test_changed_data.py::test_a_changed_leaf",
            "test_changed_data.py::test_a_leaf_assigned_to_after_it_was_used",
            "test_changed_data.py::test_a_constant_written_to_after_it_was_used",
            "test_changed_data.py::test_an_unpickled_array_is_a_constant_like_any_other",
            "test_changed_data.py::test_nobody_can_write_to_a_constant",
        ],
        "A sum of paths, a repeated input, a broadcast, an empty array: thousands of random "
        "programs agree with another engine": [
            "peers/test_random_programs.py::test_against_hips_autograd"
        ],
    },
    "Input of strangers": {
        "A file read by `ag.load` runs no code, is never unpickled, and is trusted with no "
        "size that it states": [
            "test_saving.py::test_a_pickle_inside_is_never_run",
            "test_saving.py::test_sizes_are_not_believed",
            "test_saving.py::test_every_damaged_byte_is_noticed_or_harmless",
        ],
        "A label, a name or a group is text in every output: SVG, HTML, Markdown, LaTeX, DOT "
        "and the stepper": [
            "test_draw_robust.py::test_hostile_names_are_only_text_in_every_output",
            "test_draw_robust.py::test_any_name_gives_an_svg_that_parses",
            "test_draw_stepper.py::test_names_do_nothing_in_the_page",
        ],
        "The command line never evaluates a formula as Python. Every input is answered or "
        "refused in one line, without a traceback, and opens no file, starts no program and "
        "imports nothing": [
            "test_fuzz_formula.py::test_random_bytes_are_answered_or_refused",
            "test_fuzz_formula.py::test_harm_is_noticed",
            "test_cli.py::test_any_arguments_are_answered_or_refused",
        ],
        "Huge or deeply nested arguments end early, with a message": [
            "test_cli.py::test_hostile_formulas_end_at_once",
            "test_cli.py::test_huge_values_end_at_once",
            "test_cli.py::test_a_jacobian_too_large_for_a_terminal_is_refused",
        ],
    },
    "Files": {
        "A file is written whole or not at all. A full disk leaves the old one and no litter;"
        " a kill leaves the old one, and at most a hidden file that ends in `.tmp`": [
            "test_files.py::test_a_full_disk_leaves_the_old_file_and_no_other",
            "test_files.py::test_a_kill_in_mid_write_leaves_the_old_file",
            "test_files.py::test_kills_at_any_moment_leave_a_file_that_loads",
        ],
        "Links stay links, permissions stay, and a device or a folder is never replaced": [
            "test_files.py::test_links_stay_links_and_permissions_stay",
            "test_files.py::test_only_files_are_replaced",
        ],
        "A suffix that is not known is refused before anything is written": [
            "test_draw_robust.py::test_another_suffix_is_refused",
            "test_cli.py::test_paths_are_checked_before_anything_is_computed",
        ],
    },
    "Numbers": {
        "Softmax and its family, sigmoid, softplus, norm, var and std are exact to 1e-13 at "
        "extreme inputs: see [the table](numerics.md)": [
            "test_numerics.py::test_values",
            "test_numerics.py::test_gradients",
        ],
        "Kinks, ties, poles and the edges of domains follow [one table](conventions.md)": [
            "test_conventions.py::test_row"
        ],
    },
}

NAMED = sorted({test for rows in PROMISES.values() for tests in rows.values() for test in tests})


@pytest.mark.parametrize("test", NAMED)
def test_every_test_that_is_named_exists(test):
    file, _, name = test.partition("::")
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def document():
    """The page as the documentation shows it."""
    page = HEADING
    for section, rows in PROMISES.items():
        page += f"## {section}\n\n| promise | tests |\n|---|---|\n"
        for promise, tests in rows.items():
            page += f"| {promise} | {', '.join(f'`{test}`' for test in tests)} |\n"
        page += "\n"
    return page.rstrip("\n") + "\n" + FUZZING


FUZZING = """
## Fuzzing by hand

```sh
pip install atheris
python tests/fuzz_formula.py -max_total_time=600 -timeout=10
```

looks for formulas, values and options that the command line neither answers nor refuses, guided by
the branches they reach; the inputs it starts from stand in the file. What it finds is mended and
becomes a test in `tests/test_fuzz_formula.py`, which runs a few hundred inputs on every change.

## Versions

Every change is tested on Python 3.11 with NumPy 2.0 and with the newest NumPy for it, warnings as
errors. `.ci/newest`, run by hand, does so on the two newest Pythons of Debian testing with the
newest NumPy. What it said last:

| Python | NumPy | passed | failed | left out |
|---|---|---|---|---|
| 3.14.8 | 2.5.5 | 13,883 | 0 | none |
| 3.15.0 | 2.5.5 | 13,816 | 0 | 67, which need PyTorch 2.13: no wheel |

On free-threaded Python 3.13.15 with NumPy 2.4.6, its global lock off and one core, the tests of
graphs, threads, interruptions, depth, both nodes, calculus and compiled functions passed.
"""


def test_the_documentation_is_this_table():
    assert DOCUMENT.read_text(encoding="utf-8") == document(), (
        "the promises have changed: run `python tests/test_promises.py`"
    )


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")
