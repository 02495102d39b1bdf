#!/bin/sh
# make_bundles.sh DIR N: N small support bundles in DIR, composed: a machine each, with a
# dmesg that ends in an OOM report, its messages, /proc, and some hundred short outputs of
# commands.  What is there already stays.
: "${srcdir:=.}"
dir=$1 n=$2
bench=$srcdir/tests/bench
template=$srcdir/tests/golden/cases/global-oom-6.12.log
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir -p "$dir" "$work/t/proc" "$work/t/etc" "$work/t/var/log" "$work/t/sos_commands/kernel" \
	"$work/t/sos_commands/host" "$work/t/sos_commands/misc" || exit 1
awk -v template="$template" -v mode=kernel -v lines=800 -v count=1 -v tasks=60 \
	-f "$bench/make_logs.awk" >"$work/dmesg" || exit 1
cd "$work/t" || exit 1
cat >proc/meminfo <<'MEMINFO'
MemTotal:        2014524 kB
MemFree:          151424 kB
MemAvailable:    1210204 kB
Buffers:           20480 kB
Cached:          1012480 kB
SwapTotal:             0 kB
SwapFree:              0 kB
Slab:              80480 kB
MEMINFO
echo 'BOOT_IMAGE=/boot/vmlinuz-6.12.0 root=/dev/vda1 ro quiet' >proc/cmdline
i=0
while [ $i -lt 150 ]; do
	seq 1 $((i % 37 + 20)) | sed "s/^/setting.$i./; s/\$/ = $i/" >sos_commands/misc/command_$i
	i=$((i + 1))
done
i=0
while [ $i -lt "$n" ]; do
	i=$((i + 1))
	host=$(printf 'node-%04d' $i)
	[ -s "$dir/sosreport-$host.tar.xz" ] && continue
	echo "$host" | tee etc/hostname >sos_commands/host/hostname
	printf '%032x\n' $((i * 7919 + 12345)) >etc/machine-id
	# each machine's own processes: no two reports are alike
	sed "s/worker-\([0-9]*\)\$/w$i-\1/" "$work/dmesg" >sos_commands/kernel/dmesg
	sed "s/^\[[^]]*\] /Sep 14 03:20:01 $host kernel: /" sos_commands/kernel/dmesg >var/log/messages
	tar -C "$work" --transform "s,^t,sosreport-$host," -cf - t | xz -0 -T1 >"$work/new" &&
		mv "$work/new" "$dir/sosreport-$host.tar.xz" || exit 1
done
