// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Uevent } from '../kernel/state.ts';
import type { Machine, Program } from '../machine.ts';
import { UnknownCall } from '../programs/table.ts';

const FOLDERS = ['/usr/lib/udev/rules.d', '/etc/udev/rules.d'];

/** The commands and writes that the rules of a node ask for when an event comes; rules are read afresh, as udevd does within seconds. */
export async function applyUdevRules(machine: Machine, event: Uevent): Promise<void> {
  for (const line of rules(machine)) {
    const terms = [...line.matchAll(/([A-Z]+)(?:\{([^}]*)\})?\s*(==|!=|\+=|=)\s*"([^"]*)"/g)];
    const matches = terms.every(([, key = '', name = '', operator = '', value = '']) => {
      if (operator !== '==' && operator !== '!=') return true;
      return fits(machine, event, key, name, value) === (operator === '==');
    });
    if (!matches) continue;
    for (const [, key, name, operator, value = ''] of terms) {
      if (key === 'RUN' && operator === '+=') await machine.run(value.split(/\s+/));
      else if (key === 'ATTR' && operator === '=') machine.kernel.write(`${event.path}/${name}`, value);
    }
  }
}

function rules({ tree }: Machine): readonly string[] {
  const files = new Map<string, string>();
  for (const folder of FOLDERS)
    for (const name of tree.names(folder) ?? []) if (name.endsWith('.rules')) files.set(name, `${folder}/${name}`);
  return [...files.keys()]
    .sort()
    .flatMap((name) => (tree.text(files.get(name) ?? '') ?? '').replaceAll('\\\n', '').split('\n'))
    .filter((line) => !/^\s*(#|$)/.test(line));
}

function fits(machine: Machine, event: Uevent, key: string, name: string, pattern: string): boolean {
  const there = (path: string) => 'node' in machine.tree.lookup(path);
  if (key === 'TEST') return there(pattern.startsWith('/') ? pattern : `${event.path}/${pattern}`);
  const values: { readonly [key: string]: string | undefined } = {
    ACTION: event.action,
    SUBSYSTEM: 'pci',
    DRIVER: event.driver,
    KERNEL: event.bdf,
    ATTR: machine.tree.text(`${event.path}/${name}`)?.trim(),
  };
  const value = values[key];
  return value !== undefined && pattern.split('|').some((one) => glob(one).test(value));
}

function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}

/** `udevadm control --reload`. */
export const udevadm: Program = async (_machine, argv) => {
  if (argv.slice(1).join(' ') !== 'control --reload') throw new UnknownCall(argv);
  return { exitCode: 0, stdout: '', stderr: '' };
};
