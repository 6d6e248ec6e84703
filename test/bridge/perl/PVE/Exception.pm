# Stand-in: an exception with a message and a status.
package PVE::Exception;
use base 'Exporter';
our @EXPORT_OK = qw(raise);
sub raise { my ($msg, %more) = @_; die bless({ msg => $msg, %more }, 'PVE::Exception') }
1;
