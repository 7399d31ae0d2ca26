"""ClickHouse: the embedded engine or a server, behind one client."""
