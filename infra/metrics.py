"""What Prometheus is told, by every process."""

from prometheus_client import Counter, Gauge, Histogram

COMMANDS = Histogram(
    "amnuay_command_seconds",
    "How long commands and queries take",
    ["service", "method", "outcome"],
)
CONFLICTS = Counter("amnuay_conflicts", "Commands that lost a race and were tried again")
EVENTS_HANDLED = Counter(
    "amnuay_events_handled", "Events taken in by subscriptions", ["service", "source", "outcome"]
)
CURSOR = Gauge(
    "amnuay_subscription_position",
    "Position in the source's log up to which events are taken in",
    ["service", "source"],
)
NUMBERED = Gauge("amnuay_log_position", "Position of the last numbered event", ["service"])
PARKED = Gauge("amnuay_parked", "Parked events", ["service", "source"])
UNPUBLISHED = Gauge("amnuay_unpublished", "Numbered events not yet published", ["service"])
