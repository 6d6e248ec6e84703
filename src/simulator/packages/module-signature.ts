// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import type { Output } from './output.ts';

/** The key that DKMS makes by itself, and its certificate. */
const KEY = '/var/lib/dkms/mok.key';
/** The certificate that has to be enrolled, which also names the key. */
export const CERTIFICATE = '/var/lib/dkms/mok.pub';

const MARK = 'sig_key: ';

/** The certificate of DKMS's signing key, which is made at its first use; prints what `prepare_mok` of dkms 3.2.2 prints. */
export function signingKey(machine: Machine, output: Output, release: string): string {
  const { tree } = machine;
  output.say(
    `Sign command: /lib/modules/${release}/build/scripts/sign-file`,
    `Signing key: ${KEY}`,
    `Public certificate (MOK): ${CERTIFICATE}`,
  );
  if (tree.text(KEY) === undefined || tree.text(CERTIFICATE) === undefined) {
    output.say('Certificate or key are missing, generating self signed certificate for MOK...');
    makeSigningKey(machine);
  }
  output.say('');
  return tree.text(CERTIFICATE) ?? '';
}

/** Makes a signing key, another one each time. */
export function makeSigningKey(machine: Pick<Machine, 'tree' | 'nowMs'>): void {
  machine.tree.setFile(KEY, `simulated key ${machine.nowMs()}\n`, { mode: 0o600 });
  machine.tree.setFile(CERTIFICATE, `simulated certificate CN=DKMS module signing key serial=${machine.nowMs()}\n`);
}

/** Whether a text is a simulated certificate. */
export function isCertificate(text: string): boolean {
  return text.startsWith('simulated certificate ');
}

/** Puts a signature behind the text of a module. */
export function signModule(text: string, certificate: string): string {
  return `${text}${MARK}${certificate.trim()}\n`;
}

/** The certificate of the key that signed a module, or undefined when nothing did. */
export function signerOf(text: string): string | undefined {
  return text
    .split('\n')
    .find((line) => line.startsWith(MARK))
    ?.slice(MARK.length);
}
