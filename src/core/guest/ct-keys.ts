// SPDX-License-Identifier: AGPL-3.0-or-later

const list = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const BOOLEANS = list('console debug onboot protection template unprivileged');
const INTEGERS = list('cores cpuunits memory snaptime swap tty');
const OTHERS = list(
  'arch cmode cpulimit description entrypoint env features hookscript hostname lock nameserver ostype parent rootfs searchdomain ' +
    'startup tags timezone',
);
const NUMBERED: { readonly [name: string]: number } = { dev: 256, mp: 256, net: 32, unused: 256 };

/** The type of a container's setting (pve-container LXC/Config.pm `confdesc`), undefined when PVE 9.2 does not know it. */
export function ctKeyType(key: string): 'boolean' | 'integer' | 'string' | undefined {
  if (BOOLEANS.has(key)) return 'boolean';
  if (INTEGERS.has(key)) return 'integer';
  if (OTHERS.has(key)) return 'string';
  const digits = /\d+$/.exec(key)?.[0];
  const count = digits === undefined ? undefined : NUMBERED[key.slice(0, -digits.length)];
  return count !== undefined && Number(digits) < count ? 'string' : undefined;
}

const LXC_KEYS = list(
  'lxc.apparmor.profile lxc.apparmor.allow_incomplete lxc.apparmor.allow_nesting lxc.apparmor.raw lxc.selinux.context lxc.include ' +
    'lxc.arch lxc.uts.name lxc.signal.halt lxc.signal.reboot lxc.signal.stop lxc.init.cmd lxc.init.cwd lxc.init.uid lxc.init.gid ' +
    'lxc.init.groups lxc.pty.max lxc.console.logfile lxc.console.path lxc.tty.max lxc.devtty.dir lxc.hook.autodev lxc.autodev ' +
    'lxc.kmsg lxc.mount.fstab lxc.mount.entry lxc.mount.auto lxc.cap.drop lxc.cap.keep lxc.seccomp.profile ' +
    'lxc.seccomp.notify.proxy lxc.seccomp.notify.cookie lxc.idmap lxc.hook.pre-start lxc.hook.pre-mount lxc.hook.mount ' +
    'lxc.hook.start lxc.hook.stop lxc.hook.post-stop lxc.hook.clone lxc.hook.destroy lxc.hook.version lxc.log.level lxc.log.file ' +
    'lxc.start.auto lxc.start.delay lxc.start.order lxc.group lxc.environment lxc.environment.runtime lxc.environment.hooks ' +
    'lxc.sysctl.fs.mqueue lxc.sysctl.kernel.msgmax lxc.sysctl.kernel.msgmnb lxc.sysctl.kernel.msgmni lxc.sysctl.kernel.sem ' +
    'lxc.sysctl.kernel.shmall lxc.sysctl.kernel.shmmax lxc.sysctl.kernel.shmmni lxc.sysctl.kernel.shm_rmid_forced ' +
    'lxc.aa_profile lxc.aa_allow_incomplete lxc.console lxc.devttydir lxc.haltsignal lxc.rebootsignal lxc.stopsignal lxc.id_map ' +
    'lxc.init_cmd lxc.loglevel lxc.logfile lxc.mount lxc.pts lxc.se_context lxc.seccomp lxc.tty lxc.utsname lxc.network.type ' +
    'lxc.network.flags lxc.network.link lxc.network.mtu lxc.network.name lxc.network.hwaddr lxc.network.ipv4 ' +
    'lxc.network.ipv4.gateway lxc.network.ipv6 lxc.network.ipv6.gateway lxc.network.script.up lxc.network.script.down',
);

/** Whether PVE keeps a raw LXC key, old names included (pve-container LXC/Config.pm is_valid_lxc_conf_key). */
export function isLxcKey(key: string): boolean {
  return LXC_KEYS.has(key) || /^lxc\.(?:limit|cgroup|cgroup2|prlimit|net)\./.test(key);
}
