"""The live board: one page, from files built out of `web/`, that asks the query API."""
