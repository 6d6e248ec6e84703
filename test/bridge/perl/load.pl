# Loads the plugin as PVE::Storage does, then calls one method of its API, and prints what came of both as JSON.
use strict;
use warnings;
no warnings 'once';
use JSON;
my ($file, $socket, $method, $path, $param) = @ARGV;
my @warnings;
local $SIG{__WARN__} = sub { push @warnings, $_[0] };
package PVE::Storage { sub APIVER { 15 } }
require PVE::RESTHandler;
eval {
    require $file;
    my $class = 'PVE::Storage::Custom::PveigpuPlugin';
    die "not derived from PVE::Storage::Plugin\n" if !$class->isa('PVE::Storage::Plugin');
    die "does not provide an api() method\n" if !$class->can('api');
    die "another API version\n" if $class->api() != PVE::Storage::APIVER();
    $class->register();
};
warn "Error loading storage plugin: $@" if $@;
my %all = %PVE::RESTHandler::METHODS;
my $answer;
if (defined($method)) {
    $PVE::API2::Pveigpu::SOCKET = $socket;
    $PVE::API2::Pveigpu::TIMEOUT = 5;
    my $code = $all{'PVE::API2::Pveigpu'}->{"$method $path"}->{code};
    my $value = eval { $code->(decode_json($param)) };
    $answer = $@ ? { error => ref($@) ? {%{$@}} : "$@" } : { value => $value };
}
my %shown = map { my $class = $_; ($class => { map { $_ => { %{ $all{$class}->{$_} }, code => undef } } keys %{ $all{$class} } }) } keys %all;
print JSON->new->canonical->encode({ methods => \%shown, types => \@PVE::Storage::Plugin::TYPES, warnings => \@warnings, answer => $answer });
