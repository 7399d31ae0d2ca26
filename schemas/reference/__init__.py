"""Reference data: what a province keeps in tables and not in events.

Agencies with their validity and successors, procedures, targets (giao chỉ tiêu) and the working calendar.
They come as CSV or XLSX, are checked as a whole and loaded in versions (docs/reference.md).
"""
