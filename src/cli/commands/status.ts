// SPDX-License-Identifier: AGPL-3.0-or-later
import { readStatus } from '../../app/status.ts';
import { assignmentRows } from '../../core/assign/assignments-view.ts';
import type { GpuStatus, StatusView } from '../../core/status/status-view.ts';
import { visible } from '../../core/text/visible.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { printStale } from '../print-stale.ts';
import { paint } from '../style.ts';
import { table } from '../table.ts';

export async function run(call: Call): Promise<number> {
  const { io, options } = call;
  const view = await readStatus(await call.context());
  if (options.json === true) io.out(`${JSON.stringify({ kind: 'status', ...view }, null, 2)}\n`);
  else printStatus(io, view);
  return view.unknown.length === 0 ? EXIT.done : EXIT.notMeasured;
}

function printStatus(io: Io, view: StatusView): void {
  const { name, kernel, pveVersion, quorate } = view.node;
  const proxmox = pveVersion === null ? 'no Proxmox VE' : `Proxmox VE ${pveVersion}`;
  const parts = [proxmox, `kernel ${kernel ?? 'unknown'}`, ...(quorate === false ? [paint(io, 'bad', 'no quorum')] : [])];
  io.out(`${paint(io, 'strong', `node ${visible(name)}`)}  ${parts.join(', ')}\n`);
  const pciKnown = !view.unknown.some((line) => line.startsWith('pci:'));
  if (view.gpus.length === 0 && pciKnown) io.out('\nNo Intel GPU is on this node. pveigpu verdict says why.\n');
  for (const gpu of view.gpus) io.out(`\n${gpuText(io, gpu)}`);
  if (view.assignments.length > 0)
    io.out(
      `\n${tableOf(io, assignmentRows({ format: 1, assignments: view.assignments, stale: [], unknown: [], unreadable: [] }))}`,
    );
  printStale(io, view.stale);
  if (view.waiting.length > 0) io.out('\n');
  for (const { until, text } of view.waiting) io.out(`${paint(io, 'warn', `waits for a ${until}:`)} ${visible(text)}\n`);
  for (const line of view.unknown) io.err(`${paint(io, 'warn', 'could not be read:')} ${visible(line)}\n`);
}

function gpuText(io: Io, gpu: GpuStatus): string {
  const { existing, total } = gpu.vfs;
  const lines = [
    `${paint(io, 'strong', gpu.bdf)}  ${visible(gpu.name)}  [${gpu.id}]`,
    `  mode    ${gpu.mode}`,
    `  driver  ${gpu.driver ?? 'none'}`,
    ...(total === null ? [] : [`  VFs     ${existing} of ${total}`]),
    ...gpu.mdevs.map(({ type, uuid }) => `  mdev    ${type}  ${uuid}`),
    ...heldBy(gpu),
  ];
  return `${lines.join('\n')}\n`;
}

/** One line for each function that somebody has; the free ones are counted in the line above. */
function heldBy(gpu: GpuStatus): readonly string[] {
  return gpu.functions
    .filter(({ holders, leaving }) => holders.length > 0 || leaving === true)
    .map(({ vf, bdf, holders, leaving }) => {
      const said = [
        ...(leaving === true ? ['being removed'] : []),
        ...(holders.length > 0 ? [`held by ${visible(holders.join(', '))}`] : []),
      ];
      return `  ${vf === null ? 'GPU ' : `VF ${vf}`}    ${said.join(', ')}${vf === null ? '' : ` (${bdf})`}`;
    });
}

function tableOf(io: Io, [heads = [], ...rows]: readonly (readonly string[])[]): string {
  return table(
    io,
    heads,
    rows.map((row) => row.map((cell) => visible(cell))),
  );
}
