// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stand-in for kvmgt: the mdev types of GVT-g with the arithmetic of their shared pools (kernel drivers/gpu/drm/i915/gvt/
 * vgpu.c and aperture_gm.c). A vGPU is a PCI function with a config space and one small BAR, enough to be opened by VFIO and QEMU.
 */
#include <linux/mdev.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vfio.h>
#include "gvt-ops.h"

static uint rig_aperture = 256;
module_param(rig_aperture, uint, 0600);
MODULE_PARM_DESC(rig_aperture, "MiB that the CPU can see; the graphics address space has 4096");

#define HOST_LOW 128
#define HOST_HIGH 384
#define HOST_FENCE 4
#define SPACE 4096
#define FENCES 32
#define CONFIG_SIZE 256
#define BAR0_SIZE 4096
#define REGION_SHIFT 40

struct rig_type {
	struct mdev_type type;
	char name[16];
	uint low, high, fence, weight;
	const char *resolution;
};

static struct rig_type rig_types[] = {
	{ .low = 64, .high = 384, .fence = 4, .weight = 2, .resolution = "1024x768" },
	{ .low = 128, .high = 512, .fence = 4, .weight = 4, .resolution = "1920x1200" },
	{ .low = 256, .high = 1024, .fence = 4, .weight = 8, .resolution = "1920x1200" },
	{ .low = 512, .high = 2048, .fence = 4, .weight = 16, .resolution = "1920x1200" },
};
static struct mdev_type *rig_offered[ARRAY_SIZE(rig_types)];

static struct mdev_parent rig_parent;
static struct pci_dev *rig_parent_dev;
static DEFINE_MUTEX(rig_lock);
static uint rig_low, rig_high, rig_fence;

struct rig_vgpu {
	struct vfio_device vdev;
	struct rig_type *type;
	u8 config[CONFIG_SIZE];
	u8 bar0[BAR0_SIZE];
};

static int vgpu_init(struct vfio_device *vdev)
{
	struct rig_vgpu *vgpu = container_of(vdev, struct rig_vgpu, vdev);
	struct rig_type *type = container_of(to_mdev_device(vdev->dev)->type, struct rig_type, type);
	const char *item = NULL;

	mutex_lock(&rig_lock);
	if (rig_low < type->low)
		item = "low GM space";
	else if (rig_high < type->high)
		item = "high GM space";
	else if (rig_fence < type->fence)
		item = "fence";
	if (item) {
		pr_err("gvt: fail to allocate resource %s\n", item);
		mutex_unlock(&rig_lock);
		return -ENOSPC;
	}
	rig_low -= type->low;
	rig_high -= type->high;
	rig_fence -= type->fence;
	mutex_unlock(&rig_lock);
	vgpu->type = type;
	*(__le16 *)&vgpu->config[PCI_VENDOR_ID] = cpu_to_le16(PCI_VENDOR_ID_INTEL);
	*(__le16 *)&vgpu->config[PCI_DEVICE_ID] = cpu_to_le16(rig_parent_dev->device);
	*(__le32 *)&vgpu->config[PCI_CLASS_REVISION] = cpu_to_le32(0x03000000 | rig_parent_dev->revision);
	return 0;
}

static void vgpu_release(struct vfio_device *vdev)
{
	struct rig_vgpu *vgpu = container_of(vdev, struct rig_vgpu, vdev);

	mutex_lock(&rig_lock);
	rig_low += vgpu->type->low;
	rig_high += vgpu->type->high;
	rig_fence += vgpu->type->fence;
	mutex_unlock(&rig_lock);
}

static int vgpu_open(struct vfio_device *vdev)
{
	return 0;
}

static void vgpu_close(struct vfio_device *vdev)
{
}

static ssize_t vgpu_rw(struct rig_vgpu *vgpu, char __user *buf, size_t count, loff_t *ppos, bool write)
{
	u64 index = *ppos >> REGION_SHIFT, at = *ppos & ((1ull << REGION_SHIFT) - 1);
	u8 *base = index == VFIO_PCI_CONFIG_REGION_INDEX ? vgpu->config : vgpu->bar0;
	u64 size = index == VFIO_PCI_CONFIG_REGION_INDEX ? CONFIG_SIZE : index == 0 ? BAR0_SIZE : 0;
	u64 i;

	if (at >= size)
		return -EINVAL;
	count = min_t(size_t, count, size - at);
	if (!write && copy_to_user(buf, base + at, count))
		return -EFAULT;
	for (i = 0; write && i < count; i++) {
		u8 byte;

		if (get_user(byte, buf + i))
			return -EFAULT;
		/* Command and the base address change; a BAR of 4 KiB keeps its size bits. */
		if (base != vgpu->config || at + i == PCI_COMMAND)
			base[at + i] = byte;
		else if (at + i >= PCI_BASE_ADDRESS_0 && at + i < PCI_BASE_ADDRESS_0 + 4)
			base[at + i] = at + i == PCI_BASE_ADDRESS_0 ? 0 : at + i == PCI_BASE_ADDRESS_0 + 1 ? byte & 0xf0 : byte;
	}
	*ppos += count;
	return count;
}

static ssize_t vgpu_read(struct vfio_device *vdev, char __user *buf, size_t count, loff_t *ppos)
{
	return vgpu_rw(container_of(vdev, struct rig_vgpu, vdev), buf, count, ppos, false);
}

static ssize_t vgpu_write(struct vfio_device *vdev, const char __user *buf, size_t count, loff_t *ppos)
{
	return vgpu_rw(container_of(vdev, struct rig_vgpu, vdev), (char __user *)buf, count, ppos, true);
}

static long vgpu_ioctl(struct vfio_device *vdev, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;

	if (cmd == VFIO_DEVICE_GET_INFO) {
		struct vfio_device_info info = { .argsz = 20, .flags = VFIO_DEVICE_FLAGS_PCI | VFIO_DEVICE_FLAGS_RESET,
						 .num_regions = VFIO_PCI_NUM_REGIONS, .num_irqs = VFIO_PCI_NUM_IRQS };

		return copy_to_user(user, &info, 20) ? -EFAULT : 0;
	}
	if (cmd == VFIO_DEVICE_GET_REGION_INFO) {
		struct vfio_region_info info;

		if (copy_from_user(&info, user, sizeof(info)))
			return -EFAULT;
		if (info.index >= VFIO_PCI_NUM_REGIONS)
			return -EINVAL;
		info.argsz = sizeof(info);
		info.cap_offset = 0;
		info.offset = (u64)info.index << REGION_SHIFT;
		info.size = info.index == VFIO_PCI_CONFIG_REGION_INDEX ? CONFIG_SIZE : info.index == 0 ? BAR0_SIZE : 0;
		info.flags = info.size ? VFIO_REGION_INFO_FLAG_READ | VFIO_REGION_INFO_FLAG_WRITE : 0;
		return copy_to_user(user, &info, sizeof(info)) ? -EFAULT : 0;
	}
	if (cmd == VFIO_DEVICE_GET_IRQ_INFO) {
		struct vfio_irq_info info;

		if (copy_from_user(&info, user, sizeof(info)))
			return -EFAULT;
		info.flags = 0;
		info.count = 0;
		return copy_to_user(user, &info, sizeof(info)) ? -EFAULT : 0;
	}
	if (cmd == VFIO_DEVICE_SET_IRQS || cmd == VFIO_DEVICE_RESET)
		return 0;
	return -ENOTTY;
}

static const struct vfio_device_ops vgpu_ops = {
	.name = "rig-vgpu",
	.init = vgpu_init,
	.release = vgpu_release,
	.open_device = vgpu_open,
	.close_device = vgpu_close,
	.read = vgpu_read,
	.write = vgpu_write,
	.ioctl = vgpu_ioctl,
	.bind_iommufd = vfio_iommufd_emulated_bind,
	.unbind_iommufd = vfio_iommufd_emulated_unbind,
	.attach_ioas = vfio_iommufd_emulated_attach_ioas,
	.detach_ioas = vfio_iommufd_emulated_detach_ioas,
};

static int vgpu_probe(struct mdev_device *mdev)
{
	struct rig_vgpu *vgpu = vfio_alloc_device(rig_vgpu, vdev, &mdev->dev, &vgpu_ops);
	int rc;

	if (IS_ERR(vgpu))
		return PTR_ERR(vgpu);
	dev_set_drvdata(&mdev->dev, vgpu);
	rc = vfio_register_emulated_iommu_dev(&vgpu->vdev);
	if (rc)
		vfio_put_device(&vgpu->vdev);
	return rc;
}

static void vgpu_remove(struct mdev_device *mdev)
{
	struct rig_vgpu *vgpu = dev_get_drvdata(&mdev->dev);

	vfio_unregister_group_dev(&vgpu->vdev);
	vfio_put_device(&vgpu->vdev);
}

static unsigned int vgpu_available(struct mdev_type *mtype)
{
	struct rig_type *type = container_of(mtype, struct rig_type, type);
	uint n;

	mutex_lock(&rig_lock);
	n = min3(rig_low / type->low, rig_high / type->high, rig_fence / type->fence);
	mutex_unlock(&rig_lock);
	return n;
}

static ssize_t vgpu_description(struct mdev_type *mtype, char *buf)
{
	struct rig_type *type = container_of(mtype, struct rig_type, type);

	return sprintf(buf, "low_gm_size: %uMB\nhigh_gm_size: %uMB\nfence: %u\nresolution: %s\nweight: %u\n", type->low,
		       type->high, type->fence, type->resolution, type->weight);
}

static struct mdev_driver vgpu_driver = {
	.device_api = VFIO_DEVICE_API_PCI_STRING,
	.driver = { .name = "intel_vgpu_mdev", .owner = THIS_MODULE },
	.probe = vgpu_probe,
	.remove = vgpu_remove,
	.get_available = vgpu_available,
	.show_description = vgpu_description,
};

static int rig_init_device(struct pci_dev *pdev)
{
	unsigned int n = 0, i;
	int rc;

	if (rig_parent_dev)
		return -EBUSY;
	rig_low = rig_aperture - HOST_LOW;
	rig_high = SPACE - rig_aperture - HOST_HIGH;
	rig_fence = FENCES - HOST_FENCE;
	for (i = 0; i < ARRAY_SIZE(rig_types); i++) {
		struct rig_type *type = &rig_types[i];

		if (type->low > rig_low)
			continue;
		/* The number is the share of a 512 MiB low space, not a count. */
		snprintf(type->name, sizeof(type->name), "GVTg_V5_%u", 512 / type->low);
		memset(&type->type, 0, sizeof(type->type));
		type->type.sysfs_name = type->name;
		rig_offered[n++] = &type->type;
	}
	rig_parent_dev = pdev;
	memset(&rig_parent, 0, sizeof(rig_parent));
	rc = mdev_register_parent(&rig_parent, &pdev->dev, &vgpu_driver, rig_offered, n);
	if (rc)
		rig_parent_dev = NULL;
	return rc;
}

static void rig_clean_device(struct pci_dev *pdev)
{
	mdev_unregister_parent(&rig_parent);
	rig_parent_dev = NULL;
}

static const struct rig_gvt_ops gvt_ops = { .init_device = rig_init_device, .clean_device = rig_clean_device };

static int __init kvmgt_init(void)
{
	int rc = rig_gvt_set_ops(&gvt_ops);

	if (rc)
		return rc;
	rc = mdev_register_driver(&vgpu_driver);
	if (rc)
		rig_gvt_clear_ops();
	return rc;
}

static void __exit kvmgt_exit(void)
{
	mdev_unregister_driver(&vgpu_driver);
	rig_gvt_clear_ops();
}

module_init(kvmgt_init);
module_exit(kvmgt_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("GVT-g (pveigpu test rig)");
