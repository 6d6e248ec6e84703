// SPDX-License-Identifier: AGPL-3.0-or-later
/*
 * vfio_hold GROUP NAME SECONDS: opens a VFIO device as QEMU does, maps DMA, says "held" and keeps it for that time.
 * NAME is a PCI address or the UUID of an mdev. Exit 1 with the failed call on standard output.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static int check(const char *what, int answer)
{
	if (answer >= 0)
		return answer;
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

int main(int argc, char **argv)
{
	struct vfio_iommu_type1_dma_map map = { .argsz = sizeof map, .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE };
	struct vfio_region_info region = { .argsz = sizeof region, .index = VFIO_PCI_CONFIG_REGION_INDEX };
	unsigned char id[4] = { 0 };
	size_t size = 4 << 20;
	int container, group, device;
	char *memory;

	if (argc != 4)
		return 2;
	container = check("open /dev/vfio/vfio", open("/dev/vfio/vfio", O_RDWR));
	group = check(argv[1], open(argv[1], O_RDWR));
	check("VFIO_GROUP_SET_CONTAINER", ioctl(group, VFIO_GROUP_SET_CONTAINER, &container));
	check("VFIO_SET_IOMMU", ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU));
	memory = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(memory, 1, size);
	map.vaddr = (unsigned long)memory;
	map.iova = 0x100000;
	map.size = size;
	check("VFIO_IOMMU_MAP_DMA", ioctl(container, VFIO_IOMMU_MAP_DMA, &map));
	device = check("VFIO_GROUP_GET_DEVICE_FD", ioctl(group, VFIO_GROUP_GET_DEVICE_FD, argv[2]));
	check("VFIO_DEVICE_GET_REGION_INFO", ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &region));
	check("pread", pread(device, id, sizeof id, region.offset));
	printf("held %02x%02x:%02x%02x\n", id[1], id[0], id[3], id[2]);
	fflush(stdout);
	usleep(atof(argv[3]) * 1e6);
	return 0;
}
