#!/usr/bin/perl
# SPDX-License-Identifier: AGPL-3.0-or-later
# Stands for PVE's `qm` and `pct` as far as the product calls them. `set` writes the guest's file, pending while it runs; `pct exec` goes into the
# container's namespaces; `qm guest exec` speaks to the guest's agent. Words, fields and limits as in qemu-server (CLI/qm.pm, QemuServer/Agent.pm)
# and pve-container (CLI/pct.pm).
use strict;
use warnings;
use Digest::SHA 'sha1_hex';
use IO::Select;
use IO::Socket::UNIX;
use JSON::PP;
use MIME::Base64;
use Time::HiRes qw(sleep time);

binmode STDERR, ':utf8';
# An agent that dies is told by the answer that does not come.
$SIG{PIPE} = 'IGNORE';
my $is_vm = $0 =~ /qm\z/;
my ($folder, $pending) = $is_vm ? ('qemu-server', '[PENDING]') : ('lxc', '[pve:pending]');
my $verb = shift // '';
$verb .= ' ' . (shift // '') if $verb eq 'guest';
my $id = shift // '';
my $file = "/etc/pve/$folder/$id.conf";

if ($verb eq 'set') { set(@ARGV) }
elsif ($verb eq 'exec' && !$is_vm) { run_inside(@ARGV) }
elsif ($verb eq 'guest exec' && $is_vm) { guest_exec(@ARGV) }
else { die "ERROR: unknown command '$verb'\n" }

sub read_file {
    my ($path) = @_;
    open my $handle, '<:raw', $path or return undef;
    local $/;
    return <$handle>;
}

sub config {
    my $text = read_file($file);
    die "Configuration file 'nodes/rig/$folder/$id.conf' does not exist\n" if !defined $text;
    return $text;
}

sub set {
    my %set;
    my (@gone, $digest);
    while (my $name = shift) {
        my $value = shift;
        $name =~ s/\A--//;
        if ($name eq 'delete' || $name eq 'revert') { push @gone, split /,/, $value }
        elsif ($name eq 'digest') { $digest = $value }
        else { $set{$name} = $value }
    }
    my $text = config();
    die "checksum mismatch (file change by other user?)\n" if defined $digest && $digest ne sha1_hex($text);
    my ($now, $next) = split /^\Q$pending\E\n/m, $text, 2;
    my $part = running() ? \($next //= '') : \$now;
    for my $key (@gone, keys %set) { $$part =~ s/^\Q$key\E: .*\n//m }
    $$part .= join '', map { "$_: $set{$_}\n" } sort keys %set;
    $$part .= 'delete: ' . join(',', @gone) . "\n" if @gone && running();
    open my $handle, '>:raw', $file or die "$file: $!\n";
    print $handle $now, defined $next && $next ne '' ? "\n$pending\n$next" : '';
}

# By the process of a VM, and by the init of a container.
sub running {
    my $path = $is_vm ? "/run/qemu-server/$id.pid" : "/run/lxc-$id.pid";
    my $pid = read_file($path) // return undef;
    chomp $pid;
    return -d "/proc/$pid" ? $pid : undef;
}

sub run_inside {
    my ($dashes, @command) = @_;
    config();
    my $pid = running() // die "container '$id' not running!\n";
    my $mapped = config() =~ /^unprivileged: 1$/m;
    exec 'nsenter', '-t', $pid, ($mapped ? '-U' : ()), '-m', '-p', '-r', '-w', '--', @command;
}

# The next line of the agent; dies with PVE's words for one that does not answer.
sub answer {
    my ($agent, $name, $end) = @_;
    my $line = '';
    while ($line !~ /\n\z/) {
        my $left = $end - time();
        die "VM $id qga command '$name' failed - got timeout\n" if $left <= 0 || !IO::Select->new($agent)->can_read($left);
        $agent->sysread($line, 1, length $line) or die "QEMU guest agent is not running\n";
    }
    return decode_json($line =~ s/\xff//gr);
}

sub ask {
    my ($agent, $name, $arguments, $seconds) = @_;
    $agent->syswrite(encode_json({ execute => $name, arguments => $arguments }) . "\n");
    my $answer = answer($agent, $name, time() + $seconds);
    die "Agent error: $answer->{error}{desc}\n" if $answer->{error};
    return $answer->{return};
}

# The byte makes the agent forget half a message, about which it complains first (QEMU docs/interop/qemu-ga-ref, guest-sync-delimited).
sub connected {
    my $agent = IO::Socket::UNIX->new(Peer => "/run/qemu-server/$id.qga") or die "QEMU guest agent is not running\n";
    $agent->syswrite("\xff" . encode_json({ execute => 'guest-sync-delimited', arguments => { id => $$ + 0 } }) . "\n");
    my $end = time() + 3;
    while (1) {
        my $answer = eval { answer($agent, 'guest-ping', $end) } // die "QEMU guest agent is not running\n";
        return $agent if ($answer->{return} // 0) eq $$;
    }
}

sub guest_exec {
    my ($timeout, $input) = (30, undef);
    while (@_ && (my $word = shift) ne '--') {
        my $value = shift;
        if ($word eq '--timeout') { $timeout = $value }
        elsif ($word eq '--pass-stdin' && $value) { $input = encode_base64(join('', <STDIN>), '') }
    }
    my ($path, @arguments) = @_;
    die "No QEMU guest agent configured\n" if config() !~ /^agent: 1/m;
    die "VM $id is not running\n" if !running();
    my $command = { path => $path, arg => \@arguments, 'capture-output' => JSON::PP::true };
    $command->{'input-data'} = $input if defined $input;
    my $result = ask(connected(), 'guest-exec', $command, 10);
    my ($pid, $end) = ($result->{pid}, time() + $timeout);
    while (time() < $end) {
        my $status = ask(connected(), 'guest-exec-status', { pid => $pid }, 10);
        $result = $status->{exited} ? $status : { pid => $pid };
        last if $status->{exited};
        sleep 0.05;
    }
    warn "timeout reached, returning pid\n" if !$result->{exited};
    for my $key (keys %$result) {
        if ($key =~ /-data\z/) { $result->{$key} = decode_base64($result->{$key}) }
        elsif (JSON::PP::is_bool($result->{$key})) { $result->{$key} = $result->{$key} ? 1 : 0 }
    }
    print JSON::PP->new->pretty->canonical->utf8->encode($result);
}
