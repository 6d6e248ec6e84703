// SPDX-License-Identifier: AGPL-3.0-or-later
import { isMount } from '../../container/hand-lines.ts';
import { parseBdf } from '../../pci/address.ts';
import { shellwords } from '../../text/shellwords.ts';
import type { ImportedDevice, ImportReader } from '../imported.ts';
import { renderDevices } from './compose.ts';

/** `docker run` or `podman run`. */
export const RUN_READER: ImportReader = {
  name: 'run',
  read: (text) => {
    if (!/(?:^|\s)(?:docker|podman)\s+(?:run|create)\s/.test(text)) return undefined;
    const words = shellwords(joined(text))?.map(({ value }) => value);
    if (words === undefined) return { broken: 'A quote is not closed, or the text ends in a backslash.' };
    const values = (option: string) =>
      words.flatMap((word, at) =>
        word === option ? [words[at + 1] ?? ''] : word.startsWith(`${option}=`) ? [word.slice(option.length + 1)] : [],
      );
    const devices = renderDevices(values('--device').map((value) => value.split(':')[0] ?? ''));
    const byName = values('--group-add').some((group) => group === 'render' || group === 'video');
    const remarks = byName
      ? [
          {
            level: 'risky' as const,
            text: '--group-add with a name takes the number that the image has for it, which need not be that of the host.',
          },
        ]
      : [];
    return { guest: values('--name')[0] ?? null, devices, remarks };
  },
};

/** A `.container` unit of Podman. */
export const QUADLET_READER: ImportReader = {
  name: 'quadlet',
  read: (text) => {
    if (!/^\[Container\]\s*$/m.test(text)) return undefined;
    const values = (key: string) => [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => (match[1] ?? '').trim());
    return {
      guest: values('ContainerName')[0] ?? null,
      devices: renderDevices(values('AddDevice').map((value) => value.replace(/^-/, '').split(':')[0] ?? '')),
      remarks: [],
    };
  },
};

/** Raw configuration of LXC, in its own form and in that of Proxmox VE. */
export const LXC_READER: ImportReader = {
  name: 'lxc',
  read: (text) => {
    const entries = [...text.matchAll(/^\s*(lxc\.[a-z0-9_.]+)\s*[=:]\s*(.*)$/gm)].map(
      (match) => [match[1] ?? '', (match[2] ?? '').trim()] as const,
    );
    if (entries.length === 0) return undefined;
    const paths = entries.filter(([key, value]) => isMount(key, value)).map(([, value]) => value.split(/\s+/)[0] ?? '');
    return {
      guest: null,
      devices: renderDevices(paths),
      remarks: [
        {
          level: 'outdated',
          text: 'Proxmox VE has devN for device nodes, which sets owner and rights by itself and works in unprivileged containers.',
        },
      ],
    };
  },
};

/** `incus config device add`, and the same of lxc of LXD. */
export const INCUS_READER: ImportReader = {
  name: 'incus',
  read: (text) => {
    const commands = [
      ...joined(text).matchAll(/(?:incus|lxc)\s+config\s+device\s+add\s+(\S+)\s+\S+\s+(pci|gpu)((?:\s+[a-z.]+=\S+)*)/g),
    ];
    if (commands.length === 0) return undefined;
    const devices = commands.flatMap(([, , kind = '', rest = '']) =>
      incusDevice(kind, new Map([...rest.matchAll(/([a-z.]+)=(\S+)/g)].map(([, key = '', value = '']) => [key, value]))),
    );
    return { guest: commands[0]?.[1] ?? null, devices, remarks: [] };
  },
};

function incusDevice(kind: string, options: ReadonlyMap<string, string>): readonly ImportedDevice[] {
  const properties = new Map<string, string>();
  if (options.get('gputype') === 'mdev')
    return [{ slice: { kind: 'mdev', uuid: null, type: options.get('mdev') ?? null }, properties }];
  const bdf = parseBdf(options.get(kind === 'pci' ? 'address' : 'pci') ?? '');
  if (kind === 'gpu' && (options.has('gid') || !bdf.ok)) return [{ slice: { kind: 'render', path: '/dev/dri' }, properties }];
  return bdf.ok ? [{ slice: { kind: 'pci', bdf: bdf.value }, properties }] : [];
}

function joined(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .map((line) => line.replace(/\\\s*$/, ' '))
    .join(' ');
}
