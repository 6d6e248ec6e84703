// SPDX-License-Identifier: AGPL-3.0-or-later
import * as z from 'zod/mini';
import { assertHostSetup } from '../../app/assert.ts';
import { listAssignments } from '../../app/assignments.ts';
import { readDoctor } from '../../app/doctor.ts';
import { readHistory } from '../../app/history.ts';
import { listMdevs, listMdevTypes } from '../../app/mdev.ts';
import { listPools } from '../../app/pool.ts';
import { listRomFiles } from '../../app/rom-list.ts';
import { sense } from '../../app/sense/sense.ts';
import { readStatus } from '../../app/status.ts';
import { readUsage } from '../../app/usage.ts';
import { readVerdict } from '../../app/verdict.ts';
import { listVfs } from '../../app/vf.ts';
import { ok } from '../../core/problem.ts';
import { type AnyRoute, route } from '../route.ts';

const findings = z.object({ deep: z.optional(z.enum(['0', '1'])) });

/** What can be looked at: the values that the commands of the same names give with `--json`. */
export const VIEWS: readonly AnyRoute[] = [
  route({
    ...{ method: 'get', path: '/status', access: 'view', kind: 'status' },
    summary: 'Node, GPUs, who has what, and what waits',
    answer: async ({ context }) => ok({ kind: 'status', ...(await readStatus(context)) }),
  }),
  route({
    ...{ method: 'get', path: '/verdict', access: 'view', kind: 'verdict' },
    summary: 'What each GPU can do on this machine, and why',
    answer: async ({ context }) => ok({ format: 1, kind: 'verdict', ...(await readVerdict(context)) }),
  }),
  route({
    ...{ method: 'get', path: '/findings', access: 'view', kind: 'doctor', input: findings },
    summary: 'What is wrong, why, and what to do',
    answer: async ({ context }, { deep }) => ok({ kind: 'doctor', ...(await readDoctor(context, { deep: deep === '1' })) }),
  }),
  route({
    ...{ method: 'get', path: '/history', access: 'view', kind: 'history' },
    summary: 'What pveigpu did on this node',
    answer: async ({ context }) => {
      const read = await readHistory(context);
      return read.ok ? ok({ kind: 'history', ...read.value }) : read;
    },
  }),
  route({
    ...{ method: 'get', path: '/vfs', access: 'view', kind: 'vfs' },
    summary: 'Functions of each GPU, their drivers and holders',
    answer: async ({ context }) => ok({ kind: 'vfs', ...(await listVfs(context)) }),
  }),
  route({
    ...{ method: 'get', path: '/mdevs', access: 'view', kind: 'mdevs' },
    summary: 'Mediated devices and whose they are',
    answer: async ({ context }) => ok({ kind: 'mdevs', ...(await listMdevs(context)) }),
  }),
  route({
    ...{ method: 'get', path: '/mdev-types', access: 'view', kind: 'mdev-types' },
    summary: 'Types of mediated devices, and how many more of each fit',
    answer: async ({ context }) => ok({ kind: 'mdev-types', ...(await listMdevTypes(context)) }),
  }),
  route({
    ...{ method: 'get', path: '/pools', access: 'view', kind: 'pools' },
    summary: 'PCI resource mappings and whether their entries are true',
    answer: async ({ context }) => ok({ kind: 'pools', ...(await listPools(context)) }),
  }),
  route({
    ...{ method: 'get', path: '/assignments', access: 'view', kind: 'assignments' },
    summary: 'Slices of the guests of this node',
    answer: async ({ context }) => ok({ kind: 'assignments', ...(await listAssignments(context)) }),
  }),
  route({
    ...{ method: 'get', path: '/assertions', access: 'view', kind: 'assertions' },
    summary: 'Whether the node is as it was set up',
    answer: async ({ context }) => {
      const looked = await assertHostSetup(context, {});
      return looked.ok ? ok({ kind: 'assertions', ...looked.value }) : looked;
    },
  }),
  route({
    ...{ method: 'get', path: '/usage', access: 'view', kind: 'usage' },
    summary: 'How busy the GPUs are, measured for half a second',
    answer: async ({ context }) => ok({ kind: 'usage', ...(await readUsage(context)) }),
  }),
  route({
    ...{ method: 'get', path: '/roms', access: 'view', kind: 'rom-list' },
    summary: 'ROM files that guests can have, what each fits and who uses it',
    answer: async ({ context }) => ok({ kind: 'rom-list', ...(await listRomFiles(context, { all: false })) }),
  }),
  route({
    ...{ method: 'get', path: '/facts', access: 'view', kind: 'facts' },
    summary: 'Everything that was sensed of this machine',
    answer: async ({ context }) => ok({ kind: 'facts', ...(await sense(context.host)) }),
  }),
];
