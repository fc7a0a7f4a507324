"""Typst, in process: a template and plain data in, a PDF or the pages as SVG out.

Templates import `/infra/typesetting/house.typ`, which holds what every document shares.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
import typst

from infra.threads import unhindered

_ROOT = Path(__file__).parents[2]
_FONT_FOLDERS = (
    _ROOT / "gateway" / "static" / "vendor" / "fonts",
    _ROOT / "node_modules" / "@expo-google-fonts" / "sarabun",
    _ROOT / "gateway" / "node_modules" / "@expo-google-fonts" / "sarabun",
)
# The official faces draw their letters small: 16 pt of them is 11 pt of the others.
_FACES = {
    "TH SarabunIT๙": 1.45,
    "TH Sarabun New": 1.45,
    "TH SarabunPSK": 1.45,
    "Laksaman": 1.0,
    "Sarabun": 1.0,
}

Format = Literal["pdf", "svg"]


@lru_cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(font_paths=[str(folder) for folder in _FONT_FOLDERS if folder.is_dir()])


@lru_cache
def _face() -> dict[str, Any]:
    """The first of the chain that this machine has, those after it, and the size to draw it in."""
    present = set(_fonts().families())
    chain = [name for name in _FACES if name in present]
    if not chain:
        raise RuntimeError("no Thai font: run `make setup`, or install fonts-thai-tlwg")
    return {"chain": chain, "em": _FACES[chain[0]]}


class Setting:
    """A template filled with data, set here and now: it blocks for as long as that takes.

    The methods raise `typst.TypstError`, PDF/A also where no typeface has a letter of the text.
    """

    def __init__(self, template: Path, data: Mapping[str, Any]) -> None:
        given = msgspec.json.encode({**data, "face": _face()}).decode()
        self._compiler = typst.Compiler(
            str(template), root=str(_ROOT), font_paths=_fonts(), sys_inputs={"data": given}
        )

    def pdf(self, tagged: bool = True) -> bytes:
        """PDF/A-2u. `tagged` lets screen readers follow it, and more than doubles a long table's size."""
        made = self._compiler.compile(format="pdf", pdf_standards=["a-2u"], pdf_tags=tagged)
        return cast(bytes, made)

    def svg(self) -> list[str]:
        """Each page as SVG."""
        made = self._compiler.compile(format="svg")
        return [page.decode() for page in (made if isinstance(made, list) else [cast(bytes, made)])]

    def value(self, label: str) -> Any:
        """What the template notes under `label` by `metadata`."""
        found = self._compiler.query(f"<{label}>", field="value", one=True)
        return msgspec.json.decode(found)


def typeset(
    template: Path, data: Mapping[str, Any], format: Format = "pdf", tagged: bool = True
) -> bytes:
    """`template` (a Typst file) filled with `data`, in a real thread; of SVG the first page."""

    def work() -> bytes:
        setting = Setting(template, data)
        return setting.pdf(tagged) if format == "pdf" else setting.svg()[0].encode()

    return unhindered(work)
