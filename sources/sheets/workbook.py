"""An XLSX workbook as rows of texts. Read with openpyxl, values only: no formula is run, no link followed."""

import warnings
import zipfile
from contextlib import redirect_stdout
from datetime import date, datetime, time
from io import BytesIO, StringIO

from openpyxl import load_workbook

from schemas.refusal import Reason
from sources.converted import FieldError

UNPACKED_LIMIT = 200 << 20
"""Bytes of a workbook when unpacked: a small file may hide a large one."""

MAGIC = b"PK\x03\x04"


def workbook_rows(payload: bytes, sheet: str) -> list[list[str]]:
    """The rows of a sheet, the first if none is named. Raises FieldError."""
    try:
        with zipfile.ZipFile(BytesIO(payload)) as archive:
            if sum(member.file_size for member in archive.infolist()) > UNPACKED_LIMIT:
                raise FieldError(Reason.TOO_LARGE, "")
        with redirect_stdout(StringIO()), warnings.catch_warnings():  # openpyxl prints, and quotes cells
            warnings.simplefilter("ignore")
            return _rows(payload, sheet)
    except FieldError:
        raise
    except Exception:  # openpyxl raises whatever its parsers do for a file that is none
        raise FieldError(Reason.UNREADABLE, "") from None


def _rows(payload: bytes, sheet: str) -> list[list[str]]:
    book = load_workbook(BytesIO(payload), read_only=True, data_only=True, keep_links=False)
    if sheet and sheet not in book.sheetnames:
        raise FieldError(Reason.NO_COLUMN, sheet)
    chosen = book[sheet] if sheet else book.worksheets[0]
    return [[_text(cell) for cell in row] for row in chosen.iter_rows(values_only=True)]


def _text(cell: object) -> str:
    """A cell as it is written in a mapping's terms; dates become ISO."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
