// SPDX-License-Identifier: AGPL-3.0-or-later
import { systemClock } from '../../adapters/clock-system.ts';
import { localHost } from '../../adapters/host-local.ts';
import type { HookContext } from '../../app/hook/hook-context.ts';
import type { Log } from '../../ports/clock-log.ts';
import type { Host } from '../../ports/host.ts';

/**
 * What the hook runs on: the machine and nothing else, so that its bundle stays small. With `root` a directory stands for
 * the machine, and whoever set it plays the kernel: sysfs writes go to its files.
 */
export function composeHook(root: string, log: Log): HookContext {
  const host = localHost({ root });
  return { host: root === '/' ? host : withPokes(host, root), clock: systemClock, log };
}

function withPokes(host: Host, root: string): Host {
  const poke: Host['poke'] = async (path, value, { timeoutMs = 5000 } = {}) => {
    const { resolveInside } = await import('../../adapters/local-path.ts');
    const { pokeFile } = await import('../../adapters/local-poke.ts');
    const real = resolveInside(root, path, true);
    return 'errno' in real ? { kind: 'refused', errno: real.errno } : await pokeFile(real.path, value, timeoutMs);
  };
  return new Proxy(host, {
    get(target, name) {
      if (name === 'poke') return poke;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
