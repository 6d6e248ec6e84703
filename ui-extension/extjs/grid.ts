// SPDX-License-Identifier: AGPL-3.0-or-later
import { guarded } from './guarded.ts';
import { type Cell, cellHtml } from './html.ts';

/** One column: its header, how wide, and the cell of a row. */
export interface Column<T> {
  readonly header: string;
  /** Pixels; a share of what is left when it is missing. */
  readonly width?: number;
  readonly flex?: number;
  readonly cell: (row: T) => Cell | string;
}

/** A table as PVE has them. */
export interface GridOptions<T> {
  readonly itemId: string;
  readonly columns: readonly Column<T>[];
  readonly empty: string;
  /** Said for screen readers, and shown as title unless `showTitle` is no. */
  readonly title: string;
  readonly showTitle?: boolean;
  /** Rows with the same text stand together under it, in the order in which the texts come. */
  readonly group?: (row: T) => string;
  readonly onSelect?: (row: T | undefined) => void;
  readonly onOpen?: (row: T) => void;
  /** Whether the first row is selected by itself, for a table with details below. */
  readonly selectsFirst?: boolean;
  readonly more?: ExtConfig;
}

/** Configuration of a grid; rows come with {@link showRows}. */
export function gridConfig<T>({
  columns,
  empty,
  title,
  showTitle = true,
  group,
  onSelect,
  onOpen,
  selectsFirst = false,
  itemId,
  more,
}: GridOptions<T>): ExtConfig {
  return {
    xtype: 'grid',
    itemId,
    ...(showTitle ? { title } : { ariaLabel: title }),
    border: false,
    columnLines: false,
    store: {
      fields: [],
      data: [],
      ...(group === undefined ? {} : { grouper: { property: 'group', sortProperty: 'groupOrder' } }),
    },
    ...(group === undefined
      ? {}
      : { features: [{ ftype: 'grouping', groupHeaderTpl: '{name:htmlEncode}', collapsible: false }] }),
    viewConfig: { emptyText: Ext.htmlEncode(empty), deferEmptyText: false, enableTextSelection: true },
    columns: columns.map(({ header, width, flex }, at) => ({
      text: Ext.htmlEncode(header),
      dataIndex: `text${at}`,
      cellWrap: true,
      ...(width === undefined ? { flex: flex ?? 1 } : { width }),
      renderer: (_value: unknown, _meta: unknown, record: ExtRecord) => cellHtml(cellsOf(record)[at] ?? { text: '' }),
    })),
    listeners: {
      selectionchange: (_model: unknown, selected: readonly ExtRecord[]) =>
        guarded(itemId, () => onSelect?.(selected[0] === undefined ? undefined : rowOf<T>(selected[0]))),
      itemdblclick: (_view: unknown, record: ExtRecord) => guarded(itemId, () => onOpen?.(rowOf<T>(record))),
    },
    // for showRows, which does not know the columns
    pveigpuRow: (row: T) => {
      const cells = columns.map(({ cell }) => asCell(cell(row)));
      const texts = Object.fromEntries(cells.map(({ text }, at) => [`text${at}`, text]));
      return { ...texts, cells, row, group: group?.(row) ?? '' };
    },
    pveigpuSelectsFirst: selectsFirst,
    ...more,
  };
}

interface GridOfOurs<T> {
  readonly pveigpuRow: (row: T) => { readonly group: string };
  readonly pveigpuSelectsFirst: boolean;
}

/** Puts rows into a grid and keeps the place that was selected. */
export function showRows<T>(panel: ExtComponent, itemId: string, rows: readonly T[]): void {
  const grid = panel.down(`#${itemId}`) as (ExtComponent & GridOfOurs<T>) | null;
  if (grid === null) return;
  const [chosen] = grid.getSelectionModel().getSelection();
  const at = chosen === undefined ? -1 : grid.getStore().findExact('text0', chosen.get('text0'));
  const shown = rows.map((row) => grid.pveigpuRow(row));
  const groups = [...new Set(shown.map(({ group }) => group))];
  grid.getStore().loadData(shown.map((row) => ({ ...row, groupOrder: groups.indexOf(row.group) })));
  const next = at >= 0 && at < rows.length ? at : grid.pveigpuSelectsFirst && rows.length > 0 ? 0 : -1;
  if (next >= 0) grid.getSelectionModel().select(next);
}

/** The row that is selected in a grid. */
export function selectedRow<T>(panel: ExtComponent, itemId: string): T | undefined {
  const [record] = panel.down(`#${itemId}`)?.getSelectionModel().getSelection() ?? [];
  return record === undefined ? undefined : rowOf<T>(record);
}

function rowOf<T>(record: ExtRecord): T {
  return record.get('row') as T;
}

function cellsOf(record: ExtRecord): readonly Cell[] {
  return record.get('cells') as readonly Cell[];
}

function asCell(cell: Cell | string): Cell {
  return typeof cell === 'string' ? { text: cell } : cell;
}
