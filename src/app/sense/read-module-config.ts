// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ModuleFacts } from '../../core/facts/kernel-facts.ts';
import { activeConfigFiles, MODPROBE_DIRECTORIES, MODULES_LOAD_DIRECTORIES } from '../../core/modules/config-directories.ts';
import { modulesNamed, parseModprobeConfig, withoutNote } from '../../core/modules/modprobe-config.ts';
import { normaliseModuleName, RELEVANT_MODULES } from '../../core/modules/module-name.ts';
import { linkName } from '../../core/pci/sysfs-values.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';
import { listOptional, readOptional } from './attribute.ts';

type ConfigLine = ModuleFacts['configLines'][number];

/** Debian's own list of modules to load; kmod ships a link to it in `/etc/modules-load.d`. */
const ETC_MODULES = '/etc/modules';

const relevant = new Set(RELEVANT_MODULES);

/** The lines that count of `modprobe.d`, `modules-load.d` and `/etc/modules` and name a module that matters, in file order. */
export async function readModuleConfig(host: Host): Promise<readonly ConfigLine[]> {
  const [modprobeFiles, loadFiles] = await Promise.all([
    activeFiles(host, MODPROBE_DIRECTORIES),
    activeFiles(host, MODULES_LOAD_DIRECTORIES),
  ]);
  const own = await Promise.all(loadFiles.map((path) => isLinkToEtcModules(host, path)));
  const lists = [ETC_MODULES, ...loadFiles.filter((_, index) => own[index] === false)];
  const lines = await Promise.all([
    ...modprobeFiles.map((path) => linesOf(host, path, modprobeLines)),
    ...lists.map((path) => linesOf(host, path, loadLines)),
  ]);
  return lines.flat();
}

async function activeFiles(host: Host, directories: readonly string[]): Promise<readonly string[]> {
  return activeConfigFiles(directories, await Promise.all(directories.map((directory) => listOptional(host, directory))));
}

async function isLinkToEtcModules(host: Host, path: string): Promise<boolean> {
  const link = await host.readLink(path);
  return link.kind === 'content' && linkName(link.value) === 'modules';
}

async function linesOf(
  host: Host,
  path: string,
  find: (text: string) => readonly Omit<ConfigLine, 'path'>[],
): Promise<readonly ConfigLine[]> {
  const text = await readOptional(host, path);
  return find(text ?? '').map((line) => ({ path: visible(path), ...line, text: visible(line.text.trim()) }));
}

function modprobeLines(text: string): readonly Omit<ConfigLine, 'path'>[] {
  return parseModprobeConfig(text)
    .filter((directive) => modulesNamed(directive).some((name) => relevant.has(name)))
    .map((directive) => ({ line: directive.line, text: withoutNote(directive.text) }));
}

function loadLines(text: string): readonly Omit<ConfigLine, 'path'>[] {
  return text.split('\n').flatMap((line, index) => {
    const name = normaliseModuleName(line.trim().split(/\s+/)[0] ?? '');
    return relevant.has(name) ? [{ line: index + 1, text: line }] : [];
  });
}
