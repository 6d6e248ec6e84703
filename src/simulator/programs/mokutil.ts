// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MokList } from '../host/mok-list.ts';
import type { Machine, Program, ProgramAnswer } from '../machine.ts';
import { isInstalled } from '../packages/dpkg-status.ts';
import { isCertificate } from '../packages/module-signature.ts';
import { NotInstalled, UnknownCall } from './table.ts';

/** The calls of `mokutil` 0.7.2 that host set-up makes (https://github.com/lcp/mokutil, src/mokutil.c). */
export function mokutil(keys: MokList): Program {
  return async (machine, argv) => {
    const [, action = '', ...words] = argv;
    if (!isInstalled(machine.tree, 'mokutil')) throw new NotInstalled('mokutil');
    const hashed = /^--generate-hash=(.+)$/.exec(action)?.[1];
    if (hashed !== undefined) return answer(0, `$6$simulated$${hex(hashed)}\n`);
    if (!machine.profile.efi) return answer(1, '', 'EFI variables are not supported on this system\n');
    if (action === '--sb-state') return answer(0, `SecureBoot ${machine.profile.secureBoot === true ? 'enabled' : 'disabled'}\n`);
    if (action === '--revoke-import') {
      keys.requested.clear();
      return answer(0, '');
    }
    const [file, option, hashFile] = words;
    if (action === '--test-key' && file !== undefined && words.length === 1) return testKey(machine, keys, file);
    if (action === '--import' && file !== undefined && option === '--hash-file' && hashFile !== undefined)
      return importKey(machine, keys, file, hashFile);
    throw new UnknownCall(argv);
  };
}

function testKey({ tree }: Machine, keys: MokList, file: string): ProgramAnswer {
  const text = tree.text(file);
  if (text === undefined) return answer(255, '', `Failed to open ${file}\n`);
  if (!isCertificate(text)) return answer(255, '', 'Not a valid x509 certificate\n');
  const state = stateOf(keys, text);
  // 0.7.2 answers 1 for a key that is not enrolled; older versions have it the other way round.
  return state === undefined ? answer(1, `${file} is not enrolled\n`) : answer(0, `${file} is already ${state}\n`);
}

function importKey({ tree }: Machine, keys: MokList, file: string, hashFile: string): ProgramAnswer {
  const [text, hash] = [tree.text(file), tree.text(hashFile)];
  if (hash === undefined) return answer(255, '', `Failed to open ${hashFile}\nFailed to read hash\n`);
  if (text === undefined) return answer(255, '', `Failed to open ${file}\n`);
  if (!isCertificate(text)) return answer(255, '', `Abort!!! ${file} is not a valid x509 certificate in DER format\n`);
  if (!/^\$[156]\$/.test(hash)) return answer(255, '', 'Failed to parse the string\nFailed to read hash\n');
  const state = stateOf(keys, text);
  if (state !== undefined) return answer(0, `SKIP: ${file} is already ${state}\n`);
  keys.requested.set(text.trim(), hash.trim());
  return answer(0, '');
}

function stateOf(keys: MokList, certificate: string): string | undefined {
  if (keys.enrolled.has(certificate.trim())) return 'enrolled';
  return keys.requested.has(certificate.trim()) ? 'in the enrollment request' : undefined;
}

function hex(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function answer(exitCode: number, stdout: string, stderr = ''): ProgramAnswer {
  return { exitCode, stdout, stderr };
}
