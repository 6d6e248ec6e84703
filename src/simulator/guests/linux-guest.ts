// SPDX-License-Identifier: AGPL-3.0-or-later
import type { AgentState, GuestProgram, GuestSystem } from './guest-system.ts';

/** What a simulated Linux guest starts with. */
export interface LinuxGuestOptions {
  readonly files: { readonly [path: string]: string };
  readonly kernel: string;
  readonly agent?: AgentState;
  /** Render and card node of the slice; none before its driver is there. */
  readonly gpu?: { readonly driver: string; readonly renderGid: number };
  readonly log?: string;
}

/** Packages whose installation brings a program. */
const PROGRAM_OF: { readonly [name: string]: RegExp } = {
  vainfo: /^(vainfo|libva-utils)$/,
  ffmpeg: /^ffmpeg$/,
  clinfo: /^clinfo$/,
  intel_gpu_top: /^(intel-gpu-tools|igt-gpu-tools)$/,
  wget: /^wget$/,
};

const OK = { exitCode: 0 };

/** A Linux guest with the few programs that the product calls; a program of a package is there once the package is. */
export function linuxGuest(options: LinuxGuestOptions): GuestSystem {
  const files = new Map(Object.entries(options.files));
  const packages = new Set<string>();
  const nodes: GuestSystem['nodes'] = new Map();
  if (options.gpu !== undefined) {
    const { driver, renderGid } = options.gpu;
    const line = (minor: number, gid: number, name: string) =>
      `crw-rw---- 1 0 ${String(gid).padStart(3)} 226, ${String(minor).padStart(3)} Jan  5 08:00 ${name}`;
    nodes.set('card0', { line: line(0, 44, 'card0'), driver, vendor: '0x8086' });
    nodes.set('renderD128', { line: line(128, renderGid, 'renderD128'), driver, vendor: '0x8086' });
  }
  const system: GuestSystem = {
    agent: options.agent ?? 'running',
    kernel: options.kernel,
    files,
    packages,
    nodes,
    script: () => undefined,
    programs: new Map(),
    ran: [],
  };
  const install = (words: readonly string[]) => {
    for (const word of words) if (!word.startsWith('-')) packages.add(word);
    return OK;
  };
  const absent = (path: string) => ({ exitCode: 1, err: `cat: ${path}: No such file or directory\n` });
  const nodeFile = (path: string) => {
    const [, name = '', file = ''] = /^\/sys\/class\/drm\/(\w+)\/device\/(vendor|driver)$/.exec(path) ?? [];
    const node = nodes.get(name);
    return node === undefined ? undefined : file === 'vendor' ? `${node.vendor}\n` : `../../../bus/pci/drivers/${node.driver}\n`;
  };
  const programs: { readonly [name: string]: GuestProgram } = {
    cat: ([, path = '']) => {
      const text = files.get(path) ?? nodeFile(path);
      return text === undefined ? absent(path) : { exitCode: 0, out: text };
    },
    readlink: ([, path = '']) => {
      const target = nodeFile(path);
      return target === undefined ? { exitCode: 1 } : { exitCode: 0, out: target };
    },
    tee: ([, path = ''], stdin) => {
      files.set(path, stdin);
      return { exitCode: 0, out: stdin };
    },
    uname: ([, flag]) => (flag === '-r' ? { exitCode: 0, out: `${system.kernel}\n` } : undefined),
    ls: ([, flag, path]) => {
      if (flag !== '-ln' || path !== '/dev/dri') return undefined;
      if (nodes.size === 0) return { exitCode: 2, err: "ls: cannot access '/dev/dri': No such file or directory\n" };
      return { exitCode: 0, out: `total 0\n${[...nodes.values()].map(({ line }) => `${line}\n`).join('')}` };
    },
    dmesg: () => ({ exitCode: 0, out: options.log ?? '' }),
    'apt-get': ([, verb, ...words]) => (verb === 'install' ? install(words) : verb === 'update' ? OK : undefined),
    dnf: (argv) => install(argv.slice(argv.indexOf('install') + 1)),
    pacman: ([, ...words]) => install(words),
    apk: ([, verb, ...words]) => (verb === 'add' ? install(words) : OK),
    'update-initramfs': () => OK,
    dracut: () => OK,
    mkinitcpio: () => OK,
    mkinitfs: () => OK,
    usermod: () => OK,
    addgroup: () => OK,
    sha256sum: () => OK,
    wget: (argv) => {
      const [url = ''] = argv.slice(-1);
      files.set(argv[argv.indexOf('-O') + 1] ?? '', url);
      return OK;
    },
  };
  for (const [name, run] of Object.entries(programs))
    system.programs.set(name, (argv, stdin) => (hasProgram(packages, name) ? run(argv, stdin) : undefined));
  return system;
}

function hasProgram(packages: ReadonlySet<string>, name: string): boolean {
  const needed = PROGRAM_OF[name];
  return needed === undefined || [...packages].some((one) => needed.test(one));
}
