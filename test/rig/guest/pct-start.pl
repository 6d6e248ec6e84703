#!/usr/bin/perl
# SPDX-License-Identifier: AGPL-3.0-or-later
# pct-start ID: a container as PVE and LXC start one. Pending changes count from now on; each `devN` becomes a node with the ids that the container's
# map makes of its `uid` and `gid` (pve-container LXC.pm, lxc-pve-prestart-hook, lxc-pve-autodev-hook); its first process has PID, mount and, when it
# is unprivileged, user namespaces of its own (user_namespaces(7)). A process stays and has the command socket by which PVE knows that it runs.
use strict;
use warnings;
use File::Basename 'dirname';
use File::Path qw(make_path remove_tree);
use POSIX ();
use Socket;

my ($id) = @ARGV;
umask 022;
my $file = "/etc/pve/lxc/$id.conf";
my $root = "/var/lib/lxc/$id/rootfs";
# What PVE gives to an unprivileged container without a map of its own (LXC.pm, parse_id_maps).
my ($COUNT, %config) = (65536, read_config());
my $first = $config{unprivileged} ? 100000 : 0;
# Numbers of x86-64: unshare(2), and CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER of linux/sched.h.
my ($UNSHARE, $MOUNTS, $PIDS, $USERS) = (272, 0x00020000, 0x20000000, 0x10000000);

make_nodes();
socket my $command, AF_UNIX, SOCK_STREAM, 0 or die "socket: $!\n";
bind $command, pack_sockaddr_un("\0/var/lib/lxc/$id/command") or die "bind: $!\n";
listen $command, 1 or die "listen: $!\n";
pipe my $apart, my $tell_apart or die "pipe: $!\n";
pipe my $mapped, my $tell_mapped or die "pipe: $!\n";

my $starter = fork // die "fork: $!\n";
if ($starter == 0) {
    close $command;
    open STDOUT, '>', "/tmp/container-$id.log";
    open STDERR, '>&', \*STDOUT;
    syscall($UNSHARE, $MOUNTS | $PIDS | ($first ? $USERS : 0)) == 0 or die "unshare: $!\n";
    syswrite $tell_apart, 'x';
    sysread $mapped, my $x, 1;
    if ($first) { POSIX::setgid(0) && POSIX::setuid(0) or die "setuid: $!\n" }
    my $init = fork // die "fork: $!\n";
    first_process() if $init == 0;
    # As the host counts: this process itself is in no PID namespace of the container.
    syswrite $tell_apart, "$init\n";
    waitpid $init, 0;
    POSIX::_exit(0);
}
sysread $apart, my $x, 1 or die "the container did not start\n";
for my $map ($first ? qw(uid_map gid_map) : ()) {
    open my $ids, '>', "/proc/$starter/$map" or die "$map: $!\n";
    syswrite $ids, "0 $first $COUNT\n" or die "$map: $!\n";
}
syswrite $tell_mapped, 'x';
sysread $apart, my $init, 20 or die "the container has no first process\n";
write_file("/run/lxc-$id.pid", $init);
exit 0 if fork;
POSIX::setsid();
open STDIN, '<', '/dev/null';
open STDOUT, '>', '/dev/null';
open STDERR, '>', '/dev/null';
chomp $init;
# The starter is a child of the process that has ended.
select undef, undef, undef, 0.05 while -d "/proc/$init";
unlink "/run/lxc-$id.pid";

sub first_process {
    chroot $root or die "chroot: $!\n";
    chdir '/';
    system('mount', '-t', 'proc', 'proc', '/proc') == 0 or die "no /proc\n";
    exec 'sleep', 'infinity';
}

# The configuration with what was pending, which is written down as well.
sub read_config {
    open my $handle, '<', $file or die "Configuration file 'nodes/rig/lxc/$id.conf' does not exist\n";
    my ($now, $next) = split /^\[pve:pending\]\n/m, join('', <$handle>), 2;
    my %config = pairs($now);
    my %pending = pairs($next // '');
    delete @config{ split /,/, delete $pending{delete} // '' };
    %config = (%config, %pending);
    write_file($file, join '', map { "$_: $config{$_}\n" } sort keys %config);
    return %config;
}

sub pairs { return $_[0] =~ /^([a-z]\w*): (.*)$/mg }

sub make_nodes {
    remove_tree("$root/dev/dri");
    for my $key (grep { /\Adev\d+\z/ } sort keys %config) {
        my ($path, @words) = split /,/, $config{$key} =~ s/\Apath=//r;
        my %given = (uid => 0, gid => 0, mode => '0660', map { split /=/, $_, 2 } @words);
        # On x86-64 a device number is 12 bits of major over 8 of minor for all that is in /dev/dri.
        my $number = (stat $path)[6] // die "Device $path does not exist\n";
        make_path(dirname("$root$path"));
        system('mknod', "$root$path", 'c', $number >> 8, $number & 255) == 0 or die "mknod $root$path\n";
        chown $given{uid} + $first, $given{gid} + $first, "$root$path";
        chmod oct $given{mode}, "$root$path";
    }
}

sub write_file {
    my ($path, $text) = @_;
    open my $handle, '>', $path or die "$path: $!\n";
    print $handle $text;
    close $handle;
}
