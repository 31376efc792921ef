#!/bin/sh
# Gives the modem at the port $1, unix:@abstract:NAME, to a ModemManager of its own, and connects it. Run it in a D-Bus
# session of its own: `dbus-run-session -- sh modem-manager.sh PORT`. No hardware, no udev, no system bus.
export DBUS_SYSTEM_BUS_ADDRESS="$DBUS_SESSION_BUS_ADDRESS" # where mmcli looks
ModemManager --test-session --test-enable --test-no-udev --test-no-suspend-resume --test-no-qrtr --no-auto-scan \
    2>modem-manager.log &
trap 'kill $!' EXIT
name=org.freedesktop.ModemManager1
gdbus wait --session $name
gdbus call --session --dest $name --object-path /org/freedesktop/ModemManager1 \
    --method $name.Test.SetProfile simisp generic "['${1#unix:@}']"
until mmcli --modem=any 2>/dev/null | grep -q 'state: .*disabled'; do sleep 0.2; done
mmcli --modem=any --simple-connect=apn=internet && mmcli --modem=any --output-keyvalue | grep '^modem.generic.state '
