// SPDX-License-Identifier: AGPL-3.0-or-later
import { normaliseModuleName } from '../../modules/module-name.ts';
import type { Others } from '../others.ts';
import { directivesOf } from './directives.ts';
import type { Detector } from './leftover.ts';

/** The driver that the mode needs is blacklisted, or replaced by `/bin/false`. */
export const blockedDriver: Detector = ({ others, mode, driver }) => {
  if (driver === null) return [];
  const says = `It keeps ${driver} from loading.`;
  const breaks = `The mode ${mode} needs ${driver} on the GPU.`;
  const inFiles = directivesOf(others)
    .filter(
      ({ keyword, module, rest }) =>
        module === driver &&
        (keyword === 'blacklist' || (keyword === 'install' && /^(\/usr)?(\/bin\/)?(true|false)\b/.test(rest))),
    )
    .map(({ path, line, text }) => ({ id: 'leftover.driver-blocked', path, line, text, says, breaks }));
  const last = others.words.filter((word) => word.startsWith('module_blacklist=')).at(-1);
  const onCmdline = others.words.flatMap((text) => {
    const [, name = '', list = ''] = /^(module_blacklist|modprobe\.blacklist)=(.*)$/.exec(text) ?? [];
    const modules = list.split(',');
    const isCounted = name !== 'module_blacklist' || text === last;
    if (!isCounted || !modules.map(normaliseModuleName).includes(driver)) return [];
    const kept = modules.filter((module) => normaliseModuleName(module) !== driver).join(',');
    // Of module_blacklist the kernel keeps the last value; what modprobe.blacklist says adds up, so nothing takes it back.
    const counter =
      name === 'module_blacklist' ? { counter: `module_blacklist=${kept}` } : { remedy: byHand(others, text, driver) };
    return [{ id: 'leftover.driver-blocked', path: '/proc/cmdline', text, says, breaks, ...counter }];
  });
  return [...inFiles, ...onCmdline];
};

/** Where the word stands, and why nobody else takes it out. */
function byHand({ files }: Others, word: string, driver: string): string {
  const places = files.filter(({ path, text }) => /^\/etc\/(?:kernel\/cmdline|default\/grub)/.test(path) && text.includes(word));
  const where = places.length === 0 ? 'the kernel command line' : places.map(({ path }) => path).join(' and ');
  return `No later word takes it back and pveigpu leaves words of others alone, also with --force: take ${driver} out of it in ${where} yourself.`;
}
