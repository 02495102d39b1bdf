#!/bin/bash
# Dumps and memory that are not ours to read: named as what they are, with what to do,
# one line, exit status 1.
. "${srcdir:-.}/tests/cli/lib.sh"

le() {	# SIZE VALUE
	local i
	for ((i = 0; i < $1; i++)); do printf "\\x$(printf %02x $(($2 >> 8 * i & 255)))"; done
}
be() {
	local i
	for ((i = $1 - 1; i >= 0; i--)); do printf "\\x$(printf %02x $(($2 >> 8 * i & 255)))"; done
}
zeros() { head -c "$1" /dev/zero; }
named() {	# FILE WORDS: head of the file on standard input
	{ cat; zeros 20000; } >"$1"
	for command in explain log 'import -s none.db'; do
		want 1 1 "$1: $command" "$INQUEST" $command "$1"
		says err "^inquest: $1: .*$2" 'by its name'
	done
	"$INQUEST" identify "$1" >out
	says out "$2" "$1: identified"
}

le 8 0xa8190173618f23ed | named lkcd 'an LKCD dump'
be 8 0xa8190173618f23ed | named lkcd-big 'an LKCD dump'
be 8 0xa8190173618f23fd | named s390 'stand-alone dump of s390.*zgetdump'
le 4 0xf00febed | named xen-old "Xen domain's dump"
le 4 0xf00febee | named xen-hvm "Xen domain's dump"
printf 'Xen saved domain, xl format\n \0 \r' | named xen-save 'saved Xen domain'
{ be 8 -1; printf 'XENF'; be 4 3; } | named xen-migration 'saved Xen domain'
{ printf QEVM; be 4 3; } | named qemu 'QEMU machine.*virsh dump'
printf LibvirtQemudSave | named libvirt 'QEMU machine.*virsh dump'
printf '\x7fVirtualBox SavedState V2.0\n' | named vbox 'VirtualBox machine.*dumpvmcore'
for magic in 0xbed0bed0 0xbed2bed2 0xbad1bad1; do
	le 4 $magic | named vmware-$magic 'VMware machine.*vmss2core'
done
printf 'sadump\0\0' | named sadump 'sadump.*makedumpfile'
printf PAGEDU64 | named windows 'Windows'
printf 'MDMP\x93\xa7' | named windows-mini 'Windows'
printf 'EMiL\1\0\0\0' | named lime 'LiME'
printf vhdxfile | named vhdx 'disk image'

elf() {	# MACHINE PHNUM SHNUM
	printf '\x7fELF\2\1\1'; zeros 9
	le 2 4; le 2 "$1"; le 4 1; le 8 0; le 8 64; le 8 0
	le 4 0; le 2 64; le 2 56; le 2 "$2"; le 2 64; le 2 "$3"; le 2 0
}
note() {	# NAME TYPE TEXT: one of one segment, and nothing else
	le 4 4; le 4 0; le 8 176; zeros 16; le 8 $((12 + 16 + 16)); zeros 8; le 8 4
	le 4 1; le 4 6; le 8 8192; le 8 0; le 8 0; le 8 4096; le 8 4096; le 8 4096
	le 4 16; le 4 ${#3}; le 4 "$2"
	{ printf %s "$1"; zeros 16; } | head -c 16
	{ printf %s "$3"; zeros 16; } | head -c 16
}
elf 62 0 8 | named xen-elf "Xen domain's dump"
{ elf 62 2 0; note Xen 0x1000001 x; } | named xen-host 'Xen host'
for machine in 243:riscv64 258:loongarch64 8:mips 50:ia64 40:arm 4660:4660; do
	{ elf ${machine%:*} 2 0; note VMCOREINFO 0 OSRELEASE=7.0.1; } |
		named "core-${machine#*:}" "${machine#*:}"
done
done_testing
