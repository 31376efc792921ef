#!/bin/sh
# Runs a command in a mount namespace of its own, as root: the lock directory is the one given here, and /dev is a copy
# in which /dev/ppp is a null device, so that pppd takes the kernel for one with PPP and runs its connect script.
# Nothing outside of the namespace changes.
#
#   private_namespace.sh LOCK_DIRECTORY EMPTY_DIRECTORY COMMAND [ARGUMENT ...]
set -e
if [ "$SIMISP_IN_NAMESPACE" != yes ]; then
    SIMISP_IN_NAMESPACE=yes exec unshare --mount --propagation private -- "$0" "$@"
fi
unset SIMISP_IN_NAMESPACE
locks=$1 devices=$2
shift 2
mount --bind "$locks" /run/lock
[ "$(readlink -f /var/lock)" = /run/lock ] || mount --bind "$locks" /var/lock
mount -t tmpfs -o mode=755 devices "$devices"
for node in null zero full random urandom tty ptmx; do
    cp -a "/dev/$node" "$devices/$node"
done
mknod -m 600 "$devices/ppp" c 1 3
mkdir "$devices/pts" "$devices/shm"
mount --bind /dev/pts "$devices/pts"
ln -s /proc/self/fd "$devices/fd"
mount --move "$devices" /dev
exec "$@"
