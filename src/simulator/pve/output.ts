// SPDX-License-Identifier: AGPL-3.0-or-later

/** What a simulated program has printed: two streams, and both in the order in which they came. */
export class Output {
  out = '';
  err = '';
  both = '';

  print(text: string): void {
    this.out += text;
    this.both += text;
  }

  warn(text: string): void {
    this.err += text;
    this.both += text;
  }
}
