// SPDX-License-Identifier: AGPL-3.0-or-later
import { DRIVER_APT_HOOK } from '../driver/apt-hook.ts';
import { overrideLine } from '../modules/override-line.ts';
import { OWN_HEADER, OWN_MODPROBE, OWN_MODULES_LOAD, RULES_FOLDER, UNIT_FOLDER } from './own-path.ts';
import type { Wanted, WantedOption } from './wanted.ts';

/** A file of ours as it shall be. */
export interface OwnFile {
  readonly path: string;
  readonly text: string;
  readonly reason: string;
}

const HEADER = `${OWN_HEADER}; "pveigpu apply" writes it again, "pveigpu apply host" removes it.\n`;

/** Our own files for what is wanted; nothing wanted, no file. `kept` are lines of others that must go on to hold. */
export function ownFiles(wanted: Wanted, kept: readonly string[] = []): readonly OwnFile[] {
  const modprobe = [...optionLines(wanted.options), ...overrideLines(wanted), ...keptLines(kept)];
  const load = [...wanted.load].flatMap(({ module, because }) => [`# ${because}`, module]);
  const files: OwnFile[] = [];
  if (modprobe.length > 0)
    files.push({
      path: OWN_MODPROBE,
      text: `${HEADER}${modprobe.join('\n')}\n`,
      reason: 'options of kernel modules; they hold in the initramfs too',
    });
  if (load.length > 0)
    files.push({
      path: OWN_MODULES_LOAD,
      text: `${HEADER}${withoutRepeats(load).join('\n')}\n`,
      reason: 'modules to load at each boot',
    });
  for (const { name, text, because } of wanted.units) files.push({ path: `${UNIT_FOLDER}/${name}`, text, reason: because });
  for (const { name, text, because } of wanted.rules) files.push({ path: `${RULES_FOLDER}/${name}`, text, reason: because });
  // What needs a unit at boot rests on a driver that a new kernel may not have.
  if (wanted.units.length > 0)
    files.push({ ...DRIVER_APT_HOOK, reason: 'says after each upgrade whether a new kernel keeps the mode' });
  return files;
}

function optionLines(options: readonly WantedOption[]): readonly string[] {
  const keys = [...new Set(options.map(({ module, name }) => `${module} ${name}`))].sort();
  return keys.flatMap((key) => {
    const same = options.filter(({ module, name }) => `${module} ${name}` === key);
    const values = [...new Set(same.map(({ value }) => value))].join(',');
    return [...new Set(same.map(({ because }) => `# ${because}`)), `options ${key}=${values}`];
  });
}

function overrideLines({ overrides }: Wanted): readonly string[] {
  const modules = [...new Set(overrides.flatMap((one) => one.modules))].sort();
  const reasons = [...new Set(overrides.map(({ because }) => `# ${because}`))];
  return [
    ...reasons,
    ...modules.map((module) =>
      overrideLine(
        module,
        overrides.filter((one) => one.modules.includes(module)),
      ),
    ),
  ];
}

function keptLines(kept: readonly string[]): readonly string[] {
  return kept.length === 0 ? [] : ['# From lines that were switched off, without the GPU', ...new Set(kept)];
}

/** A reason that holds for several modules is said once. */
function withoutRepeats(lines: readonly string[]): readonly string[] {
  return lines.filter((line, index) => !line.startsWith('#') || lines.indexOf(line) === index);
}
