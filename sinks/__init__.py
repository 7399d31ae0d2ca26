"""What holds results: ClickHouse and the dead letters."""
