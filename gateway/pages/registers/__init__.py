"""Pages of the registers of what an organisation makes: kept and printed, counted, and the numbers of
their series; what the organisation chose about its documents; the periodic survey of ข้อ 50."""

from gateway.pages.registers import figures, kept, made, policy

__all__ = ["figures", "kept", "made", "policy"]
