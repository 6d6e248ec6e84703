// SPDX-License-Identifier: AGPL-3.0-or-later
import { OWN_GRUB } from '../boot/grub-defaults.ts';
import { parseSnippetStorages, type SnippetStorage } from '../guest/storage-config.ts';
import { devicePathOfFd } from '../platform/process-identity.ts';
import { KEPT_BYTES, KEPT_COMMANDS, KEPT_DIRECTORIES, KEPT_FILES, KEPT_HEADERS, KEPT_LINKS } from './allow-list.ts';
import type { Capture, CapturedDirectory, CapturedFile, CapturedLink, CaptureEntry } from './capture-entry.ts';
import { renameUpids } from './kept-tasks.ts';
import { Pseudonyms } from './pseudonyms.ts';
import { keptPackage, renameFolders, renameFreeText } from './rename-texts.ts';
import { scrubText, scrubUuids } from './scrub.ts';

/** A capture that may be passed on, and the paths and commands that were read but are not on the allow-list. */
export interface Anonymised {
  readonly capture: Capture;
  readonly leftOut: readonly string[];
  /** Free text that goes with the capture, with the same replacements. */
  readonly rename: (text: string) => string;
}

/**
 * What may be kept of a recording. By the allow-list alone, so that what is unknown is left out: passwords, keys, notes, serial
 * numbers, MACs, UUIDs and people's names for hosts, guests, pools, storages, snapshots and scripts do not get in.
 */
export function anonymise(recording: readonly CaptureEntry[]): Anonymised {
  const sorted = [...recording].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const names = new Pseudonyms(localNodeOf(sorted));
  for (const node of nodeNames(sorted)) names.of('pve', node);
  const filter = new Filter(names, sorted);
  const kept = sorted.map((entry) => ({ entry, kept: filter.keep(entry) }));
  return {
    capture: { entries: withoutDropped(kept.flatMap((one) => (one.kept === undefined ? [] : [one.kept]))) },
    leftOut: kept.flatMap((one) => (isLoss(one.entry, one.kept) && !isSilent(one.entry) ? [keyOf(one.entry)] : [])),
    rename: (text) => renameFreeText(text, names),
  };
}

class Filter {
  readonly #names: Pseudonyms;
  readonly #snippets: readonly SnippetStorage[];
  /** Processes that have a GPU open, or that are hidden from us: all others leave no trace. */
  readonly #processes: ReadonlySet<string>;

  constructor(names: Pseudonyms, entries: readonly CaptureEntry[]) {
    this.#names = names;
    this.#snippets = parseSnippetStorages(textAt(entries, '/etc/pve/storage.cfg') ?? '');
    this.#processes = new Set(entries.flatMap(processThatMatters));
  }

  keep(entry: CaptureEntry): CaptureEntry | undefined {
    if (entry.kind === 'command') {
      const keep = KEPT_COMMANDS.find(([pattern]) => pattern.test(entry.argv.join(' ')))?.[1];
      if (keep === undefined) return undefined;
      const { answer } = entry;
      if ('failed' in answer) return { ...entry, answer: { ...answer, message: scrubText(answer.message) } };
      return { ...entry, answer: { ...answer, stdout: keep(answer.stdout, this.#names), stderr: scrubText(answer.stderr) } };
    }
    const pid = /^\/proc\/(\d+)(\/|$)/.exec(entry.path)?.[1];
    if (pid !== undefined && !this.#processes.has(pid)) return undefined;
    switch (entry.kind) {
      case 'file':
        return this.#file(entry);
      case 'directory':
        return this.#directory(entry);
      case 'link':
        return this.#link(entry);
      default:
        return this.#knows(entry.path) ? { ...entry, path: this.#path(entry.path) } : undefined;
    }
  }

  #file(entry: CapturedFile): CapturedFile | undefined {
    const path = this.#path(entry.path);
    if (entry.content === undefined) return this.#knows(entry.path) ? { ...entry, path } : undefined;
    const bytes = KEPT_BYTES.find(([pattern]) => pattern.test(entry.path))?.[1];
    if (bytes !== undefined) return resized(entry, path, bytes(bytesOf(entry.content)));
    const keep = KEPT_FILES.find(([pattern]) => pattern.test(entry.path))?.[1];
    if (keep === undefined) {
      const { content: _content, ...unread } = entry;
      return this.#knows(entry.path) ? { ...unread, path } : undefined;
    }
    return resized(entry, path, keep(entry.path, textOf(entry.content), this.#names));
  }

  #directory(entry: CapturedDirectory): CapturedDirectory | undefined {
    const allowed = KEPT_DIRECTORIES.find(([pattern]) => pattern.test(entry.path))?.[1];
    if (allowed === undefined) return undefined;
    const path = this.#path(entry.path);
    if (entry.names === undefined) return { ...entry, path };
    const names = entry.names.filter(
      (name) => allowed.test(name) && (entry.path !== '/proc' || !/^\d/.test(name) || this.#processes.has(name)),
    );
    return { ...entry, path, names: names.map((name) => lastPart(this.#path(`${entry.path}/${name}`))).sort() };
  }

  #link(entry: CapturedLink): CapturedLink | undefined {
    if (/^\/proc\/\d+\/fd\/\d+$/.test(entry.path)) return devicePathOfFd(entry.target) === undefined ? undefined : entry;
    if (!KEPT_LINKS.some((pattern) => pattern.test(entry.path))) return undefined;
    if (entry.path.endsWith('/build') && !KEPT_HEADERS.test(entry.target)) return undefined;
    const target = scrubUuids(entry.target).replace(
      /^((?:\/etc\/pve\/)?nodes\/)([^/]+)/,
      (_, head: string, node: string) => head + this.#names.of('pve', node),
    );
    return { ...entry, path: this.#path(entry.path), target };
  }

  /** Whether a path may be named without its content. */
  #knows(path: string): boolean {
    const parent = path.slice(0, path.lastIndexOf('/')) || '/';
    const inDirectory = KEPT_DIRECTORIES.find(([pattern]) => pattern.test(parent))?.[1].test(lastPart(path)) === true;
    const lists = [KEPT_FILES, KEPT_BYTES, KEPT_DIRECTORIES].some((list) => list.some(([pattern]) => pattern.test(path)));
    return inDirectory || lists || KEPT_LINKS.some((pattern) => pattern.test(path)) || this.#snippetOf(path) !== undefined;
  }

  #path(path: string): string {
    const snippet = this.#snippetOf(path);
    if (snippet !== undefined) return `${renameFolders(snippet.path, this.#names)}/${this.#names.ofFile('hook', lastPart(path))}`;
    const config = /^(.*\/(?:modprobe|modules-load|sources\.list|sysfs|tmpfiles|rules|grub)\.d\/)([^/]+)$/.exec(path);
    if (config !== null) return config[1] + this.#configName(config[1] ?? '', config[2] ?? '');
    return scrubUuids(path)
      .replace(/^(\/etc\/pve\/nodes\/)([^/]+)/, (_, head: string, node: string) => head + this.#names.of('pve', node))
      .replace(
        /^(\/var\/log\/pve\/tasks\/[0-9A-F]\/)(UPID:.+)$/,
        (_, head: string, upid: string) => head + renameUpids(upid, this.#names),
      )
      .replace(/^(\/var\/lib\/dkms\/)([^/]+)/, (_, head: string, name: string) => head + keptPackage(name, this.#names));
  }

  /** GRUB reads its files in the order of their names: one that comes after our own still does so under its new name. */
  #configName(folder: string, name: string): string {
    const kept = this.#names.ofFile('file', name);
    return folder.endsWith('/grub.d/') && kept !== name && `${folder}${name}` > OWN_GRUB ? `zz-${kept}` : kept;
  }

  #snippetOf(path: string): SnippetStorage | undefined {
    const folder = path.slice(0, path.lastIndexOf('/'));
    return this.#snippets.find((storage) => storage.path === folder);
  }
}

/** The file with what is kept of it. Its size is that of the kept part, unless all is kept: attributes of sysfs have sizes of their own. */
function resized(entry: CapturedFile, path: string, content: string | Uint8Array): CapturedFile {
  if (entry.stat === undefined || content === entry.content) return { ...entry, path, content };
  return { ...entry, path, content, stat: { ...entry.stat, sizeBytes: bytesOf(content).length } };
}

/**
 * Of a process's open files only the devices are named, and one that could not be read: that alone decides whether the process
 * is known. A name in the listing whose own entry was dropped goes too, or the capture would say "there, and nobody looked".
 */
function withoutDropped(entries: readonly CaptureEntry[]): readonly CaptureEntry[] {
  const hidden = new Set<string>();
  const kept = entries.filter((entry) => {
    const process = entry.kind === 'file' ? /^\/proc\/\d+\/fd(?=\/)/.exec(entry.path)?.[0] : undefined;
    if (process === undefined) return true;
    const first = !hidden.has(process);
    hidden.add(process);
    return first;
  });
  const paths = new Set(kept.map(keyOf));
  return kept.map((entry) => {
    if (entry.kind !== 'directory' || entry.names === undefined || !/^\/proc\/\d+\/fd$/.test(entry.path)) return entry;
    return { ...entry, names: entry.names.filter((name) => paths.has(`${entry.path}/${name}`)) };
  });
}

function processThatMatters(entry: CaptureEntry): string[] {
  if (entry.kind === 'command') return [];
  if (entry.kind === 'link' && entry.path === '/proc/self') return [entry.target];
  const pid = /^\/proc\/(\d+)\/(.*)$/.exec(entry.path);
  if (pid === null) return [];
  const hidden =
    (entry.kind === 'directory' || entry.kind === 'file') && entry.unreadable !== undefined && entry.unreadable !== 'ESRCH';
  const device = entry.kind === 'link' && devicePathOfFd(entry.target) !== undefined;
  // What was read of a process beyond its open files was read because it is a guest's.
  const guest = entry.kind === 'file' && pid[2] === 'cmdline';
  return hidden || device || guest ? [pid[1] ?? ''] : [];
}

function localNodeOf(entries: readonly CaptureEntry[]): string {
  const local = entries.find((entry): entry is CapturedLink => entry.kind === 'link' && entry.path === '/etc/pve/local');
  return local === undefined
    ? ((textAt(entries, '/etc/hostname') ?? '').trim().split('.')[0] ?? '')
    : lastPart(local.target.replace(/\/+$/, ''));
}

/** Every name of a node, so that it is known before a log is searched for it. */
function nodeNames(entries: readonly CaptureEntry[]): readonly string[] {
  const nodes = entries.find(
    (entry): entry is CapturedDirectory => entry.kind === 'directory' && entry.path === '/etc/pve/nodes',
  );
  const host = (textAt(entries, '/etc/hostname') ?? '').trim().split('.')[0] ?? '';
  return [...(nodes?.names ?? []), ...(host === '' ? [] : [host])].sort();
}

function textAt(entries: readonly CaptureEntry[], path: string): string | undefined {
  const file = entries.find((entry): entry is CapturedFile => entry.kind === 'file' && entry.path === path);
  return file?.content === undefined ? undefined : textOf(file.content);
}

/** Bytes as text; what is not UTF-8 becomes the replacement character, as in every read of a text. */
function textOf(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

/** Processes without a GPU, links on the way and sources of drivers and kernels are dropped without a word: they are no gap in the allow-list. */
function isSilent(entry: CaptureEntry): boolean {
  return (
    entry.kind === 'link' ||
    (entry.kind !== 'command' && /^\/(proc|usr\/src|var\/lib\/dkms\/[^/]+\/[^/]+\/build\/(?!make\.log$))/.test(entry.path))
  );
}

function isLoss(entry: CaptureEntry, kept: CaptureEntry | undefined): boolean {
  return (
    kept === undefined ||
    (entry.kind === 'file' && entry.content !== undefined && kept.kind === 'file' && kept.content === undefined)
  );
}

function keyOf(entry: CaptureEntry): string {
  return entry.kind === 'command' ? entry.argv.join(' ') : entry.path;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
