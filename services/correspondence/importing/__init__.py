"""Registers of other systems taken over (`contract.importing`): read, checked row by row, loaded in the
background. `reading` understands a file, `columns` its headings, `jobs` remembers how far each is."""
