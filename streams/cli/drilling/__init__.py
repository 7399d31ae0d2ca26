"""Alert drills: what makes an alert fire, played to a real worker, Prometheus and Alertmanager."""
