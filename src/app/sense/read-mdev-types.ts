// SPDX-License-Identifier: AGPL-3.0-or-later
import type { MdevType } from '../../core/facts/pci-facts.ts';
import { parseMdevDescription } from '../../core/pci/mdev-type.ts';
import { parseIntegerAttribute } from '../../core/pci/sysfs-values.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';
import { listOptional, readOptional } from './attribute.ts';

/** A UUID as the kernel prints it, lower case with dashes. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads `mdev_supported_types` of a parent. A type whose count cannot be read is being removed and is left out. */
export async function readMdevTypes(host: Host, path: string): Promise<readonly MdevType[]> {
  const types = await Promise.all((await listOptional(host, path)).map((id) => readType(host, path, id)));
  return types.filter((type) => type !== undefined);
}

async function readType(host: Host, parent: string, id: string): Promise<MdevType | undefined> {
  const path = `${parent}/${id}`;
  const [available, name, deviceApi, description, devices] = await Promise.all([
    readOptional(host, `${path}/available_instances`),
    readOptional(host, `${path}/name`),
    readOptional(host, `${path}/device_api`),
    readOptional(host, `${path}/description`),
    listOptional(host, `${path}/devices`),
  ]);
  const availableInstances = parseIntegerAttribute(available ?? '');
  if (availableInstances === undefined) return undefined;
  return {
    id: visible(id),
    ...(name === undefined ? {} : { name: visible(name.trim()) }),
    availableInstances,
    ...(deviceApi === undefined ? {} : { deviceApi: visible(deviceApi.trim()) }),
    description: (description ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => visible(line))
      .join('\n'),
    ...parseMdevDescription(description ?? ''),
    devices: devices.filter((uuid) => UUID.test(uuid)),
  };
}
