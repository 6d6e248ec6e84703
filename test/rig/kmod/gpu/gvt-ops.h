/* SPDX-License-Identifier: GPL-2.0-only */
struct pci_dev;

struct rig_gvt_ops {
	int (*init_device)(struct pci_dev *pdev);
	void (*clean_device)(struct pci_dev *pdev);
};

int rig_gvt_set_ops(const struct rig_gvt_ops *ops);
void rig_gvt_clear_ops(void);
