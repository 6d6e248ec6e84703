// SPDX-License-Identifier: AGPL-3.0-or-later

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}

/** Where a use case says what it does. Lines carry no line end; control characters are made visible by the writer. */
export interface Log {
  info(line: string): void;
  warn(line: string): void;
}
