"""The query API: what the operations centre asks over HTTP, read only (`reform-pulse serve`)."""
