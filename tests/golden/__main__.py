"""`python -m tests.golden`: write the golden files that are missing."""

import sys

from tests.golden import FOLDER, write_missing

for path in write_missing():
    sys.stdout.write(f"{path.relative_to(FOLDER)}\n")
