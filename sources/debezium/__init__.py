"""Changes of a database table as Debezium tells them: the after-image of each row, by a mapping."""
