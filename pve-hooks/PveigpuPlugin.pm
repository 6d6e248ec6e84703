# SPDX-License-Identifier: AGPL-3.0-or-later
# What Proxmox VE loads of pveigpu: the paths below /nodes/{node}/pveigpu of its API, forwarded to its service. There is no decision here. PVE
# loads every file of this folder as a storage plugin, in its daemons and in qm; a fault is a warning there. No storage is defined.

package PVE::API2::Pveigpu;

use strict;
use warnings;

use base qw(PVE::RESTHandler);
use IO::Socket::UNIX;
use JSON;
use PVE::Exception qw(raise);
use PVE::JSONSchema qw(get_standard_option);
use PVE::RPCEnvironment;
use PVE::Tools;

our $SOCKET = '/run/pveigpu/api.sock';
# Seconds. pveproxy gives up after 30 (pve-http-server AnyEvent.pm), and one of pvedaemon's three workers waits here. What starts a run is
# waited for longer, so that its task is there although the browser was told of no answer.
our $TIMEOUT = 28;

my $NODE = { node => get_standard_option('pve-node') };
my $GUEST = { %$NODE, vmid => get_standard_option('pve-vmid') };
my $INPUT = {
    input => {
        type => 'string', format => 'string', optional => 1, maxLength => 4096,
        description => "JSON object with what this path takes; see openapi.json of pveigpu.service.",
    },
};
my $VIEW = ['perm', '/nodes/{node}', ['Sys.Audit']];
my $LOOK_AT_GUEST = ['and', $VIEW, ['perm', '/vms/{vmid}', ['VM.Audit']]];
my $ASK_GUEST = ['and', $LOOK_AT_GUEST, ['perm', '/vms/{vmid}', ['VM.GuestAgent.Unrestricted']]];
my $SET_UP = ['perm', '/nodes/{node}', ['Sys.Audit', 'Sys.Modify']];
my $SET_UP_GUEST = ['and', $SET_UP, ['perm', '/vms/{vmid}', ['VM.Audit', 'VM.Config.HWType']]];
my $DEEP = { deep => { type => 'boolean', optional => 1, description => 'Also what takes programs and seconds.' } };

# path, method, permission, parameters, whether it starts a task
my @ROUTES = (
    (map { [$_, 'GET', $VIEW, $NODE] }
        qw(session status verdict history vfs mdevs mdev-types pools assignments assertions facts usage roms)),
    ['findings', 'GET', $VIEW, { %$NODE, %$DEEP }],
    ['guests/{vmid}', 'GET', $LOOK_AT_GUEST, $GUEST],
    (map { ["guests/{vmid}/$_", 'POST', $ASK_GUEST, $GUEST] } qw(needs verify)),
    (map { [$_, 'POST', $SET_UP, { %$NODE, %$INPUT }] } qw(plan plan-confirm plan-rollback)),
    (map { [$_, 'POST', $SET_UP, { %$NODE, %$INPUT }, 1] } qw(apply confirm rollback)),
    (map { ["guests/{vmid}/$_", 'POST', $LOOK_AT_GUEST, { %$GUEST, %$INPUT }] } qw(plan-assign plan-unassign)),
    (map { ["guests/{vmid}/$_", 'POST', $SET_UP_GUEST, { %$GUEST, %$INPUT }, 1] } qw(assign unassign)),
);

# Resource mappings by name; none where PVE has no such module.
sub mappings {
    my $ids = eval { require PVE::Mapping::PCI; PVE::Mapping::PCI::config()->{ids} };
    return sort keys %{ $ids // {} };
}

# One request, one answer, HTTP/1.0: the service closes when it has said all.
sub forward {
    my ($method, $path, $param) = @_;
    my $rpcenv = PVE::RPCEnvironment::get();
    my $user = $rpcenv->get_user();
    my @acl = ("/nodes/$param->{node}");
    push @acl, "/vms/$param->{vmid}", map { "/mapping/pci/$_" } mappings() if defined($param->{vmid});
    my $privileges = {};
    for my $acl (@acl) {
        my $kinds = $acl =~ m!^/mapping! ? 'Mapping' : 'Sys|VM';
        $privileges->{$acl} = [sort grep { /^(?:$kinds)\./ } keys %{ $rpcenv->permissions($user, $acl) }];
    }
    my $json = JSON->new->ascii->canonical;
    my $body = $method eq 'POST' && defined($param->{input}) ? $param->{input} : '';
    # both as bytes: a character beside them would make perl write the whole request anew, longer than its Content-Length
    utf8::encode($_) for grep { utf8::is_utf8($_) } $body, $user;
    my $query = join('&', map { "$_=$param->{$_}" } grep { !/^(node|vmid|input)$/ } sort keys %$param);
    my $request = join("\r\n",
        "$method /v1/$path" . ($query eq '' ? '' : "?$query") . ' HTTP/1.0',
        "X-Pveigpu-User: $user",
        'X-Pveigpu-Privileges: ' . $json->encode($privileges),
        ($body eq '' ? () : ('Content-Type: application/json', 'Content-Length: ' . length($body))),
        '', $body);
    my $answer = PVE::Tools::run_with_timeout($TIMEOUT, sub {
        my $socket = IO::Socket::UNIX->new(Peer => $SOCKET)
            or raise("pveigpu.service cannot be reached: $!\n", code => 503);
        print {$socket} $request or raise("pveigpu.service went away: $!\n", code => 503);
        $socket->flush();
        local $/;
        return scalar <$socket>;
    });
    my ($status, $text) = ($answer // '') =~ m!\AHTTP/1\.[01] (\d{3}).*?\r\n\r\n(.*)\z!s
        or raise("pveigpu.service gave no answer.\n", code => 503);
    my $value = eval { $json->decode($text) } // raise("pveigpu.service gave no JSON.\n", code => 502);
    return $value if $status < 400;
    raise(join(' ', grep { defined } @$value{qw(title hint)}) . "\n", code => $status);
}

# The work goes on in a unit of its own when the task is stopped; exit code 4 says that a reboot is awaited.
sub follow {
    my ($run) = @_;
    my $code = PVE::Tools::run_command(['pveigpu', 'follow', $run], noerr => 1);
    die "pveigpu ended with exit code $code\n" if $code != 0 && $code != 4;
}

eval {
    for my $route (@ROUTES) {
        my ($path, $method, $permission, $properties, $is_task) = @$route;
        (my $name = "pveigpu_$path") =~ s![^a-z]+!_!g;
        __PACKAGE__->register_method({
            name => $name,
            path => $path,
            method => $method,
            protected => 1,
            proxyto => 'node',
            description => "pveigpu: $path",
            permissions => { check => $permission },
            parameters => { additionalProperties => 0, properties => $properties },
            returns => $is_task ? { type => 'string' } : { type => 'object' },
            code => sub {
                my ($param) = @_;
                (my $target = $path) =~ s/\{vmid\}/$param->{vmid}/;
                local $TIMEOUT = $is_task ? 120 : $TIMEOUT;
                my $value = forward($method, $target, $param);
                return $value if !$is_task;
                my $id = $param->{vmid} // $path;
                my $user = PVE::RPCEnvironment::get()->get_user();
                return PVE::RPCEnvironment::get()
                    ->fork_worker('pveigpu', $id, $user, sub { follow($value->{run}) });
            },
        });
    }
    # By name: where the class is not loaded (qm), this is an entry in a table that nobody reads.
    PVE::RESTHandler::register_method('PVE::API2::Nodes::Nodeinfo',
        { subclass => __PACKAGE__, path => 'pveigpu' });
    1;
} or warn "pveigpu: its paths are not in the API: $@";

package PVE::Storage::Custom::PveigpuPlugin;

use strict;
use warnings;

use base qw(PVE::Storage::Plugin);

sub api { return PVE::Storage::APIVER(); }
sub type { return 'pveigpu'; }
sub plugindata { return { content => [{ none => 1 }, { none => 1 }] }; }
sub options { return {}; }
sub register { return; }

1;
