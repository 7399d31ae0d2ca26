"""The payment platform: callbacks, inquiry results, rows of its transaction table (domain, section 5.4)."""
