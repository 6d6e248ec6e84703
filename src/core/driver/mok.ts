// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Remark, Step } from '../plan/action.ts';
import { textToBase64 } from '../plan/file-image.ts';
import type { MokState } from './driver-inputs.ts';

/** The public half of the key with which dkms signs (`mok_certificate` of dkms(8)); dkms makes it at the first build. */
export const MOK_CERTIFICATE = '/var/lib/dkms/mok.pub';

/** The hash of the one-time password, for as long as mokutil needs it. */
const HASH_FILE = '/var/lib/pveigpu/mok.hash';
const MOKUTIL_MS = 30_000;

/** Hands the signing key to the firmware's key manager; what is left is one step at the console. */
export function mokSteps(mok: MokState): readonly Step[] {
  if (mok.kind !== 'to-enrol') return [];
  const base64 = textToBase64(`${mok.hash}\n`);
  return [
    {
      action: 'writeFile',
      args: { path: HASH_FILE, base64, mode: 0o600, before: { kind: 'absent' } },
      reason: 'the hash of the password for the console step',
    },
    {
      action: 'run',
      args: {
        argv: ['mokutil', '--import', MOK_CERTIFICATE, '--hash-file', HASH_FILE],
        undo: ['mokutil', '--revoke-import'],
        timeoutMs: MOKUTIL_MS,
      },
      reason: 'Secure Boot loads the driver only when its key is enrolled',
    },
    {
      action: 'removeFile',
      args: { path: HASH_FILE, before: { kind: 'file', base64, mode: 0o600, uid: 0, gid: 0 } },
      reason: 'mokutil has read it',
    },
  ];
}

/** What is said about Secure Boot before anything is done. */
export function mokRemarks(mok: MokState): readonly Remark[] {
  switch (mok.kind) {
    case 'not-needed':
    case 'enrolled':
      return [];
    case 'pending':
      return [
        {
          level: 'warning',
          id: 'driver.mok-pending',
          text: 'The key of the driver was handed over already and waits for its step at the screen at the next boot.',
          hint: `Use the password of that time. If it is lost: mokutil --revoke-import, then run this again. ${consoleSteps()}`,
        },
      ];
    case 'to-enrol':
      return [
        {
          level: 'warning',
          id: 'driver.mok-enrol',
          text: `Secure Boot is on, so the next boot needs one step at the screen of this node. The password for it, shown only here: ${mok.password}`,
          hint: consoleSteps(),
        },
      ];
    case 'unknown':
      return [
        {
          level: 'warning',
          id: 'driver.mok-unknown',
          text: `Secure Boot is on, and whether the key of the driver is enrolled is not known: ${mok.because}`,
          hint: `Without it the driver will not load. By hand: mokutil --import ${MOK_CERTIFICATE}, then reboot, with a console at hand.`,
        },
      ];
  }
}

/** Each key of the dialogue that shim's MokManager shows; it waits 10 s for the first one, then boots on without the key. */
function consoleSteps(): string {
  return [
    'At the blue screen "Shim UEFI key management" press any key within 10 seconds;',
    'Down, Enter (Enroll MOK);',
    'Down, Enter (Continue);',
    'Down, Enter (Yes);',
    'type the password, Enter;',
    'Enter (Reboot).',
    'If the screen is missed, nothing is lost: the node boots without the driver, and the key can be handed over again.',
  ].join(' ');
}
