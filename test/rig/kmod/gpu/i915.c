// SPDX-License-Identifier: GPL-2.0-only
/* i915; built twice, with RIG_SRIOV 1 like i915-sriov-dkms and 0 like the kernel's own. */
#define RIG_NAME "i915"
#define RIG_I915 1
#include "gpu.h"
#include "gvt-ops.h"
#include "i915-gvt.h"

static int __init rig_init(void)
{
	if (RIG_SRIOV)
		pr_notice("i915: You are using the i915-sriov-dkms module, a ported version of the i915/xe module with SR-IOV support.\n");
	return pci_register_driver(&rig_driver);
}

static void __exit rig_exit(void)
{
	pci_unregister_driver(&rig_driver);
}

module_init(rig_init);
module_exit(rig_exit);
