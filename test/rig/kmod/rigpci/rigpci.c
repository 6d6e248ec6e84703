// SPDX-License-Identifier: GPL-2.0-only
/*
 * rigpci: gives emulated PCI functions the identity of Intel display devices.
 *
 * Config-space reads of each listed function, and of its VFs, are interposed: vendor, device, class, revision, subsystem,
 * the VF device id and TotalVFs are replaced. Everything else (the SR-IOV capability, BARs, MSI-X, FLR, IOMMU groups, DMA)
 * stays the emulated device's own. Loading and unloading removes the functions and scans their buses again.
 *
 *   modprobe rigpci bdf=0000:00:02.0,0000:01:00.0 device=0x46a6,0x56c0 class=0x030000,0x038000 totalvfs=7,3
 */
#include <linux/module.h>
#include <linux/pci.h>

#define RIG_MAX 4

static char *bdf[RIG_MAX] = { "0000:00:02.0" };
static int targets = 1;
module_param_array(bdf, charp, &targets, 0444);
MODULE_PARM_DESC(bdf, "functions to dress up");

#define RIG_PARAM(name, initial, text) \
	static uint name[RIG_MAX] = { [0 ... RIG_MAX - 1] = initial }; \
	module_param_array(name, uint, NULL, 0444); \
	MODULE_PARM_DESC(name, text)

RIG_PARAM(vendor, 0x8086, "vendor id");
RIG_PARAM(device, 0x46a6, "device id");
RIG_PARAM(class, 0x030000, "class code, 24 bits");
RIG_PARAM(revision, 0x0c, "revision");
RIG_PARAM(subvendor, 0x8086, "subsystem vendor id");
RIG_PARAM(subdevice, 0x7270, "subsystem device id");
RIG_PARAM(vfdevice, 0, "device id of the VFs; 0: that of the PF");
RIG_PARAM(totalvfs, 0xffff, "TotalVFs; 0 hides the SR-IOV capability, 0xffff keeps the emulated number");

struct rig_target {
	struct pci_bus *bus;
	unsigned int devfn;
	int sriov;
	u16 offset, stride, total;
	struct pci_ops *orig;
};

static struct rig_target target[RIG_MAX];
/* One set of operations a bus; the first target on a bus owns it. */
static struct pci_ops ops[RIG_MAX];

static void overlay(u32 *val, int where, int size, int at, int len, u32 with)
{
	int i;

	for (i = 0; i < size; i++) {
		int byte = where + i - at;

		if (byte < 0 || byte >= len)
			continue;
		*val &= ~(0xffu << (8 * i));
		*val |= ((with >> (8 * byte)) & 0xff) << (8 * i);
	}
}

static bool is_vf_of(const struct rig_target *t, unsigned int devfn)
{
	unsigned int first = t->devfn + t->offset;

	if (!t->sriov || !t->stride || devfn < first)
		return false;
	return (devfn - first) % t->stride == 0 && (devfn - first) / t->stride < t->total;
}

static void dress(int n, bool pf, int where, int size, u32 *val)
{
	const struct rig_target *t = &target[n];

	if (pf)
		overlay(val, where, size, PCI_VENDOR_ID, 4, vendor[n] | device[n] << 16);
	overlay(val, where, size, PCI_CLASS_REVISION, 4, class[n] << 8 | revision[n]);
	overlay(val, where, size, PCI_SUBSYSTEM_VENDOR_ID, 4, subvendor[n] | subdevice[n] << 16);
	if (!pf || !t->sriov)
		return;
	overlay(val, where, size, t->sriov + PCI_SRIOV_VF_DID, 2, vfdevice[n] ?: device[n]);
	if (totalvfs[n] == 0) {
		/* A capability with id 0 is skipped, and the chain goes on behind it. */
		overlay(val, where, size, t->sriov, 2, 0);
	} else if (totalvfs[n] < t->total) {
		overlay(val, where, size, t->sriov + PCI_SRIOV_TOTAL_VF, 2, totalvfs[n]);
		overlay(val, where, size, t->sriov + PCI_SRIOV_INITIAL_VF, 2, totalvfs[n]);
	}
}

static int rig_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *val)
{
	struct pci_ops *orig = NULL;
	int n, found = -1, rc;

	for (n = 0; n < targets; n++) {
		if (target[n].bus != bus)
			continue;
		orig = target[n].orig;
		if (devfn == target[n].devfn || is_vf_of(&target[n], devfn))
			found = n;
	}
	rc = orig->read(bus, devfn, where, size, val);
	if (!rc && found >= 0)
		dress(found, devfn == target[found].devfn, where, size, val);
	return rc;
}

static void rescan(void)
{
	int n;

	for (n = 0; n < targets; n++) {
		struct pci_dev *d = pci_get_slot(target[n].bus, target[n].devfn);

		if (d)
			pci_stop_and_remove_bus_device_locked(d);
		pci_dev_put(d);
	}
	pci_lock_rescan_remove();
	for (n = 0; n < targets; n++)
		pci_rescan_bus(target[n].bus);
	pci_unlock_rescan_remove();
}

static int find(int n)
{
	struct rig_target *t = &target[n];
	unsigned int domain, number, slot, fn;
	struct pci_dev *d;
	int i;

	if (sscanf(bdf[n], "%x:%x:%x.%x", &domain, &number, &slot, &fn) != 4)
		return -EINVAL;
	t->devfn = PCI_DEVFN(slot, fn);
	t->bus = pci_find_bus(domain, number);
	d = t->bus ? pci_get_slot(t->bus, t->devfn) : NULL;
	if (!d)
		return -ENODEV;
	t->sriov = pci_find_ext_capability(d, PCI_EXT_CAP_ID_SRIOV);
	if (t->sriov) {
		pci_read_config_word(d, t->sriov + PCI_SRIOV_VF_OFFSET, &t->offset);
		pci_read_config_word(d, t->sriov + PCI_SRIOV_VF_STRIDE, &t->stride);
		pci_read_config_word(d, t->sriov + PCI_SRIOV_TOTAL_VF, &t->total);
	}
	pci_dev_put(d);
	t->orig = t->bus->ops;
	for (i = 0; i < n; i++)
		if (target[i].bus == t->bus)
			t->orig = target[i].orig;
	return 0;
}

static int __init rigpci_init(void)
{
	int n, rc;

	for (n = 0; n < targets; n++) {
		rc = find(n);
		if (rc)
			return rc;
	}
	for (n = 0; n < targets; n++) {
		if (target[n].bus->ops->read == rig_read)
			continue;
		ops[n] = *target[n].orig;
		ops[n].read = rig_read;
		pci_bus_set_ops(target[n].bus, &ops[n]);
	}
	rescan();
	for (n = 0; n < targets; n++)
		pr_info("rigpci: %s is %04x:%04x class %06x (VF offset %u stride %u of %u)\n", bdf[n], vendor[n], device[n],
			class[n], target[n].offset, target[n].stride, target[n].total);
	return 0;
}

static void __exit rigpci_exit(void)
{
	int n;

	for (n = 0; n < targets; n++)
		pci_bus_set_ops(target[n].bus, target[n].orig);
	rescan();
}

module_init(rigpci_init);
module_exit(rigpci_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("pveigpu test rig: PCI identities");
