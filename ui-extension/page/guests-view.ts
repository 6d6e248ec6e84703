// SPDX-License-Identifier: AGPL-3.0-or-later

import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { AssignmentRow, AssignmentsView } from '../../src/core/assign/assignments-view.ts';
import { guestOf } from '../model/slices.ts';
import './guest-view.ts';
import { icon, toneIcon } from './icons.ts';
import { table } from './table.ts';
import { PanelView } from './view.ts';

/** One guest as PVE lists it (`GET /nodes/NODE/qemu` and `/lxc`). */
interface ListedGuest {
  readonly vmid: number | string;
  readonly name?: string;
  readonly status?: string;
}

interface Row {
  readonly kind: 'qemu' | 'lxc';
  readonly vmid: number;
  readonly name: string;
  readonly isRunning: boolean;
  readonly slices: readonly AssignmentRow[];
}

/** `<pveigpu-guests>`: the guests of this node that the user may see, or the one that was opened. */
class GuestsView extends PanelView<readonly Row[]> {
  static override properties = { ...PanelView.properties, opened: { type: Number } };
  /** The guest that is shown; 0 shows the list. */
  declare opened: number;

  protected override async look(): Promise<readonly Row[]> {
    const { api } = this.context;
    const [vms, containers, assigned] = await Promise.all([
      api.pve<readonly ListedGuest[]>('qemu'),
      api.pve<readonly ListedGuest[]>('lxc'),
      api.get<AssignmentsView>('assignments'),
    ]);
    const rows = [...vms.map((one) => rowOf('qemu', one, assigned)), ...containers.map((one) => rowOf('lxc', one, assigned))];
    return rows.sort((a, b) => a.vmid - b.vmid);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get('opened') && !this.opened) void this.reload();
  }

  override render(): TemplateResult {
    if (!this.opened) return super.render();
    return html`<pveigpu-guest .context=${this.context} .vmid=${this.opened}></pveigpu-guest>`;
  }

  protected override body(rows: readonly Row[]): TemplateResult {
    const { say } = this.context;
    if (rows.length === 0) return html`<p class="empty">${say('guests.empty')}</p>`;
    const columns = [
      {
        head: say('field.guest'),
        cell: (row: Row) => html`${icon('guests')} <a href="#guests/${row.vmid}">${guestOf(row)}</a>`,
      },
      { head: say('field.name'), cell: ({ name }: Row) => name },
      {
        head: say('field.state'),
        nowrap: true,
        cell: ({ isRunning }: Row) =>
          html`${toneIcon(isRunning ? 'good' : 'none')} ${say(isRunning ? 'state.running' : 'state.stopped')}`,
      },
      {
        head: say('field.slice'),
        cell: ({ slices }: Row) =>
          slices.length === 0
            ? nothing
            : html`${slices.map(({ form, key, value }) => html`<div>${say(`form.${form}`)} <code>${key}: ${value}</code></div>`)}`,
      },
    ];
    return html`<section class="panel">${table(say('view.guests'), columns, rows)}</section>`;
  }
}

function rowOf(kind: Row['kind'], { vmid, name, status }: ListedGuest, { assignments }: AssignmentsView): Row {
  const id = Number(vmid);
  return {
    kind,
    vmid: id,
    name: name ?? '',
    isRunning: status === 'running',
    slices: assignments.filter((one) => one.vmid === id),
  };
}

customElements.define('pveigpu-guests', GuestsView);
