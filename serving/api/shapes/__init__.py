"""What answers look like, for the OpenAPI document; the routes themselves send plain rows."""
