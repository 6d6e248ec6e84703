// SPDX-License-Identifier: AGPL-3.0-or-later
import { isHarmless, type Pseudonyms } from './pseudonyms.ts';
import { scrubText } from './scrub.ts';

/** Programs that use GPUs; every other name of a process could be anything. */
const PROGRAMS =
  /^(kvm|qemu-system-x86|Xorg|Xwayland|systemd-logind|plymouthd|ffmpeg|vainfo|intel_gpu_top|gnome-shell|kwin_wayland|sddm|weston|jellyfin|Plex Transcoder|frigate\.\w+)$/;

/** The name of a process where it is known to be harmless, else `process`. */
export function keptProgram(name: string): string {
  return PROGRAMS.test(name) ? name : 'process';
}

/** A reduced guest configuration with people's names replaced: snapshots, tags, pools, hook scripts, ROM files, CPU models. */
export function renameGuest(text: string, names: Pseudonyms): string {
  return text
    .split('\n')
    .map((line) => {
      const section = /^\[([^\]]*)\]$/.exec(line);
      if (section !== null) return renamedSection(section[1] ?? '', names);
      const [, key = '', value = ''] = /^([^:]+): (.*)$/s.exec(line) ?? [];
      return key === '' ? line : `${key}: ${scrubText(renamedValue(key, value, names))}`;
    })
    .join('\n');
}

function renamedSection(name: string, names: Pseudonyms): string {
  if (/^pending$/i.test(name) || name.startsWith('special:') || !/^[a-z][\w-]*$/i.test(name)) return `[${name}]`;
  return `[${names.of('snap', name)}]`;
}

function renamedValue(key: string, value: string, names: Pseudonyms): string {
  if (key === 'parent') return names.of('snap', value);
  if (key === 'tags') return value.replace(/[^;, ]+/g, (tag) => names.of('tag', tag));
  if (key === 'hookscript') return renameVolid(value, names);
  if (key === 'cpu') return value.replace(/\bcustom-([\w-]+)/, (_, name: string) => `custom-${names.of('cpu', name)}`);
  if (key.startsWith('hostpci')) {
    return value
      .replace(/\bmapping=([^,]+)/, (_, pool: string) => `mapping=${names.of('pool', pool)}`)
      .replace(/\bromfile=([^,]+)/, (_, file: string) => `romfile=${names.ofFile('rom', file)}`);
  }
  if (key === 'args') return renameArgs(value, names);
  return value;
}

/** Paths in QEMU's arguments lose their folders, and their file names where a person gave them. */
function renameArgs(value: string, names: Pseudonyms): string {
  const file = (path: string) => names.ofFile('rom', path.slice(path.lastIndexOf('/') + 1));
  return value
    .replace(/(?<=[\s=,'"]|^)\/(?!sys\/|dev\/(?:vfio|dri)\/)[^\s,'"]+/g, (path) => `/usr/share/kvm/${file(path)}`)
    .replace(/\b(romfile|file)=([^/\s,'"][^\s,'"]*)/g, (_, key: string, name: string) => `${key}=${file(name)}`)
    .replace(/(?<=,)(id|display|bus|serial)=(?!hostpci|vfio|gpu|igd|vgpu|pci|pcie|ich9|egl|on\b|off\b|auto\b)[^\s,'"]+/g, '$1=_')
    .replace(/(\\?"(?:id|bus|display|serial)\\?"\s*:\s*\\?")(?!hostpci|vfio|gpu|igd|vgpu|pci|pcie|ich9|egl)[^"\\]*/g, '$1_');
}

/** `storage:snippets/name`, both parts replaced where a person named them. */
export function renameVolid(volid: string, names: Pseudonyms): string {
  const match = /^([^:]+):snippets\/(.*)$/.exec(volid);
  if (match === null) return `${names.of('storage', volid)}`;
  return `${names.of('storage', match[1] ?? '')}:snippets/${names.ofFile('hook', match[2] ?? '')}`;
}

/** The PCI mappings: their ids and the nodes of their entries. */
export function renamePools(text: string, names: Pseudonyms): string {
  return scrubText(text)
    .replace(/^(\S+)$/gm, (id: string) => names.of('pool', id))
    .replace(/\bnode=([^,\s]+)/g, (_, node: string) => `node=${names.of('pve', node)}`);
}

/** The storages: their ids, and the folders of those that a person made. */
export function renameStorages(text: string, names: Pseudonyms): string {
  return text
    .replace(/^([a-z]+): (\S+)$/gm, (_, type: string, id: string) => `${type}: ${names.of('storage', id)}`)
    .replace(/^\tpath (.*)$/gm, (_, path: string) => `\tpath ${renameFolders(path, names)}`)
    .replace(/^\tcontent-dirs .*$/gm, (line) =>
      line.replace(/=([^,]*)/g, (_, folder: string) => `=${renameFolders(folder, names)}`),
    );
}

/** A path with every folder replaced that a person named. */
export function renameFolders(path: string, names: Pseudonyms): string {
  return path.replace(/[^/]+/g, (part) => (SYSTEM.has(part) ? part : names.of('storage', part)));
}

const SYSTEM = new Set(['var', 'lib', 'vz', 'mnt', 'pve', 'srv', 'etc', 'usr', 'share', 'opt', 'snippets', 'proc', 'sys', 'run']);

/** `/etc/pve/.vmlist`: node names and nothing but ids beside them. */
export function renameVmlist(text: string, names: Pseudonyms): string {
  const entries: string[] = [];
  for (const [, id, body = ''] of text.matchAll(/"(\d+)"\s*:\s*\{([^{}]*)\}/g)) {
    const node = /"node"\s*:\s*"([^"\\]*)"/.exec(body)?.[1];
    const type = /"type"\s*:\s*"(qemu|lxc)"/.exec(body)?.[1];
    if (node !== undefined && type !== undefined)
      entries.push(`"${id}": { "node": "${names.of('pve', node)}", "type": "${type}" }`);
  }
  return `{ "version": 1, "ids": {\n${entries.join(',\n')}\n} }\n`;
}

/** Folders in which people keep their own files; what stands behind a file in a compiler's message, line and column, is not part of it. */
export const PRIVATE_FOLDERS = /(?<![\w/])\/(?:home|root|mnt|media|srv|opt|tmp)\/[^\s"']*?(?=:\d+[:\s]|[\s"']|$)/gm;

/** Lines of the kernel log: no addresses, no serials, no node names, no programs of a person, no private boot parameters. */
export function renameLog(text: string, names: Pseudonyms, cmdline: (words: string) => string): string {
  const scrubbed = text
    .replace(/((?:Kernel c|C)ommand line: )(.*)/g, (_, head: string, words: string) => `${head}${cmdline(words)}`)
    .replace(/(Linux version \S+) \((?!build@proxmox\)|debian-kernel@lists\.debian\.org\))[^)]*@[^)]*\)/g, '$1 (build)')
    // Distributions put the host's name into the key that they make for DKMS.
    .replace(/(X\.509 cert) '[^'\n]*'/g, "$1 '_'")
    .replace(PRIVATE_FOLDERS, '/_');
  const nodes = names.nodeNames().filter((name) => name !== '');
  return nodes.reduce(
    (lines, name) => lines.replaceAll(nodeWord(name), names.of('pve', name)),
    scrubText(renamePrograms(scrubbed)),
  );
}

/** What pveigpu itself says of a machine: every name that was replaced elsewhere, people's folders, addresses and numbers. */
export function renameFreeText(text: string, names: Pseudonyms): string {
  const plain = scrubText(text).replace(PRIVATE_FOLDERS, '/_');
  return names
    .replaced()
    .reduce(
      (said, [name, given]) => said.replaceAll(new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`, 'g'), () => given),
      plain,
    );
}

/** The forms in which the kernel and the drivers name a program: a dump, a hung task, a hang of the GPU, a lockdown. */
const PROGRAM_FORMS: readonly RegExp[] = [
  /(?<=\bComm: )[^\n]+?(?= (?:Not tainted|Tainted|Kdump)|$)/gm,
  /(?<=\btask )[^\n:]+(?=:\d+ blocked)/g,
  /(?<=\btask ")[^"\n]+(?=" \()/g,
  /(?<=\bin (?:process )?)[^\s[][^[\n]{0,60}(?= ?\[\d+\])/g,
  /(?<=\s)\S+(?=\[\d+\] context reset)/g,
  /(?<=\bLockdown: )[^:\n]+(?=: )/g,
];

function renamePrograms(text: string): string {
  return PROGRAM_FORMS.reduce((lines, form) => lines.replace(form, (program) => keptProgram(program)), text);
}

/** A node's name with its domain. One called like an everyday word of this field would be found everywhere, and stays without one. */
function nodeWord(name: string): RegExp {
  const domain = isHarmless(name) ? '(?:\\.[a-z][\\w-]*){2,}' : '(?:\\.[a-z][\\w-]*)*';
  return new RegExp(`(?<![\\w.-])${escaped(name)}${domain}(?![\\w-])`, 'gi');
}

/** Packages of DKMS that say what they are for; the name of any other could be a person's. */
export function keptPackage(name: string, names: Pseudonyms): string {
  return /^(i915|xe|intel|nvidia|zfs|spl|r81\d\d|openrazer|v4l2loopback|gasket|apex|corefreq|vendor-reset|backport)/.test(name)
    ? name
    : names.of('package', name);
}

function escaped(name: string): string {
  return name.replace(/[^\w-]/g, '\\$&');
}
