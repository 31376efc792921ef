#!/bin/sh
# Gives the modem at TCP port $1 to an oFono of its own, and goes on line. Run it in a D-Bus session of its own, as root:
# `dbus-run-session -- sh ofono.sh PORT`. What oFono learns of a SIM it keeps in /var/lib/ofono.
export DBUS_SYSTEM_BUS_ADDRESS="$DBUS_SESSION_BUS_ADDRESS" OFONO_PHONESIM_CONFIG="$PWD/phonesim.conf"
printf '[phonesim]\nAddress=127.0.0.1\nPort=%s\n' "$1" >"$OFONO_PHONESIM_CONFIG"
ofonod --nodetach 2>ofono.log &
trap 'kill $!' EXIT
gdbus wait --session org.ofono
for property in Powered Online; do
    gdbus call --session --dest org.ofono --object-path /phonesim \
        --method org.ofono.Modem.SetProperty $property '<true>' || exit 1
done
gdbus call --session --dest org.ofono --object-path /phonesim --method org.ofono.Modem.GetProperties
