// SPDX-License-Identifier: AGPL-3.0-or-later
// What the tabs use of ExtJS (6.2 and 7.0 alike) and of Proxmox's libraries, which PVE's page has loaded before us.

/** Configuration of a component, as ExtJS takes it. */
interface ExtConfig {
  readonly [key: string]: unknown;
}

/** A row of a store. */
interface ExtRecord {
  readonly data: { readonly [field: string]: unknown };
  get(field: string): unknown;
}

interface ExtStore {
  loadData(rows: readonly object[]): void;
  getAt(index: number): ExtRecord | null;
  getCount(): number;
  findExact(field: string, value: unknown): number;
}

interface ExtSelection {
  getSelection(): readonly ExtRecord[];
  select(record: ExtRecord | number): void;
  deselectAll(): void;
}

/** A component; the methods of kinds that a selector can find are all here. */
interface ExtComponent {
  readonly destroyed: boolean;
  readonly rendered: boolean;
  readonly itemId?: string;
  /** PVE gives each card the tree node that it belongs to. */
  readonly pveSelNode?: { readonly data: PveNode };
  getEl(): { readonly dom: HTMLElement };
  isVisible(deep?: boolean): boolean;
  down(selector: string): ExtComponent | null;
  up(selector: string): ExtComponent | null;
  query(selector: string): readonly ExtComponent[];
  on(event: string, handler: (...values: never[]) => void): void;
  add(config: ExtConfig | readonly ExtConfig[]): ExtComponent;
  removeAll(): void;
  close(): void;
  show(): void;
  destroy(): void;
  mask(message: string): void;
  unmask(): void;
  setActiveItem(item: string | number): void;
  setDisabled(disabled: boolean): void;
  setHidden(hidden: boolean): void;
  setHtml(html: string): void;
  setLoading(loading: boolean | string): void;
  setText(text: string): void;
  setTitle(title: string): void;
  setTooltip(text: string): void;
  setValue(value: unknown): void;
  getValue(): unknown;
  isValid?(): boolean;
  getStore(): ExtStore;
  getSelectionModel(): ExtSelection;
  updateLayout(): void;
}

/** What PVE's tree knows of a node or guest. */
interface PveNode {
  readonly node: string;
  readonly type: string;
  readonly vmid?: number;
  readonly name?: string;
  readonly template?: boolean | number;
}

/** A union over all paths: a hint, never a promise for one node or guest. */
interface PveCaps {
  readonly nodes?: { readonly [privilege: string]: unknown };
  readonly vms?: { readonly [privilege: string]: unknown };
}

/** A class that was made with `Ext.define`; its methods are called on an instance of a class below it. */
interface ExtClass {
  readonly prototype: { readonly initComponent: (this: unknown) => void };
}

declare const Ext: {
  create(name: string, config: ExtConfig): ExtComponent;
  define(name: string, members: ExtConfig): void;
  apply<T extends object>(target: T, values: ExtConfig): T;
  htmlEncode(text: string): string;
  readonly panel: { readonly Panel: ExtClass };
  readonly Msg: {
    alert(title: string, html: string): void;
    confirm(title: string, html: string, answered: (button: string) => void): void;
  };
  readonly state: { readonly Manager: { get(key: string): unknown } };
  readonly ComponentQuery: { query(selector: string): readonly ExtComponent[] };
};

declare const Proxmox: {
  readonly UserName: string;
  readonly CSRFPreventionToken: string;
  readonly defaultLang?: string;
  readonly Utils: {
    readonly override_task_descriptions?: (descriptions: { readonly [type: string]: readonly [string, string] }) => void;
  };
};

interface PveItem extends ExtConfig {
  readonly itemId?: string;
}

interface PveConfigPanel {
  readonly $className: string;
  readonly xtype?: string;
  readonly savedItems: { readonly [itemId: string]: unknown };
  readonly pveSelNode: { readonly data: PveNode };
}

declare const PVE:
  | {
      readonly panel?: {
        readonly Config?: { readonly prototype: { insertNodes: (this: PveConfigPanel, items: readonly PveItem[]) => unknown } };
      };
    }
  | undefined;
