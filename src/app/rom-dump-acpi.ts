// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../core/facts/pci-facts.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import { isAcpiPath, parseCallAnswer, ROM_PAGE_BYTES, romPageCalls } from '../core/rom/acpi-call.ts';
import { bytesWanted } from '../core/rom/option-rom.ts';
import { visible } from '../core/text/visible.ts';
import type { Host } from '../ports/host.ts';
import type { Context } from './context.ts';
import { writeAttribute } from './engine/sysfs-attribute.ts';
import type { ReadRom } from './rom-dump.ts';
import { readOptional } from './sense/attribute.ts';
import { PCI_DEVICES } from './sense/read-pci-device.ts';

const ACPI_CALL = '/proc/acpi/call';
const CALL_TIMEOUT_MS = 10_000;
/** No `_ROM` is known that gives more than 512 KiB. */
const MOST_BYTES = 2 * 1024 * 1024;
/** How often it is said how far it is: a call takes some milliseconds, and a ROM thousands of them. */
const TELL_BYTES = 64 * 1024;

/** Reads the ROM that the ACPI method `_ROM` of a device's node gives, through the module acpi_call, in the calls that it can answer. */
export async function dumpFromAcpi({ host, log }: Context, { bdf }: PciDevice): Promise<Result<ReadRom>> {
  const node = (await readOptional(host, `${PCI_DEVICES}/${bdf}/firmware_node/path`))?.trim();
  if (node === undefined || !isAcpiPath(node))
    return problem('gpu.cannot', `${bdf} has no node in ACPI, so there is no _ROM for it.`);
  if ((await host.stat(ACPI_CALL)).kind !== 'content')
    return problem('host.unsupported', `${ACPI_CALL} is not there, through which ACPI methods are called.`, {
      hint: 'apt install acpi-call-dkms, then modprobe acpi_call; a kernel locked down by Secure Boot does not load it.',
    });
  let content = new Uint8Array();
  while (content.length < bytesWanted(content) && content.length < MOST_BYTES) {
    const page = await readPage(host, node, content.length);
    if (!page.ok) return page;
    const longer = new Uint8Array(content.length + page.value.length);
    longer.set(content);
    longer.set(page.value, content.length);
    content = longer;
    if (page.value.length < ROM_PAGE_BYTES) break;
    if (content.length % TELL_BYTES === 0) log.info(`${content.length / 1024} KiB of the ROM have been read.`);
  }
  // Pages are full, the ROM ends within the last one; what is no ROM is kept as it is.
  const end = Math.min(bytesWanted(content), content.length);
  return ok({ content: end === 0 ? content : content.slice(0, end), remarks: [] });
}

/** One page; shorter where the method gives less than it was asked for, which is where its ROM ends. */
async function readPage(host: Host, node: string, pageOffset: number): Promise<Result<Uint8Array>> {
  const page: number[] = [];
  for (const { line, bytes, offset } of romPageCalls(node, pageOffset)) {
    const written = await writeAttribute(host, ACPI_CALL, line, CALL_TIMEOUT_MS);
    if (!written.ok) return written;
    const read = await host.read(ACPI_CALL);
    const answer = parseCallAnswer(read.kind === 'content' ? read.value : '');
    if (typeof answer === 'string') {
      // Past its end some firmware answers with an error instead of with nothing.
      if (offset > 0 && answer.startsWith('Error')) break;
      return problem('gpu.cannot', `${node}._ROM answers "${visible(answer, 80)}".`, {
        hint: answer.includes('NOT_FOUND')
          ? 'This firmware gives no ROM for the device through ACPI.'
          : 'Try once more while nothing else uses acpi_call.',
      });
    }
    page.push(...answer.slice(0, bytes));
    if (answer.length < bytes) break;
  }
  return ok(Uint8Array.from(page));
}
