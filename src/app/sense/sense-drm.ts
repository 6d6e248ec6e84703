// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DrmConnector, DrmFacts, DrmNode } from '../../core/facts/drm-facts.ts';
import { known, type Section } from '../../core/facts/section.ts';
import { type Bdf, isBdf } from '../../core/pci/address.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';
import { readAttribute, readOptional, unreadable } from './attribute.ts';

const DRM = '/sys/class/drm';

/** DRM nodes of PCI devices and the connectors of their cards. No `/sys/class/drm` means no DRM driver: an empty answer. */
export async function senseDrm(host: Host): Promise<Section<DrmFacts>> {
  const listed = await host.list(DRM);
  if (listed.kind === 'unreadable') return unreadable(DRM, listed.errno);
  const names = listed.kind === 'content' ? listed.value : [];
  const nodeNames = names.filter((name) => /^(card|renderD)[0-9]+$/.test(name));
  const nodes = (await Promise.all(nodeNames.map((name) => readNode(host, name)))).filter((node) => node !== undefined);
  const byCard = new Map(nodes.map((node) => [node.name, node.pci]));
  const connectors = await Promise.all(
    names.map(async (name): Promise<DrmConnector | undefined> => {
      const pci = byCard.get(/^(card[0-9]+)-./.exec(name)?.[1] ?? '');
      if (pci === undefined) return undefined;
      const status = await readAttribute(host, `${DRM}/${name}/status`);
      return status.state === 'absent'
        ? undefined
        : { name: visible(name), pci, status: status.state === 'known' ? status.value : 'unknown' };
    }),
  );
  return known({
    nodes: nodes.sort((a, b) => a.minor - b.minor),
    connectors: connectors.filter((connector) => connector !== undefined),
  });
}

async function readNode(host: Host, name: string): Promise<DrmNode | undefined> {
  const [device, dev] = await Promise.all([host.readLink(`${DRM}/${name}/device`), readOptional(host, `${DRM}/${name}/dev`)]);
  const numbers = /^\s*([0-9]{1,9}):([0-9]{1,9})\s*$/.exec(dev ?? '');
  if (device.kind !== 'content' || numbers === null) return undefined;
  const pci = lastAddress(device.value) ?? (await addressOfClassLink(host, name));
  if (pci === undefined) return undefined;
  return { name, path: `/dev/dri/${name}`, major: Number(numbers[1]), minor: Number(numbers[2]), pci };
}

/** A virtio GPU's `device` is `virtioN`; the class link itself goes through the PCI function. */
async function addressOfClassLink(host: Host, name: string): Promise<Bdf | undefined> {
  const link = await host.readLink(`${DRM}/${name}`);
  return link.kind === 'content' ? lastAddress(link.value) : undefined;
}

function lastAddress(target: string): Bdf | undefined {
  return target.split('/').filter(isBdf).at(-1);
}
