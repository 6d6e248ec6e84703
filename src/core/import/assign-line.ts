// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Bdf } from '../pci/address.ts';
import { intelGpus, intelVfs } from '../vf/vf.ts';
import type { ImportedDevice, ImportedSlice, ImportRemark } from './imported.ts';

/** What gives the same on Proxmox VE. */
export interface AssignLine {
  /** The slice as `export --slice` names it, where this machine has it. */
  readonly slice: string | null;
  /** What follows `pveigpu assign`, `VMID` or `CTID` for the guest; null where it is nothing that pveigpu assigns. */
  readonly words: readonly string[] | null;
  readonly remarks: readonly ImportRemark[];
}

/** Looks a device up on this machine and says how it is assigned. */
export function assignLine(facts: HostFacts, { slice, properties }: ImportedDevice): AssignLine {
  if (slice.kind === 'render') return renderLine(slice.path);
  if (slice.kind === 'mdev') return mdevLine(facts, slice, properties);
  return pciLine(facts, slice.bdf, properties);
}

function renderLine(path: string): AssignLine {
  const isCard = /\/card\d+$/.test(path) || path === '/dev/dri';
  return {
    slice: 'render',
    words: ['CTID', ...(isCard ? ['--card'] : [])],
    remarks: isCard
      ? [
          {
            level: 'risky',
            text: `${path} holds the card node, which can set display modes; most programs need the render node alone (leave out --card).`,
          },
        ]
      : [],
  };
}

function mdevLine(
  facts: HostFacts,
  slice: Extract<ImportedSlice, { kind: 'mdev' }>,
  properties: ReadonlyMap<string, string>,
): AssignLine {
  const pci = ifKnown(facts.pci);
  const types = pci === undefined ? [] : intelGpus(pci).flatMap(({ mdevTypes = [] }) => mdevTypes);
  const type = slice.type ?? types.find(({ devices }) => slice.uuid !== null && devices.includes(slice.uuid))?.id ?? null;
  const size = properties.has('xres') && properties.has('yres') ? `,${properties.get('xres')}x${properties.get('yres')}` : '';
  const display = properties.get('ramfb') === 'on' || properties.get('display') === 'on' ? ['--display', `ramfb${size}`] : [];
  const remarks: ImportRemark[] = [
    {
      level: 'does',
      text: 'Proxmox VE makes the mediated device at each start and chooses its UUID; the one in the text is not needed.',
    },
  ];
  if (type === null)
    remarks.push({
      level: 'left',
      text: 'Which type the mediated device has is not in the text, and this machine does not have it: name it with --type.',
    });
  const words = type === null ? ['--mode', 'gvt-g'] : ['--type', type];
  return { slice: slice.uuid === null ? 'mdev' : `mdev:${slice.uuid}`, words: ['VMID', ...words, ...display], remarks };
}

function pciLine(facts: HostFacts, bdf: Bdf, properties: ReadonlyMap<string, string>): AssignLine {
  const pci = ifKnown(facts.pci);
  const gpus = pci === undefined ? [] : intelGpus(pci);
  const gpu = gpus.length > 1 ? (pf: Bdf) => ['--gpu', pf] : () => [];
  const vf = pci === undefined ? undefined : intelVfs(pci).find((one) => one.bdf === bdf);
  if (vf !== undefined)
    return {
      slice: `vf:${vf.number}`,
      words: ['VMID', '--vf', String(vf.number), ...gpu(vf.pf.bdf)],
      remarks: vfRemarks(properties),
    };
  const rom = properties.get('romfile')?.split('/').at(-1);
  const romWords = rom === undefined ? [] : ['--rom', rom];
  const whole = gpus.find((one) => one.bdf === bdf);
  if (whole !== undefined) {
    const way = properties.get('addr') !== undefined && properties.get('bus') === 'pci.0' ? 'pf:legacy' : 'pf';
    return { slice: way, words: ['VMID', '--mode', 'gvt-d', ...gpu(bdf), ...romWords], remarks: [] };
  }
  // A card of NVIDIA is named, since without --gpu the GPU of Intel would be meant.
  const card = pci?.displays.find((one) => one.bdf === bdf && one.vendor === '10de');
  if (card !== undefined) return { slice: null, words: ['VMID', '--gpu', bdf, ...romWords], remarks: [] };
  const number = Number(bdf.at(-1));
  const owner = gpus.find((one) => one.bdf.slice(0, -1) === bdf.slice(0, -1));
  if (owner === undefined && !bdf.startsWith(INTEGRATED)) return { slice: null, words: null, remarks: [noGpu(bdf)] };
  const unseen: ImportRemark = {
    level: 'risky',
    text: `${bdf} is no GPU and no VF of this machine, so what it is was read from its address alone.`,
  };
  return number === 0
    ? { slice: null, words: ['VMID', '--mode', 'gvt-d', ...romWords], remarks: [unseen] }
    : { slice: null, words: ['VMID', '--vf', String(number), ...(owner === undefined ? [] : gpu(owner.bdf))], remarks: [unseen] };
}

/** The GPU of an Intel processor is always function 0 here, and its VFs the others. */
const INTEGRATED = '0000:00:02.';

function noGpu(bdf: Bdf): ImportRemark {
  return {
    level: 'left',
    text: `${bdf} is no GPU of this machine, so it is not taken for one: pass it on as any PCI device (qm set VMID --hostpci0 ADDRESS).`,
  };
}

function vfRemarks(properties: ReadonlyMap<string, string>): readonly ImportRemark[] {
  const wrong = [...properties.keys()].filter((name) => name.startsWith('x-igd-') || name === 'x-vga');
  return wrong.length === 0
    ? []
    : [{ level: 'risky', text: `${wrong.join(' and ')} belong to a whole GPU; QEMU refuses to start a VF with an OpRegion.` }];
}
