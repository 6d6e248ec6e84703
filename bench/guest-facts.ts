// SPDX-License-Identifier: AGPL-3.0-or-later
import { localHost } from '../src/adapters/host-local.ts';
import { senseGuests } from '../src/app/sense/sense-guests.ts';

/** Senses the guests of the directory given and checks that it saw as many as it should. */
const [root = '/', expected = '0'] = process.argv.slice(2);
const guests = await senseGuests(localHost({ root }));
if (guests.state !== 'known' || guests.value.guests.length !== Number(expected)) {
  console.error(`saw ${guests.state === 'known' ? guests.value.guests.length : guests.state} of ${expected} guests`);
  process.exit(1);
}
