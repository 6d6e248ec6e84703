// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Executed, execute } from '../rig/build/execute.ts';
import { debianRoot } from './debian-root.ts';

/** What a command in a root answered. */
export interface Answer {
  readonly code: number;
  readonly text: string;
}

const ENVIRONMENT = { HOME: '/root', PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TERM: 'dumb' };

/** A Debian root of its own, as a chroot without systemd: processes in it end with the command that started them. */
export class Root {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** A fresh one. */
  static async fresh(kind: 'node' | 'lint', folder: string): Promise<Root> {
    await debianRoot(kind, folder);
    return new Root(folder);
  }

  /** Runs shell text as root; both outputs are answered as one. */
  async shell(command: string, env: { readonly [name: string]: string } = {}): Promise<Answer> {
    const all = { ...ENVIRONMENT, ...env };
    const words = Object.entries(all).map(([name, value]) => `${name}=${value}`);
    const argv = this.#argv([
      'env',
      '-i',
      'DEBIAN_FRONTEND=noninteractive',
      'LC_ALL=C.UTF-8',
      ...words,
      'sh',
      '-c',
      `exec 2>&1; ${command}`,
    ]);
    const ran: Executed = await execute(argv, { fine: Array.from({ length: 256 }, (_, code) => code) });
    return { code: ran.code, text: `${ran.stdout}${ran.stderr}` };
  }

  /** The same, which must end with 0; answers what it printed. */
  async must(command: string, env: { readonly [name: string]: string } = {}): Promise<string> {
    const { code, text } = await this.shell(command, env);
    if (code !== 0) throw new Error(`${command}\nended with ${code}:\n${text}`);
    return text;
  }

  /** Starts shell text that goes on until it sees that it shall end: what it said then. (`unshare` does not end when it is told to.) */
  start(command: string): { readonly done: Promise<string> } {
    const [program, ...argv] = this.#argv([
      'env',
      '-i',
      ...Object.entries(ENVIRONMENT).map((pair) => pair.join('=')),
      'sh',
      '-c',
      `exec 2>&1; ${command}`,
    ]);
    const child = spawn(program, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    const done = new Promise<string>((resolve) => child.on('close', () => resolve(said)));
    return { done };
  }

  path(path: string): string {
    return join(this.folder, path);
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  write(path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    writeFileSync(this.path(path), text, { mode });
  }

  /** Copies a file of this machine in. */
  bring(file: string, path: string): void {
    mkdirSync(dirname(this.path(path)), { recursive: true });
    cpSync(file, this.path(path));
  }

  #argv(command: readonly string[]): [string, ...string[]] {
    const proc = this.path('proc');
    return ['unshare', '--mount', '--pid', '--fork', '--kill-child', `--mount-proc=${proc}`, 'chroot', this.folder, ...command];
  }
}
