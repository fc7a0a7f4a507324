"""Green threads: eventlet's changes to the standard library, made before anything else is imported."""


def patch() -> None:
    """Let this process, database driver included, wait in one green thread and work in others."""
    import eventlet

    eventlet.monkey_patch()
    from psycogreen.eventlet import patch_psycopg

    patch_psycopg()
