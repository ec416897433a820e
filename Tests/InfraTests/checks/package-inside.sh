#!/usr/bin/env bash
# What an administrator does with the package on a bare Debian 12: installs it, connects organizations,
# lets the units collect, upgrades, removes and purges it. The machine has no network but loopback. This
# script runs inside it, with the package in /check, and reports in /check/log. GitHub is the simulated one.
set -euo pipefail
exec >/check/log 2>&1
trap 'echo "line $LINENO failed: $BASH_COMMAND"' ERR

step() { echo "== $1"; }
fail() {
    echo "$1"
    journalctl --no-pager -u 'copilot-usage-*' | tail -20 | cut -c1-300
    return 1
}
within() { # SECONDS WHAT COMMAND...
    local until=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        [ $SECONDS -lt $until ] || fail "it takes too long: $what"
        sleep 0.2
    done
}
as_user() { runuser -u copilot-usage -- "$@"; }
beside() { # NAME COMMAND...
    systemd-run --quiet --unit="$1" --uid=copilot-usage --property=StandardOutput="file:/check/$1.log" --property=StandardError="append:/check/$1.log" "${@:2}"
}
# There is no HTTP client on a bare machine. The response of ADDRESS, head and body.
get() { # ADDRESS [COOKIE]
    local host=${1#http://} path
    path=/${host#*/} host=${host%%/*}
    exec 3<>"/dev/tcp/${host%:*}/${host#*:}"
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nConnection: close\r\n\r\n' "$path" "$host" "${2-}" >&3
    tr -d '\r' <&3
    exec 3<&-
}
field() { sed -n "s/^$1: //Ip" | head -1; }

step "installs, without starting anything"
apt-get install -y -q --no-install-recommends /check/copilot-usage_*.deb >/check/apt.log 2>&1 || fail "$(cat /check/apt.log)"
for unit in copilot-usage-worker.service copilot-usage-tick.timer; do
    [ "$(systemctl is-enabled $unit)" = disabled ] && [ "$(systemctl is-active $unit)" = inactive ] ||
        fail "$unit was enabled or started"
done
copilot-functions --version
copilot-local --version
dpkg -L copilot-usage | grep -v '^/\.$' >/check/files

step "its units are valid, and confined"
systemd-analyze verify --man=no /lib/systemd/system/copilot-usage-*.{service,timer}
for unit in worker tick; do
    systemd-analyze security --offline=true --no-pager --threshold=19 /lib/systemd/system/copilot-usage-$unit.service | tail -1
done

step "the demo"
as_user copilot-local demo --quiet --last-day 2026-04-18 --folder /var/lib/copilot-usage/demo | grep "110 of 110 metrics written"

step "connects organizations of the simulated GitHub"
beside github copilot-local simulate --person ola-owner --organizations 2 --users 5 --quiet
within 20 "the simulated GitHub" grep -q SERVER_URL /check/github.log
{
    cat /check/github.log
    echo "STATE_ENCRYPTION_KEYS=$(head -c 32 /dev/urandom | base64)"
    echo "SETUP_TOKEN=setup-token-of-the-test"
} >>/etc/copilot-usage/environment
beside pages copilot-functions onAuthorizeCallback --env-file /etc/copilot-usage/environment
within 20 "the pages" grep -q 8080 /check/pages.log
get 'http://127.0.0.1:8080/authorize?token=setup-token-of-the-test' >/check/begun
cookie=$(field set-cookie </check/begun)
back=$(get "$(field location </check/begun)" | field location)
get "$back" "${cookie%%;*}" >/check/done
grep -q '^HTTP/1.1 200' /check/done || fail "$(cat /check/done)"
systemctl stop pages

step "the units collect"
systemctl enable --now copilot-usage-worker.service copilot-usage-tick.timer
systemctl start copilot-usage-tick.service || fail "the tick failed"
collected() { [ "$(find /var/lib/copilot-usage/metrics -name '*.om' | wc -l)" -ge 6 ]; }
within 60 "two organizations, three days" collected
systemctl is-active copilot-usage-worker.service copilot-usage-tick.timer
as_user copilot-local status --env-file /etc/copilot-usage/environment | tail -12

step "an installed worker survives an upgrade"
before=$(systemctl show -P MainPID copilot-usage-worker.service)
apt-get install -y -q --reinstall /check/copilot-usage_*.deb >/check/apt.log 2>&1 || fail "$(cat /check/apt.log)"
[ "$(systemctl is-active copilot-usage-worker.service)" = active ] || fail "the worker is not running"
[ "$(systemctl show -P MainPID copilot-usage-worker.service)" != "$before" ] || fail "the worker is the old one"

step "a removal stops it, and keeps what it has"
apt-get remove -y -q copilot-usage >/check/apt.log 2>&1 || fail "$(cat /check/apt.log)"
[ "$(systemctl is-active copilot-usage-worker.service)" != active ] || fail "the worker still runs"
grep -q GITHUB_APP_ID= /etc/copilot-usage/environment
collected

step "a purge leaves nothing"
systemctl stop github
apt-get purge -y -q copilot-usage >/check/apt.log 2>&1 || fail "$(cat /check/apt.log)"
left=$({
    while read -r path; do [ ! -e "$path" ] || [ -d "$path" ] || echo "$path"; done </check/files
    find / -xdev \( -path /check -o -path /proc -o -path /var/log -o -path '/var/lib/apt' -o -path /var/cache \) -prune \
        -o \( -name '*copilot*' -o -nouser -o -nogroup \) -print
    getent passwd copilot-usage || true
    getent group copilot-usage || true
})
[ -z "$left" ] || fail "left behind: $left"
step "done"
