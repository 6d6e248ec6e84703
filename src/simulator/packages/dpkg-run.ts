// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import { dropFromDpkgStatus, knownPackage, noteInDpkgStatus, readDpkgStatus } from './dpkg-status.ts';
import { packageFiles, removeFiles, unpackFiles } from './installed-files.ts';
import { placeHeaderFiles, placeKernelFiles, removeHeaderFiles, removeKernelFiles } from './kernel-files.ts';
import { releaseOfHeaders, releaseOfKernel, runPostinst, runPostrm, runPrerm } from './maintainer-scripts.ts';
import type { Output } from './output.ts';
import type { Package } from './package.ts';

/** Unpacks a package over what is there: files first, then its state is `unpacked`. False when the disk is full. */
export async function unpack(machine: Machine, output: Output, wanted: Package, diskFull: boolean): Promise<boolean> {
  const { tree } = machine;
  const known = knownPackage(tree, wanted.name);
  const old = known === undefined || known.state === 'config-files' ? undefined : known.version;
  const file =
    wanted.origin === 'file' ? `.../${wanted.name}.deb` : `.../${wanted.name}_${wanted.version}_${wanted.architecture}.deb`;
  if (old === undefined) output.say(`Selecting previously unselected package ${wanted.name}.`);
  output.say(`Preparing to unpack ${file} ...`);
  if (old !== undefined && packageFiles(tree, wanted.name).length > 0) await runPrerm(machine, output, wanted.name);
  output.say(`Unpacking ${wanted.name} (${wanted.version}) ${old === undefined ? '...' : `over (${old}) ...`}`);
  if (diskFull) {
    output.complain(
      `dpkg: error processing archive ${file} (--unpack):`,
      ` cannot copy extracted data for './usr/share/doc/${wanted.name}/copyright' to '/usr/share/doc/${wanted.name}/copyright.dpkg-new': failed to write (No space left on device)`,
    );
    return false;
  }
  const { brings } = wanted;
  if (brings.kind === 'files') unpackFiles(tree, wanted.name, brings);
  if (brings.kind === 'kernel') placeKernelFiles(tree, machine.profile, brings.release);
  if (brings.kind === 'headers') placeHeaderFiles(tree, brings.release);
  noteInDpkgStatus(tree, { ...wanted, state: 'unpacked' });
  return true;
}

/** Configures all packages that are not, in the order of dpkg's file; the names of those that failed. */
export async function configurePending(machine: Machine, output: Output): Promise<readonly string[]> {
  const failed: string[] = [];
  const { tree } = machine;
  const pending = () => readDpkgStatus(tree).filter(({ state }) => state === 'unpacked' || state === 'half-configured');
  for (const known of pending()) {
    output.say(`Setting up ${known.name} (${known.version}) ...`);
    const code = await runPostinst(machine, output, known.name);
    noteInDpkgStatus(tree, { ...known, state: code === 0 ? 'installed' : 'half-configured' });
    if (code === 0) continue;
    failed.push(known.name);
    output.complain(
      `dpkg: error processing package ${known.name} (--configure):`,
      ` installed ${known.name} package post-installation script subprocess returned error exit status ${code}`,
    );
  }
  return failed;
}

/** Removes a package: prerm, files, postrm. Files below /etc would stay; no package here has some. */
export async function removePackage(machine: Machine, output: Output, name: string): Promise<void> {
  const { tree } = machine;
  const known = knownPackage(tree, name);
  if (known === undefined) return;
  output.say(`Removing ${name} (${known.version}) ...`);
  noteInDpkgStatus(tree, { ...known, state: 'half-installed' });
  await runPrerm(machine, output, name);
  const [kernel, headers] = [releaseOfKernel(name), releaseOfHeaders(name)];
  if (kernel !== undefined) removeKernelFiles(tree, kernel);
  if (headers !== undefined) removeHeaderFiles(tree, headers);
  removeFiles(tree, name);
  await runPostrm(machine, output, name);
  dropFromDpkgStatus(tree, name);
}
