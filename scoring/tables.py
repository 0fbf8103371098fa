"""CSV files of any size: read a part at a time, and written whole or not at all."""

from __future__ import annotations

import codecs
import csv
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from scoring.errors import ScoreFileInvalid

CHUNK = 50_000
MOST_PROBLEMS = 50
UTF_8 = "utf-8"
_COMMON_HANZI = re.compile(rb"[\xb0-\xf7][\xa1-\xfe]")

Chunk = tuple[list[int], list[list[str]]]
"""Line numbers and the cells of each line."""


class Problems:
    """What is wrong with a file: the first problems by name, the rest only counted."""

    def __init__(self, source: Path) -> None:
        self._source = source
        self._shown: list[str] = []
        self._count = 0

    def __bool__(self) -> bool:
        return self._count > 0

    def add(self, problem: str) -> None:
        """Note a problem; the file's name is put before it."""
        self._count += 1
        if self._count <= MOST_PROBLEMS:
            self._shown.append(f"{self._source}{problem}")

    def refuse(self) -> None:
        """Raise ScoreFileInvalid if there is any problem."""
        more = self._count - MOST_PROBLEMS
        if self._count:
            raise ScoreFileInvalid(self._shown + ([f"and {more} more"] if more > 0 else []))


class Table:
    """A CSV file being read: its header, then chunks of its lines.

    Lines without any cell are left out; what is wrong is noted in ``problems``.
    """

    def __init__(self, file: TextIO, source: Path, encoding: str) -> None:
        self.problems = Problems(source)
        self._file, self._source, self._encoding = file, source, encoding
        self._rows = self._read()
        self.header_line, self.header = next(self._rows, (1, []))
        if not self.header:
            if not self.problems:
                self.problems.add(": the file is empty; the first line names the columns")
            self.problems.refuse()

    def chunks(self, progress: Callable[[int, int], None] | None = None) -> Iterator[Chunk]:
        """Give the lines in parts, at least one, which may be empty.

        Args:
            progress: Is told after each part how many bytes are read, and of how many.
        """
        size = self._source.stat().st_size
        lines: list[int] = []
        rows: list[list[str]] = []
        for line, row in self._rows:
            if len(row) != len(self.header):
                count = len(self.header)
                self.problems.add(f" line {line}: {len(row)} cells, but the header has {count}")
                continue
            lines.append(line)
            rows.append(row)
            if len(rows) == CHUNK:
                yield lines, rows
                lines, rows = [], []
                if progress:
                    progress(min(self._file.buffer.tell(), size), size)
        yield lines, rows
        if progress:
            progress(size, size)

    def _read(self) -> Iterator[tuple[int, list[str]]]:
        """Give every row that has cells, with the number of the line on which it begins."""
        reader = csv.reader(self._file, strict=True)
        line = 1
        try:
            for row in reader:
                if row:
                    yield line, row
                line = reader.line_num + 1
        except UnicodeError:
            self.problems.add(_undecodable(self._source, self._encoding))
        except csv.Error as error:
            self.problems.add(f" line {line}: {error}")
        except OSError as error:
            self.problems.add(f": {error.strerror}")


@contextmanager
def opened(source: Path, encoding: str | None = None) -> Iterator[Table]:
    """Open a CSV file whose first line names the columns.

    Args:
        encoding: Any that python knows; without it UTF-8, with or without a byte-order mark.

    Raises:
        ScoreFileInvalid: the file cannot be read or is empty, or there is no such encoding.
    """
    try:
        name = codecs.lookup(encoding).name if encoding else UTF_8
        file = source.open(encoding="utf-8-sig" if name == UTF_8 else name, newline="")
    except OSError as error:
        raise ScoreFileInvalid([f"{source}: {error.strerror}"]) from error
    except LookupError as error:
        raise ScoreFileInvalid(
            [f"no encoding {encoding!r}; there are utf-8, gb18030, utf-16 and others"]
        ) from error
    with file:
        yield Table(file, source, name)


@contextmanager
def written_whole(target: Path, *, bom: bool = True) -> Iterator[TextIO]:
    """Give a UTF-8 file that takes the place of ``target`` if all goes well, and else vanishes.

    Raises:
        OSError: the target cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
    try:
        with open(handle, "w", encoding=UTF_8, newline="") as file:
            file.write("\ufeff" if bom else "")
            yield file
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _undecodable(source: Path, encoding: str) -> str:
    if encoding != UTF_8:
        return f": not {encoding}; save it as UTF-8, or name another --encoding"
    line = _first_line_that_is_not(source, UTF_8)
    if _looks_like_gbk(source):
        return f" line {line}: not UTF-8; it looks like GBK: use --encoding gb18030"
    return f" line {line}: not UTF-8; save it as UTF-8, or name its --encoding"


def _first_line_that_is_not(source: Path, encoding: str) -> int | None:
    with source.open("rb") as file:
        for line, content in enumerate(file, start=1):
            try:
                content.decode(encoding)
            except UnicodeDecodeError:
                return line
    return None


def _looks_like_gbk(source: Path) -> bool:
    """Tell whether all of a file is GB18030 and some of it common Chinese characters."""
    if _first_line_that_is_not(source, "gb18030"):
        return False
    with source.open("rb") as file:
        return any(_COMMON_HANZI.search(line) for line in file)
