// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ConfigFile } from '../facts/config-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { DKMS_PACKAGE } from '../gpu/sriov-needs.ts';
import type { FileImage, Remark, Step } from '../plan/action.ts';
import { imageText, textToBase64 } from '../plan/file-image.ts';
import type { LedgerFile } from '../plan/ledger.ts';
import type { SetupGround, SetupPart } from '../setup/setup-part.ts';
import { isBuildTool } from './build-tools.ts';
import { removeSourceSteps } from './dkms-steps.ts';
import { MOK_CERTIFICATE } from './mok.ts';
import { isDriverFile, markedModule, OWN_LINE } from './own-dkms-files.ts';

/**
 * Takes every driver away that pveigpu installed: packages, sources, patches and settings of dkms, all by the ledger. What
 * was there before pveigpu stays, and so do the build tools while another DKMS module needs them. What came with the tools goes with
 * them where nothing else needs it.
 */
export function planDriverAway(ground: SetupGround): SetupPart {
  const { facts, ledger } = ground;
  const ours = Object.entries(ledger.packages).flatMap(([name, before]) => (before === null ? [name] : []));
  const installed = ifKnown(facts.packages)?.packages.filter(({ state }) => state !== 'config-files') ?? [];
  const present = ours.filter((name) => installed.some((one) => one.name === name));
  const drivers = present.filter((name) => !isBuildTool(name) && isDriverPackage(name));
  const marked = Object.keys(ledger.files).flatMap((path) => markedModule(path) ?? []);
  const others = (ifKnown(facts.modules)?.dkms ?? []).filter(
    ({ name, version }) => !drivers.includes(name) && !marked.some((one) => one.name === name && one.version === version),
  );
  const tools = present.filter(isBuildTool);
  const idle = tools.length === 0 ? [] : (ground.buildDependencies?.idle ?? []);
  const files = Object.entries(ledger.files).filter(([path]) => isDriverFile(path));
  const steps = [
    ...removal(drivers, installed, 'the driver was installed by pveigpu'),
    ...marked.flatMap(removeSourceSteps),
    ...files.flatMap(([path, file]) =>
      givenBack(
        path,
        file,
        ifKnown(facts.config)?.files.find((one) => one.path === path),
      ),
    ),
    ...(others.length === 0
      ? removal([...tools, ...idle.map(({ name }) => name)], [...installed, ...idle], 'nothing is built with DKMS any more')
      : []),
  ];
  return {
    steps,
    remarks: remarks(ground, steps, tools, others),
    rebuilds: drivers.length + marked.length > 0 ? ['initramfs'] : [],
  };
}

function isDriverPackage(name: string): boolean {
  return name === DKMS_PACKAGE || name.endsWith('-dkms');
}

function removal(
  names: readonly string[],
  installed: readonly { readonly name: string; readonly version: string }[],
  reason: string,
): readonly Step[] {
  if (names.length === 0) return [];
  const before = Object.fromEntries(names.map((name) => [name, installed.find((one) => one.name === name)?.version ?? null]));
  return [{ action: 'removePackage', args: { packages: names.map((name) => ({ name })), before }, reason }];
}

/** The pristine file, or without our lines where somebody has changed it since. */
function givenBack(path: string, { pristine, edits = [] }: LedgerFile, now: ConfigFile | undefined): readonly Step[] {
  if (now === undefined) return [];
  const before: FileImage = { kind: 'file', base64: now.base64, mode: now.mode, uid: now.uid, gid: now.gid };
  const reason = 'it was written by pveigpu for the driver';
  if (edits.length === 0) {
    return pristine.kind === 'absent'
      ? [{ action: 'removeFile', args: { path, before }, reason }]
      : [{ action: 'writeFile', args: { path, base64: pristine.base64, mode: pristine.mode, before, release: true }, reason }];
  }
  const added = edits.flatMap((edit) => (edit.kind === 'lines' ? edit.added : []));
  const left = imageText(before)
    .split('\n')
    .filter((line) => !added.includes(line))
    .join('\n');
  if (pristine.kind === 'absent' && left.replace(OWN_LINE, '').trim() === '')
    return [{ action: 'removeFile', args: { path, before }, reason }];
  const edit = { kind: 'lines', added: [], removed: added } as const;
  return [
    { action: 'editFile', args: { path, base64: textToBase64(left), mode: now.mode, before, edit, release: true }, reason },
  ];
}

function remarks(
  { facts, buildDependencies }: SetupGround,
  steps: readonly Step[],
  tools: readonly string[],
  others: readonly { readonly name: string; readonly version: string }[],
): readonly Remark[] {
  const kept: readonly Remark[] =
    tools.length === 0 || others.length === 0
      ? []
      : [
          {
            level: 'note',
            id: 'driver.tools-stay',
            text: `${tools.join(', ')} stay, since DKMS also builds ${others.map(({ name, version }) => `${name}/${version}`).join(', ')}.`,
          },
        ];
  const isSecure = ifKnown(ifKnown(facts.platform)?.secureBoot ?? { state: 'absent' }) === true;
  const key: readonly Remark[] =
    steps.length === 0 || !isSecure
      ? []
      : [
          {
            level: 'note',
            id: 'driver.mok-stays',
            text: 'The key of DKMS stays enrolled in the firmware, which harms nobody and serves other DKMS modules.',
            hint: `To take it out: mokutil --delete ${MOK_CERTIFICATE}, then reboot, with a console at hand.`,
          },
        ];
  const stay = tools.length === 0 || others.length > 0 ? [] : (buildDependencies?.stay ?? []);
  const needed: readonly Remark[] =
    stay.length === 0
      ? []
      : [
          {
            level: 'note',
            id: 'driver.dependencies-stay',
            text: `Of what came with the build tools ${stay.join(', ')} ${stay.length === 1 ? 'stays' : 'stay'}: another package needs it, or somebody installed it by name since.`,
            hint: 'apt autoremove takes away what nothing needs any more.',
          },
        ];
  return [...kept, ...needed, ...key];
}
