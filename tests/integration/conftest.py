from tests.correspondence.mailbox.servers import box, imap_server, server

__all__ = ["box", "imap_server", "server"]
