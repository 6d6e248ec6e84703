// SPDX-License-Identifier: AGPL-3.0-or-later
import { normaliseModuleName } from '../../modules/module-name.ts';
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
  const onCmdline = others.words
    .filter((word) => {
      const [, list = ''] = /^(?:module_blacklist|modprobe\.blacklist)=(.*)$/.exec(word) ?? [];
      return list.split(',').map(normaliseModuleName).includes(driver);
    })
    .map((text) => ({ id: 'leftover.driver-blocked', path: '/proc/cmdline', text, says, breaks }));
  return [...inFiles, ...onCmdline];
};
