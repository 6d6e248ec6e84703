// SPDX-License-Identifier: AGPL-3.0-or-later

type Row = { readonly [key: string]: unknown };

/** Columns of a table that PVE's schema fixes: the required ones first, then the others, each sorted. */
const COLUMNS: { readonly [template: string]: readonly string[] } = {
  '/nodes/{node}/hardware/pci': (
    'class device id iommugroup vendor device_name mdev subsystem_device subsystem_device_name subsystem_vendor ' +
    'subsystem_vendor_name vendor_name'
  ).split(' '),
  '/nodes/{node}/hardware/pci/{pci-id-or-mapping}/mdev': ['available', 'description', 'type', 'name'],
};

export type AnswerFormat = 'text' | 'json' | 'json-pretty' | 'yaml';

/** Prints what a call answered as `pvesh` does (PVE::CLIFormatter). */
export function answerText(value: unknown, format: AnswerFormat, template: string): string {
  if (format === 'json') return `${json(value)}\n`;
  if (format === 'json-pretty') return `${pretty(value, '')}\n`;
  if (value === null || value === undefined) return '';
  if (format === 'yaml') return yaml(value);
  if (Array.isArray(value)) return value.length === 0 ? '' : table(value as Row[], template);
  return typeof value === 'object' ? keyTable(value as Row) : `${String(value)}\n`;
}

function sortedEntries(value: object): [string, unknown][] {
  return Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function json(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`;
  if (typeof value === 'object' && value !== null)
    return `{${sortedEntries(value)
      .map(([key, one]) => `${JSON.stringify(key)}:${json(one)}`)
      .join(',')}}`;
  return JSON.stringify(value ?? null);
}

function pretty(value: unknown, indent: string): string {
  const deeper = `${indent}   `;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return `[\n${value.map((one) => deeper + pretty(one, deeper)).join(',\n')}\n${indent}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const lines = sortedEntries(value).map(([key, one]) => `${deeper}${JSON.stringify(key)} : ${pretty(one, deeper)}`);
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}

function yaml(value: unknown): string {
  if (typeof value !== 'object' || value === null) return `--- ${scalar(value)}\n`;
  const lines = sortedEntries(value).map(([key, one]) => `${key}: ${scalar(one)}\n`);
  return `---\n${lines.join('')}`;
}

function scalar(value: unknown): string {
  if (typeof value !== 'string') return json(value);
  return value === '' || /^[\d.]+$/.test(value) || /^[\s&*!|>'"%@`]/.test(value) ? `'${value.replaceAll("'", "''")}'` : value;
}

function keyTable(value: Row): string {
  const rows = sortedEntries(value).map(([key, one]) => ({ key, value: one }));
  return draw(['key', 'value'], rows, new Set());
}

function table(rows: readonly Row[], template: string): string {
  const columns = COLUMNS[template] ?? [...new Set(rows.flatMap((row) => Object.keys(row)))].sort();
  const numeric = new Set(columns.filter((column) => rows.some((row) => typeof row[column] === 'number')));
  const [first = ''] = columns;
  const sorted = [...rows].sort((a, b) => compare(a[first], b[first]));
  return draw(columns, sorted, numeric);
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a ?? '') < String(b ?? '') ? -1 : String(a ?? '') > String(b ?? '') ? 1 : 0;
}

function draw(columns: readonly string[], rows: readonly Row[], numeric: ReadonlySet<string>): string {
  const cells = rows.map((row) => columns.map((column) => cellLines(row[column])));
  const widths = columns.map((column, at) =>
    Math.max(column.length, ...cells.flatMap((row) => (row[at] ?? []).map((text) => text.length))),
  );
  const rule = (left: string, middle: string, right: string, dash: string) =>
    `${left}${widths.map((width) => dash.repeat(width + 2)).join(middle)}${right}\n`;
  const line = (texts: readonly string[], head: boolean) =>
    `│${texts
      .map((text, at) => {
        const width = widths[at] ?? 0;
        return ` ${numeric.has(columns[at] ?? '') && !head ? text.padStart(width) : text.padEnd(width)} `;
      })
      .join('│')}│\n`;
  const body = cells.map((row) => {
    const height = Math.max(...row.map((lines) => lines.length));
    return Array.from({ length: height }, (_, at) =>
      line(
        row.map((lines) => lines[at] ?? ''),
        false,
      ),
    ).join('');
  });
  return (
    rule('┌', '┬', '┐', '─') +
    line(columns, true) +
    rule('╞', '╪', '╡', '═') +
    body.join(rule('├', '┼', '┤', '─')) +
    rule('└', '┴', '┘', '─')
  );
}

function cellLines(value: unknown): string[] {
  if (value === undefined || value === null) return [''];
  return (typeof value === 'object' ? json(value) : String(value)).replace(/\n$/, '').split('\n');
}
