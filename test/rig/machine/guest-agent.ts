// SPDX-License-Identifier: AGPL-3.0-or-later
import { createConnection, type Socket } from 'node:net';

/** What a command of the guest answered. `timedOut`: it was still running, and its outputs are not known. */
export interface GuestAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

interface AgentMessage {
  readonly return?: unknown;
  readonly error?: { readonly desc: string };
}

interface ExecStatus {
  readonly exited: boolean;
  readonly exitcode?: number;
  readonly signal?: number;
  readonly 'out-data'?: string;
  readonly 'err-data'?: string;
}

/** Time that the agent itself may take for one message, milliseconds: it only forks and looks, whatever the command does. */
const MESSAGE_MS = 120_000;

/** A client of the QEMU guest agent: commands that may run at the same time, each with a time limit. */
export class GuestAgent {
  readonly #socket: Socket;
  #text = '';
  #last: Promise<unknown> = Promise.resolve();
  #waiting: ((message: AgentMessage | undefined) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#receive(chunk.toString('latin1')));
    socket.on('error', () => this.#waiting?.(undefined));
    socket.on('close', () => this.#waiting?.(undefined));
  }

  /** Connects to the agent's socket and waits up to `waitMs` for an answer; undefined when none comes. */
  static async connect(path: string, waitMs: number): Promise<GuestAgent | undefined> {
    const socket = createConnection(path);
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (!connected) return undefined;
    const agent = new GuestAgent(socket);
    if (await agent.#synchronise(waitMs)) return agent;
    agent.close();
    return undefined;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Runs a shell command in the guest. A command that hangs in the kernel costs only its time limit. */
  async shell(command: string, options: { readonly timeoutMs?: number; readonly input?: string } = {}): Promise<GuestAnswer> {
    const { timeoutMs = 60_000, input } = options;
    const started = (await this.#call('guest-exec', {
      path: '/bin/bash',
      arg: ['-c', command],
      'capture-output': true,
      ...(input === undefined ? {} : { 'input-data': Buffer.from(input).toString('base64') }),
    })) as { readonly pid: number };
    const end = Date.now() + timeoutMs;
    for (let pause = 5; ; pause = Math.min(pause * 1.5, 200)) {
      const status = (await this.#call('guest-exec-status', { pid: started.pid })) as ExecStatus;
      if (status.exited) {
        const text = (data: string | undefined) => Buffer.from(data ?? '', 'base64').toString();
        const code = status.exitcode ?? 128 + (status.signal ?? 0);
        return { code, stdout: text(status['out-data']), stderr: text(status['err-data']), timedOut: false };
      }
      if (Date.now() > end) return { code: 124, stdout: '', stderr: `no end within ${timeoutMs} ms`, timedOut: true };
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** The 0xff byte makes the agent forget half a message (QEMU docs/interop/qemu-ga-ref, guest-sync-delimited). */
  async #synchronise(waitMs: number): Promise<boolean> {
    const id = Math.floor(Math.random() * 0x7fffffff);
    this.#socket.write(Buffer.from([0xff]));
    this.#socket.write(`${JSON.stringify({ execute: 'guest-sync-delimited', arguments: { id } })}\n`);
    const end = Date.now() + waitMs;
    while (Date.now() < end) {
      const message = await this.#next(end - Date.now());
      if (message?.return === id) return true;
      if (this.#socket.destroyed) return false;
    }
    return false;
  }

  /** One message at a time: answers carry no number, so they are told apart by their order alone. */
  #call(name: string, parameters: { readonly [key: string]: unknown }): Promise<unknown> {
    const answer = this.#last.then(() => this.#ask(name, parameters));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #ask(name: string, parameters: { readonly [key: string]: unknown }): Promise<unknown> {
    this.#socket.write(`${JSON.stringify({ execute: name, arguments: parameters })}\n`);
    const message = await this.#next(MESSAGE_MS);
    if (message === undefined) {
      const why = this.#socket.destroyed ? ': the machine ended' : ` within ${MESSAGE_MS} ms`;
      throw new Error(`The guest agent did not answer ${name}${why}.`);
    }
    if (message.error !== undefined) throw new Error(`The guest agent refused ${name}: ${message.error.desc}`);
    return message.return;
  }

  #next(timeoutMs: number): Promise<AgentMessage | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#waiting?.(undefined), Math.max(1, timeoutMs));
      this.#waiting = (message) => {
        clearTimeout(timer);
        this.#waiting = undefined;
        resolve(message);
      };
      this.#receive('');
    });
  }

  #receive(text: string): void {
    this.#text += text;
    for (let end = this.#text.indexOf('\n'); end >= 0 && this.#waiting !== undefined; end = this.#text.indexOf('\n')) {
      const line = this.#text.slice(0, end).replaceAll('\xff', '').trim();
      this.#text = this.#text.slice(end + 1);
      const message = parsed(line);
      if (message !== undefined) this.#waiting(message);
    }
  }
}

/** A message, or undefined for the rest of one that an earlier connection had begun to read. */
function parsed(line: string): AgentMessage | undefined {
  try {
    return JSON.parse(line) as AgentMessage;
  } catch {
    return undefined;
  }
}
