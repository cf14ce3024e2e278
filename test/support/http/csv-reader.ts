/**
 * A strict RFC 4180 parser, independent of how the program writes CSV: CRLF ends each record, including
 * the last; a cell with a quote, comma, CR or LF is quoted. @throws Error for any other text
 */
export function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at);
    cells.push(cell.value);
    at = cell.end;
    if (text[at] === ',') {
      at += 1;
    } else if (text.startsWith('\r\n', at)) {
      records.push(cells);
      cells = [];
      at += 2;
    } else {
      throw new Error(`Neither comma nor CRLF after the cell that ends at ${at}`);
    }
  }
  if (cells.length > 0) throw new Error('The last record has no end');
  return records;
}

interface Cell {
  readonly value: string;
  /** Offset of the text after the cell. */
  readonly end: number;
}

function plainCell(text: string, start: number): Cell {
  let end = start;
  while (end < text.length && !',\r\n'.includes(text[end] ?? '')) {
    if (text[end] === '"') throw new Error(`A quote within the plain cell at ${start}`);
    end += 1;
  }
  return { value: text.slice(start, end), end };
}

function quotedCell(text: string, start: number): Cell {
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] !== '"') value += text[at];
    else if (text[at + 1] !== '"') return { value, end: at + 1 };
    else value += text[++at];
  }
  throw new Error(`The quoted cell at ${start} has no end`);
}
