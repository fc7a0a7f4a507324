"""The central mailbox (saraban@, annex 7): letters sent and received by e-mail."""
