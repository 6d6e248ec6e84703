// SPDX-License-Identifier: AGPL-3.0-or-later
import hookStub from '../../../pve-hooks/pveigpu-hook.pl';
import { planAcpiRomTable } from '../../app/acpi-rom-table.ts';
import { MAX_HOSTPCI } from '../../core/guest/hostpci.ts';
import { carryOut } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { Failure } from '../print-problem.ts';
import { textOf, vmidOf } from '../request.ts';

export async function run(call: Call): Promise<number> {
  const { options } = call;
  const request = {
    vmid: vmidOf(call),
    ...indexOf(options.hostpci),
    ...textOf(options, 'rom', 'romfile'),
    battery: options.battery === true,
  };
  return await carryOut(call, (context) => planAcpiRomTable(context, request, { hookStub }));
}

function indexOf(text: string | boolean | undefined): { readonly index?: number } {
  if (typeof text !== 'string') return {};
  const index = /^(?:hostpci)?(\d{1,2})$/.exec(text)?.[1];
  if (index === undefined || Number(index) >= MAX_HOSTPCI)
    throw new Failure({
      code: 'usage',
      message: `"${text}" is no hostpci entry.`,
      hint: `Give a number from 0 to ${MAX_HOSTPCI - 1}.`,
    });
  return { index: Number(index) };
}
