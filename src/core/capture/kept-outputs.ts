// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pseudonyms } from './pseudonyms.ts';
import { keptPackage } from './rename-texts.ts';

/** Paths of an initramfs that say something of graphics and VFIO: modules, their firmware, and how modprobe is set up. */
export function keptInitramfs(stdout: string, names: Pseudonyms): string {
  return stdout
    .split('\n')
    .flatMap((line) => {
      const config = /^(etc\/modprobe\.d\/)([^/]+)$/.exec(line);
      if (config !== null) return [`${config[1]}${names.ofFile('file', config[2] ?? '')}`];
      return /^(usr\/)?lib\/(modules\/[^/]+\/.*(i915|xe|vfio|kvmgt|mdev)|firmware\/(i915|xe)\/)/.test(line) ? [line] : [];
    })
    .map((line) => `${line}\n`)
    .join('');
}

/** `NAME/VERSION, RELEASE, ARCH: STATE` of `dkms status`; every other line is left out. */
export function keptDkmsStatus(stdout: string, names: Pseudonyms): string {
  const lines = stdout.matchAll(
    /^([\w.+~-]{1,80})(\/[\w.+~:-]{1,80}(?:, [\w.+~-]{1,64}, [\w-]{1,20})?: [a-z]+(?: \([A-Za-z ]+\))?)$/gm,
  );
  return [...lines].map(([, name = '', rest = '']) => `${keptPackage(name, names)}${rest}\n`).join('');
}

/** What `mokutil --test-key` says of the key, without the rest. */
export function keptKeyTest(stdout: string): string {
  const said = /(?:is )?(?:already in the enrollment request|already enrolled|not enrolled)/.exec(stdout)?.[0];
  return said === undefined ? '' : `${said}\n`;
}

/** Features of ZFS pools from `zpool get`. A pool that a person named is only numbered; `rpool` is the installer's. */
export function keptPoolFeatures(stdout: string): string {
  const numbers = new Map<string, string>([['rpool', 'rpool']]);
  const lines = stdout.matchAll(/^([^\t\n]+)\t(feature@[a-z][a-z0-9_]{1,40}\t(?:active|enabled|disabled))$/gm);
  return [...lines]
    .map(([, name = '', rest = '']) => {
      const known = numbers.get(name) ?? `zpool${numbers.size}`;
      numbers.set(name, known);
      return `${known}\t${rest}\n`;
    })
    .join('');
}
