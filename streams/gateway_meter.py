"""What the HTTP gateway reports to Prometheus; the metrics are declared in `streams.metrics`."""

from streams import metrics


class GatewayMeter:
    """Counts what the gateway does."""

    def accepted(self, client: str, events: int) -> None:
        """So many events of a client are in Kafka."""
        metrics.GATEWAY_ACCEPTED.labels(client).inc(events)

    def refused(self, client: str, reason: str, events: int) -> None:
        """So many events of a client were not taken."""
        metrics.GATEWAY_REFUSED.labels(client, reason).inc(events)

    def answered(self, status: int, seconds: float) -> None:
        """A request was answered."""
        metrics.GATEWAY_REQUESTS.labels(str(status)).inc()
        metrics.GATEWAY_SECONDS.observe(seconds)
