#!/bin/sh
# Runs pppd in the mount namespace that private_namespace.sh has made: with its own /etc/ppp and /run, and with a preload
# library as the PPP of its kernel.
#
#   in_namespace.sh ETC_PPP LIBRARY PPPD [OPTION ...]
set -e
mount --bind "$1" /etc/ppp
mount -t tmpfs -o mode=755 run /run
mkdir -p /run/lock
library=$2
shift 2
# Its own wrappers come first: they pass on to the clock's, if there is one.
LD_PRELOAD="$library${LD_PRELOAD:+:$LD_PRELOAD}" exec "$@"
