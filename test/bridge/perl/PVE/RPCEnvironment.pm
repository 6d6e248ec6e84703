# Stand-in: one user with privileges by path, from the environment; a task runs at once and its output is kept.
package PVE::RPCEnvironment;
use strict;
use warnings;
use JSON;
sub get { return bless({}, __PACKAGE__) }
sub get_user { return $ENV{TEST_USER} }
sub permissions { my ($self, $user, $path) = @_; return { map { $_ => 1 } @{ decode_json($ENV{TEST_PRIVILEGES})->{$path} // [] } } }
sub fork_worker {
    my ($self, $type, $id, $user, $code) = @_;
    die "a task's name holds a colon, a slash or a blank\n" if "$type$id" =~ m!\s|:|/!;
    my $done = eval { $code->(); 1 };
    return join(':', 'UPID', 'pve', $type, $id, $user, $done ? 'OK' : "ERROR $@");
}
1;
