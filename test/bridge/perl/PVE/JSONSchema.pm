# Stand-in: the options that are asked for by name.
package PVE::JSONSchema;
use base 'Exporter';
our @EXPORT_OK = qw(get_standard_option);
my %OPTIONS = ('pve-node' => { type => 'string', format => 'pve-node' }, 'pve-vmid' => { type => 'integer', minimum => 100 });
sub get_standard_option { my ($name) = @_; return $OPTIONS{$name} // die "no option $name\n" }
1;
