"""Periodic reports: figures as tables (`table`), written as XLSX, DOCX or Markdown by three small writers."""
