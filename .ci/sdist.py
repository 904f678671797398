"""The source archive holds the notebooks without their outputs, which are most of its size."""

import json
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WithoutOutputs(BuildHookInterface):
    """Puts copies of the notebooks, stripped, where pyproject.toml has left the notebooks out."""

    def initialize(self, version, build_data):
        self.folder = tempfile.TemporaryDirectory()
        for path in sorted(Path(self.root, "notebooks").glob("*.ipynb")):
            book = json.loads(path.read_text(encoding="utf-8"))
            for cell in book["cells"]:
                if cell["cell_type"] == "code":
                    cell["outputs"], cell["execution_count"] = [], None
            copy = Path(self.folder.name, path.name)
            copy.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            build_data["force_include"][str(copy)] = f"notebooks/{path.name}"

    def finalize(self, version, build_data, artifact):
        self.folder.cleanup()
