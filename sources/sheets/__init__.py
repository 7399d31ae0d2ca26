"""Exports of document management systems and one-stop lists: CSV and XLSX, by a mapping file per vendor."""
