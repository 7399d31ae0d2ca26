"""Prometheus rules and Alertmanager routes, generated from the catalogue and the working calendar."""
