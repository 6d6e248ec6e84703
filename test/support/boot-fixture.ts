// SPDX-License-Identifier: AGPL-3.0-or-later
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { memoryHost } from '../../src/adapters/host-memory.ts';
import { senseBoot } from '../../src/app/sense/sense-boot.ts';
import { senseConfig } from '../../src/app/sense/sense-config.ts';
import { activeLoader, effectiveParameters } from '../../src/core/boot/active-loader.ts';
import { planCmdline } from '../../src/core/boot/plan-cmdline.ts';
import type { HostFacts } from '../../src/core/facts/host-facts.ts';
import { ifKnown, known } from '../../src/core/facts/section.ts';
import { FileTree } from '../../src/core/files/file-tree.ts';
import type { Step } from '../../src/core/plan/action.ts';
import { fromBase64 } from '../../src/core/plan/file-image.ts';
import type { JournalRun } from '../../src/core/plan/journal-run.ts';
import { EMPTY_LEDGER, type Ledger } from '../../src/core/plan/ledger.ts';
import { foldRun } from '../../src/core/plan/ledger-fold.ts';
import type { SetupPart } from '../../src/core/setup/setup-part.ts';

/** A machine's loader configuration, and what must come of it. The files lie in `root` beside it. */
interface BootFixture {
  readonly what: string;
  readonly firmware: 'uefi' | 'bios';
  readonly cmdline: string;
  readonly options: readonly { readonly number: string; readonly name: string; readonly file: string }[];
  readonly bootCurrent?: string;
  readonly loaderInfo?: string;
  /** The active loader, which must be found. */
  readonly loader: 'grub' | 'systemd-boot';
  /** What makes systemd-boot's entries; proxmox-boot-tool when it is not told. */
  readonly readBy?: 'kernel-install';
  readonly wanted: readonly string[];
  /** Words of which each must be the last of its name in the end. */
  readonly gives: readonly string[];
  /** The files that may change, and no others. */
  readonly changes: readonly string[];
  /** Without --force the plan must be blocked by this remark. */
  readonly blockedWithoutForce?: string;
}

/** One fixture's marks: what is wrong in each column, nothing when all is well. */
export interface BootRow {
  readonly name: string;
  readonly what: string;
  readonly effective: readonly string[];
  readonly kept: readonly string[];
  readonly again: readonly string[];
  readonly wayBack: readonly string[];
}

const FOLDER = 'test/fixtures/boot';
const GLOBAL = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
const INFO = 'LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';

/** The names of all fixtures below the project's folder. */
export function bootFixtures(project: string): readonly string[] {
  return readdirSync(join(project, FOLDER)).sort();
}

/** Plans, applies, looks with a real shell, plans again and goes back. */
export async function runBootFixture(project: string, name: string): Promise<BootRow> {
  const folder = join(project, FOLDER, name);
  const fixture = JSON.parse(readFileSync(join(folder, 'fixture.json'), 'utf8')) as BootFixture;
  const machine = new BootMachine(fixture, join(folder, 'root'));
  const start = machine.files();
  const wordsBefore = machine.words();
  const effective: string[] = [];
  const active = activeLoader(ifKnown((await machine.facts()).boot) ?? never('no boot section'));
  if (active?.kind !== fixture.loader) effective.push(`the active loader is said to be ${active?.kind}`);
  const force = fixture.blockedWithoutForce !== undefined;
  const unforced = blockersOf(await machine.plan(fixture.wanted, false));
  if (unforced.join() !== (fixture.blockedWithoutForce ?? ''))
    effective.push(`without --force: ${unforced.join() || 'no blocker'}`);
  const part = await machine.plan(fixture.wanted, force);
  if (part.rebuilds.join() !== 'boot') effective.push(`rebuilds ${part.rebuilds.join()}`);
  machine.apply(part.steps);
  const words = machine.words();
  for (const word of fixture.gives)
    if (lastOf(words, nameOf(word)) !== word) effective.push(`${word} does not count: ${words.join(' ')}`);
  const planned = effectiveParameters(await machine.facts());
  if (planned !== undefined && planned.join(' ') !== words.join(' ')) effective.push(`said to be ${planned.join(' ')}`);
  const lost = wordsBefore.filter((word) => !isKept(words, word));
  const changed = differences(start, machine.files());
  const again = await machine.plan(fixture.wanted, force);
  const back = await machine.plan([], false);
  machine.apply(back.steps);
  const left = Object.keys(machine.ledger.files);
  return {
    name,
    what: fixture.what,
    effective,
    kept: [
      ...lost.map((word) => `${word} is gone`),
      ...(changed.join() === [...fixture.changes].sort().join() ? [] : [`changed: ${changed.join(' ')}`]),
    ],
    again: again.steps.map(({ args }) => `again: ${'path' in args ? args.path : ''}`),
    wayBack: [...differences(start, machine.files()), ...left.map((path) => `the ledger still has ${path}`)],
  };
}

class BootMachine {
  ledger: Ledger = EMPTY_LEDGER;
  readonly #tree = new FileTree();
  readonly #fixture: BootFixture;

  constructor(fixture: BootFixture, root: string) {
    this.#fixture = fixture;
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        this.#tree.setFile(path.slice(root.length), new Uint8Array(readFileSync(path)));
      }
    this.#tree.setFile('/proc/cmdline', `${fixture.cmdline}\n`);
    if (fixture.firmware === 'bios') return;
    const variable = (variableName: string, ...bytes: readonly number[]) =>
      this.#tree.setFile(`/sys/firmware/efi/efivars/${variableName}`, Uint8Array.of(7, 0, 0, 0, ...bytes));
    this.#tree.setDirectory('/sys/firmware/efi/efivars');
    for (const { number, name, file } of fixture.options) variable(`Boot${number}-${GLOBAL}`, ...loadOption(name, file));
    const { bootCurrent, loaderInfo } = fixture;
    if (bootCurrent !== undefined)
      variable(`BootCurrent-${GLOBAL}`, Number.parseInt(bootCurrent.slice(2), 16), Number.parseInt(bootCurrent.slice(0, 2), 16));
    if (loaderInfo !== undefined) variable(INFO, ...utf16(loaderInfo));
  }

  async facts(): Promise<HostFacts> {
    const host = memoryHost(this.#tree);
    const unsensed = { state: 'not-sensed' } as const;
    const [boot, config] = await Promise.all([senseBoot(host), senseConfig(host)]);
    const kernel = known({ release: '6.17.2-1-pve', cmdline: this.#fixture.cmdline });
    return { format: 1, ...(unsensed as object), boot, config, kernel } as unknown as HostFacts;
  }

  async plan(wanted: readonly string[], force: boolean): Promise<SetupPart> {
    return planCmdline({ facts: await this.facts(), ledger: this.ledger }, wanted, { force });
  }

  apply(steps: readonly Step[]): void {
    for (const { action, args } of steps) {
      if (action === 'removeFile') this.#tree.remove(args.path);
      else if (action === 'writeFile' || action === 'editFile') this.#tree.setFile(args.path, fromBase64(args.base64));
      else never(`${action} is no action of files`);
    }
    const number = this.ledger.lastRun + 1;
    const run: JournalRun = {
      format: 1,
      number,
      title: 'test',
      startedMs: 0,
      state: 'done',
      steps: steps.map((step) => ({ step, state: 'done' as const })),
    };
    this.ledger = foldRun(this.ledger, run);
  }

  /** Every file below /etc, one character a byte. */
  files(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (const { path, node } of this.#tree.walk('/etc'))
      if (node.kind === 'file') found.set(path, Buffer.from(node.content as Uint8Array).toString('latin1'));
    return found;
  }

  /** What the active loader gets, from a real shell that reads the files as the loader's own programs do. */
  words(): readonly string[] {
    const { loader, readBy, cmdline } = this.#fixture;
    const folder = mkdtempSync(join(tmpdir(), 'pveigpu-boot-'));
    try {
      for (const [path, text] of this.files()) {
        mkdirSync(dirname(folder + path), { recursive: true });
        writeFileSync(folder + path, Buffer.from(text, 'latin1'));
      }
      if (loader === 'systemd-boot' && !this.files().has('/etc/kernel/cmdline')) return wordsOf(cmdline).slice(1);
      const script = loader === 'grub' ? GRUB_SHELL : readBy === 'kernel-install' ? INSTALL_SHELL : TOOL_SHELL;
      const out = execFileSync('sh', ['-e', '-c', script], { cwd: folder, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } });
      return wordsOf(out.toString('latin1'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

/** What Debian's grub-mkconfig and 10_linux do: read in this order, pass in this order. */
const GRUB_SHELL = `
if test -f etc/default/grub; then . ./etc/default/grub; fi
for x in ./etc/default/grub.d/*.cfg; do if [ -e "\${x}" ]; then . "\${x}"; fi; done
printf '%s' "\${GRUB_CMDLINE_LINUX} \${GRUB_CMDLINE_LINUX_DEFAULT}"`;
/** What zz-proxmox-boot does (get_first_line): the first line, with or without an end. */
const TOOL_SHELL = `IFS= read -r line < etc/kernel/cmdline || [ -n "$line" ]
printf '%s' "$line"`;
/** What 90-loaderentry.install does: the whole file, white space being one blank. */
const INSTALL_SHELL = `tr -s '[:space:]' ' ' < etc/kernel/cmdline`;

/** As the kernel splits (lib/cmdline.c); no fixture has white space in quotes. What follows `--` is init's. */
function wordsOf(text: string): readonly string[] {
  const words = text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== '');
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}

function nameOf(word: string): string {
  return word.split('=')[0] ?? '';
}

/** The word of that name that counts; of lists that add up each word counts. */
function lastOf(words: readonly string[], name: string): string | undefined {
  return words.filter((word) => nameOf(word) === name).at(-1);
}

function isKept(words: readonly string[], word: string): boolean {
  if (words.includes(word)) return true;
  if (nameOf(word) !== 'module_blacklist') return false;
  const list = (lastOf(words, nameOf(word)) ?? '').split(/[=,]/);
  return word.split(/[=,]/).every((element) => list.includes(element));
}

function blockersOf(part: SetupPart): readonly string[] {
  return part.remarks
    .filter(({ level }) => level === 'blocker')
    .map(({ id, overridable }) => (overridable === true ? id : `${id}!`));
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path)).sort();
}

/** An EFI_LOAD_OPTION (UEFI 2.10, 3.1.3) with one file path. */
function loadOption(name: string, file: string): readonly number[] {
  const path = utf16(file);
  const length = path.length + 4;
  const list = [4, 4, length & 255, length >> 8, ...path, 0x7f, 0xff, 4, 0];
  return [1, 0, 0, 0, list.length & 255, list.length >> 8, ...utf16(name), ...list];
}

function utf16(text: string): readonly number[] {
  return [...Buffer.from(`${text}\0`, 'utf16le')];
}

function never(message: string): never {
  throw new Error(message);
}
