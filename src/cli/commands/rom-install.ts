// SPDX-License-Identifier: AGPL-3.0-or-later
import { planInstallRom } from '../../app/rom-install.ts';
import { parseBdf } from '../../core/pci/address.ts';
import { carryOut, refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { filePlace } from '../rom-place.ts';

export async function run(call: Call): Promise<number> {
  const { name, source, for: device } = call.options;
  const bdf = typeof device === 'string' ? parseBdf(device) : undefined;
  if (bdf?.ok === false) return refuse(call, bdf.problem);
  const place = await filePlace(call, call.args[0] ?? '');
  return await carryOut(call, (context) =>
    planInstallRom(context, {
      ...place,
      ...(typeof name === 'string' ? { name } : {}),
      ...(typeof source === 'string' ? { source } : {}),
      allNodes: call.options.allNodes === true,
      ...(bdf === undefined ? {} : { bdf: bdf.value }),
    }),
  );
}
