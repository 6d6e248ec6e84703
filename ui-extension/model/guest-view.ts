// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VerifyView } from '../../src/core/inside/verify-view.ts';
import type { Say } from './texts/say.ts';
import type { Tone } from './tone.ts';
import type { GuestOffer, GuestValue } from './values.ts';

/** One way in which a guest could have a slice. */
export interface GuestOfferRow {
  readonly offer: GuestOffer;
  readonly title: string;
  readonly keys: string;
  /** Why this user cannot have it; null when it is offered. */
  readonly whyNot: string | null;
}

/** A guest as the panel shows it. */
export interface GuestShown {
  readonly title: string;
  readonly state: string;
  readonly has: readonly {
    readonly form: string;
    readonly key: string;
    readonly value: string;
    readonly state: string;
    readonly holds: string;
    readonly tags: readonly string[];
  }[];
  readonly could: readonly GuestOfferRow[];
  readonly needs: readonly {
    readonly text: string;
    readonly by: string;
    readonly commands: readonly string[];
    readonly done: boolean;
  }[];
  readonly unseen: string | null;
  readonly notices: readonly string[];
}

/** A guest made ready to be shown, with what this user may do. */
export function guestShown(value: GuestValue, say: Say): GuestShown {
  const name = value.name === null ? value.guest : `${value.guest} (${value.name})`;
  return {
    title: name,
    state: value.running === null ? say('state.unknown') : say(value.running ? 'state.running' : 'state.stopped'),
    has: value.has.map(({ form, key, value: text, state, holds, ours }) => ({
      ...{ key, value: text, holds: holds.join(', ') },
      form: say(`form.${form}`),
      state: say(`guest.state.${state}`),
      tags: ours ? [] : [say('guest.by-hand')],
    })),
    could: value.could.map((offer) => ({
      ...{ offer, title: offerTitle(offer, say), keys: offer.keys.join(', ') },
      whyNot: offer.allowed ? null : (offer.because ?? say('guest.root-only', { keys: offer.keys.join(', ') })),
    })),
    needs: (value.needs?.steps ?? []).map(({ text, by, commands, done }) => ({
      ...{ text, commands, done },
      by: by === 'you' ? say('guest.needs.by.you') : say('guest.needs.by.pveigpu', { vmid: value.vmid }),
    })),
    unseen: value.needs?.unseen ?? null,
    notices: value.waiting.map(({ until, text }) => `${text}. ${say(`waiting.${until}`)}.`),
  };
}

/** The service says it in English; the same by mode and input. */
function offerTitle({ mode, input }: GuestOffer, say: Say): string {
  const { vf, gpu } = input;
  const sriov = vf === undefined ? say('offer.pool') : say('offer.vf', { number: vf });
  const title = mode === 'sriov' ? sriov : say(`offer.${mode}`);
  return gpu === undefined ? title : `${title} (${gpu})`;
}

/** Why no slice can be taken back by this user; null when it can. */
export function whyNotUnassign(value: Pick<GuestValue, 'has'>, say: Say): string | null {
  return value.has.length === 0 ? say('guest.has.none') : null;
}

/** Why this user cannot have the guest looked into now; null when he can. */
export function whyNotLook({ has, may, running }: Pick<GuestValue, 'has' | 'may' | 'running'>, say: Say): string | null {
  if (!may.inside) return may.whyNotInside;
  if (has.length === 0) return say('guest.has.none');
  return running === true ? null : say('guest.not-running');
}

/** The result of a look into a guest. */
export interface VerifyShown {
  readonly tone: Tone;
  readonly summary: string;
  readonly checks: readonly {
    readonly tone: Tone;
    readonly level: string;
    readonly text: string;
    readonly hint: string;
    readonly evidence: readonly string[];
  }[];
  readonly codecs: readonly { readonly codec: string; readonly can: string }[];
}

const LEVELS = { good: 'good', wrong: 'critical', unknown: 'warning', skipped: 'none' } as const;

/** What `guests/ID/verify` answered. */
export function verifyShown({ works, checks, codecs }: Pick<VerifyView, 'works' | 'checks' | 'codecs'>, say: Say): VerifyShown {
  return {
    tone: works === 'yes' ? 'good' : works === 'no' ? 'critical' : 'warning',
    summary: say(`guest.works.${works}`),
    checks: checks.map(({ level, text, hint, evidence }) => ({
      ...{ text, hint: hint ?? '', evidence },
      tone: LEVELS[level],
      level: say(`check.${level}`),
    })),
    codecs: codecs.map(({ codec, decodes, encodes }) => ({
      codec,
      can: [...(decodes ? [say('codec.decodes')] : []), ...(encodes ? [say('codec.encodes')] : [])].join(', '),
    })),
  };
}
