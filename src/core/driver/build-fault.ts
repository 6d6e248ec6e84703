// SPDX-License-Identifier: AGPL-3.0-or-later

/** In which way the kernel's headers differ from what the driver's source expects. */
export type ApiDifference = 'arguments' | 'function' | 'member' | 'declaration' | 'type' | 'include';

/** Why a build of a kernel module failed, as far as its log tells. `line` is the line of the log that says so. */
export type BuildFault =
  | { readonly kind: 'disk-full'; readonly line: string }
  | { readonly kind: 'out-of-memory'; readonly line: string }
  | { readonly kind: 'headers-missing'; readonly line: string }
  | { readonly kind: 'tool-missing'; readonly tool: string; readonly line: string }
  | { readonly kind: 'compiler-too-old'; readonly option: string; readonly line: string }
  | { readonly kind: 'excluded'; readonly line: string }
  | { readonly kind: 'patch-failed'; readonly patch?: string; readonly line: string }
  | { readonly kind: 'not-executable'; readonly file: string; readonly line: string }
  | {
      readonly kind: 'api';
      readonly difference: ApiDifference;
      /** The function, member, type or header file that differs. */
      readonly symbol: string;
      /** The source file and line that the compiler refused. */
      readonly file: string;
      readonly lineNumber: number;
      /** What the compiler says the kernel declares, with the header it stands in. */
      readonly declared?: { readonly file: string; readonly prototype: string };
      readonly line: string;
    }
  | { readonly kind: 'unknown-symbol'; readonly symbol: string; readonly module: string; readonly line: string }
  | { readonly kind: 'signing'; readonly line: string }
  | { readonly kind: 'other'; readonly line: string };

/** What a log says: whose build it was, and why it failed, the root cause first. Empty when it names none. */
export interface BuildLog {
  readonly name?: string;
  readonly version?: string;
  readonly kernel?: string;
  readonly faults: readonly BuildFault[];
}
