"""Documents as the office prints and keeps them: registers, stamped first pages, spreadsheets.

Every function takes plain dictionaries and returns bytes; none asks a service.
"""
