// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCapture } from '../../../src/adapters/host-capture.ts';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { recordCapture } from '../../../src/app/capture.ts';
import { senseStarts } from '../../../src/app/sense/sense-starts.ts';
import { known } from '../../../src/core/facts/section.ts';
import { newestStarts, taskLog } from '../../../src/core/pve-tasks/start-tasks.ts';
import { simulated } from '../simulated.ts';
import { pveTree } from './pve-tree.ts';

const TASKS = '/var/log/pve/tasks';
const upid = (start: string, vmid: number, type = 'qmstart', user = 'root@pam') =>
  `UPID:pve:0000A1B2:00C0FFEE:${start}:${type}:${vmid}:${user}:`;
const GONE = "no pci device info for device '0000:00:02.1'";

describe('starts of guests', () => {
  test('the newest of each counts, in whichever list it stands', async () => {
    const files = {
      [`${TASKS}/index.1`]: `${upid('65000001', 101)} 65000002 ${GONE}\n${upid('65000001', 102)} 65000002 ${GONE}\n`,
      [`${TASKS}/index`]: `${upid('66000001', 101)} 66000002 OK\n${upid('66000001', 100, 'vzdump')} 66000002 job errors\n`,
      [`${TASKS}/active`]: `${upid('6700000A', 103)} 1 6700000B WARNINGS: 1\n${upid('6700000C', 200, 'vzstart')} 0\n`,
      [`${TASKS}/1/${upid('65000001', 102)}`]: `starting\u001b[31m\n\nTASK ERROR: ${GONE}\n`,
      [`${TASKS}/C/${upid('6700000C', 200, 'vzstart')}`]: 'TASK ERROR: Device /dev/dri/renderD129 does not exist\n',
    };
    expect(await senseStarts(memoryHost(pveTree(files)))).toEqual(
      known({
        failed: [
          {
            vmid: 200,
            kind: 'lxc',
            startSec: 0x6700000c,
            status: 'Device /dev/dri/renderD129 does not exist',
            lines: ['TASK ERROR: Device /dev/dri/renderD129 does not exist'],
          },
          { vmid: 102, kind: 'qemu', startSec: 0x65000001, status: GONE, lines: ['starting\\x1b[31m', `TASK ERROR: ${GONE}`] },
        ],
      }),
    );
  });

  test('one that runs has not failed', async () => {
    const files = {
      [`${TASKS}/active`]: `${upid('6700000A', 103)} 0\n`,
      [`${TASKS}/A/${upid('6700000A', 103)}`]: 'generating cloud-init ISO\n',
    };
    expect(await senseStarts(memoryHost(pveTree(files)))).toEqual(known({ failed: [] }));
  });

  test('no list is no failure, a list that may not be read is not known', async () => {
    expect(await senseStarts(memoryHost(pveTree()))).toEqual(known({ failed: [] }));
    const closed = simulated('raptor-lake-s', {
      faults: { errno: (_, path) => (path.endsWith('tasks/index') ? 'EACCES' : undefined) },
    });
    expect(await senseStarts(closed.context.host)).toMatchObject({ state: 'unknown' });
  });

  test('a list of anything gives no path outside the folder', () => {
    const words = fc.constantFrom(
      'UPID:',
      'pve:',
      '../',
      '/etc/passwd',
      '65000001:',
      'qmstart:',
      '101:',
      'root@pam:',
      ' ',
      '\n',
      'OK',
    );
    fc.assert(
      fc.property(
        fc.array(words).map((parts) => parts.join('')),
        fc.string(),
        (text, more) => {
          for (const task of newestStarts([text, more, `${upid('65000001', 101)} ${more}`]))
            expect(taskLog(task)).toMatch(/^\/var\/log\/pve\/tasks\/[0-9A-F]\/UPID:[^/]+$/);
        },
      ),
    );
  });

  test('a capture names neither people nor what is not known', async () => {
    const node = simulated('raptor-lake-s');
    const put = (path: string, text: string) => node.node.machine.tree.setFile(path, text, { mode: 0o640 });
    put(
      `${TASKS}/index`,
      `${upid('66000001', 101, 'qmstart', 'alice@corp')} 66000002 ${GONE}\n${upid('66000001', 102)} 66000002 storage 'alice-nas' is not online\n`,
    );
    put(`${TASKS}/1/${upid('66000001', 101, 'qmstart', 'alice@corp')}`, `volume of alice\nTASK ERROR: ${GONE}\n`);
    put(`${TASKS}/1/${upid('66000001', 102)}`, "TASK ERROR: storage 'alice-nas' is not online\n");
    const { text, leftOut } = await recordCapture(node.context.host);
    expect(leftOut).toEqual([]);
    expect(text).not.toMatch(/alice/);
    const opened = openCapture(text, 'capture:test');
    if (!opened.ok) throw new Error(opened.problem.message);
    expect(await senseStarts(opened.value)).toMatchObject({
      value: {
        failed: [
          { vmid: 101, status: GONE, lines: [`TASK ERROR: ${GONE}`] },
          { vmid: 102, status: '_', lines: ['TASK ERROR: _'] },
        ],
      },
    });
  });
});
