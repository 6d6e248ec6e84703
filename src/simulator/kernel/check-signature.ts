// SPDX-License-Identifier: AGPL-3.0-or-later
import { signerOf } from '../packages/module-signature.ts';
import type { KernelState } from './state.ts';

/**
 * With Secure Boot the kernel takes only modules that are signed with a key it knows: those of the kernel package, and those of
 * a key that shim has enrolled (kernel/module/signing.c, module_sig_check). `EKEYREJECTED` else.
 */
export function checkSignature(state: KernelState, file: string, text: string): 'ok' | 'EKEYREJECTED' {
  if (state.profile.secureBoot !== true || file.startsWith('kernel/')) return 'ok';
  const signer = signerOf(text);
  if (signer !== undefined && state.enrolledKeys.has(signer)) return 'ok';
  state.log(`Loading of ${signer === undefined ? 'unsigned module' : 'module with unavailable key'} is rejected`);
  return 'EKEYREJECTED';
}
