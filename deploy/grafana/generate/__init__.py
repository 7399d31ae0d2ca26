"""Makes the Grafana dashboards as JSON from the catalogue.

    python -m deploy.grafana.generate            # write deploy/grafana/dashboards/*.json
    python -m deploy.grafana.generate --check    # exit 1 when a file is not what would be written

Never edit the JSON: change the boards here. Figures come from SQL over the plain-typed views, with the
macros of the ClickHouse data source; the state of the pipeline comes from Prometheus.
"""
