#!/bin/bash
# What `make install` puts into a directory works from there: the program finds its own
# plugins, and a plugin is built from the installed header by pkg-config alone.
build=$(cd "${builddir:-.}" && pwd)
. "${srcdir:-.}/tests/cli/lib.sh"
[ -e "$build/Makefile" ] || { echo 'skipped: not in a build directory'; exit 77; }
env -u MAKEFLAGS -u MFLAGS -u DESTDIR make -C "$build" install DESTDIR="$tmp/root" >log 2>&1 ||
	{ tail log; failed 'make install'; done_testing; }
prefix=$(sed -n 's/^prefix = //p' "$build/Makefile")
inquest=$(find root -path '*/bin/inquest')
[ -x "$inquest" ] && ok 'the program is installed' || { failed 'no program'; done_testing; }
unset INQUEST_PLUGIN_DIR
"$inquest" plugins >out
says out 'memory-cgroup .* ok .*/root/' 'it finds the plugins beside it'
for f in man/man1/inquest.1 bash-completion/completions/inquest inquest/schema/report.schema.json; do
	find root -path "*/$f*" | grep -q . && ok "$f" || failed "$f is not installed"
done
bash -n "$(find root -path '*/completions/inquest')" || failed 'completion'
if command -v mandoc >/dev/null; then
	mandoc -T lint "$(find root -name inquest.1)" 2>/dev/null | grep -v 'referenced manual' >lint
	[ -s lint ] && { failed 'the manual page'; cat lint; } || ok 'the manual page passes mandoc'
fi

pc=$(find "$PWD/root" -name inquest.pc)
[ -n "$pc" ] || { failed 'no pkg-config file'; done_testing; }
command -v pkg-config >/dev/null || { echo 'skipped: no pkg-config'; exit 77; }
cat >mine.c <<'C'
#include <inquest/plugin.h>

static const char *const kinds[] = { "oom-kill", NULL };

static int look(const struct inquest_host *h, struct inquest_ctx *ctx)
{
	struct inquest_finding *f = h->finding_new(ctx, INQUEST_CONTRIBUTING, "mine",
		INQUEST_SEV_NOTICE, INQUEST_CERTAIN, "mine-1");
	h->finding_title(f, "said by a plugin from elsewhere");
	h->cite_role(f, "headline", 1);
	h->finding_commit(f);
	return 0;
}

const struct inquest_plugin inquest_plugin = {
	.abi = INQUEST_PLUGIN_ABI, .size = sizeof inquest_plugin, .name = "mine", .version = "1",
	.description = "a stranger's", .kinds = kinds, .event = look,
};
C
export PKG_CONFIG_PATH=${pc%/*} PKG_CONFIG_SYSROOT_DIR=$PWD/root
mkdir mine
${CC:-cc} -Wall -Wextra -Werror -shared -fPIC $(pkg-config --cflags inquest) -o mine/mine.so mine.c 2>log ||
	{ failed 'a plugin does not compile against the installed header'; cat log; }
"$inquest" explain -q --plugin-dir mine --format json "$cases/memcg-oom-6.1.log" >out
says out 'said by a plugin from elsewhere' 'a plugin made elsewhere speaks'
dir=$(pkg-config --variable=plugindir inquest)
cp mine/mine.so "$dir/" 2>/dev/null || cp mine/mine.so "root$dir/"
"$inquest" plugins >out
says out '^mine .* ok ' 'and is found in the plugin directory that pkg-config names'
env -u MAKEFLAGS -u MFLAGS make -C "$build" uninstall DESTDIR="$tmp/root" >log 2>&1
rm -f "root$dir/mine.so" "$dir/mine.so" 2>/dev/null
left=$(find root -type f)
[ -z "$left" ] && ok 'uninstall leaves nothing' || failed "uninstall leaves $left"
done_testing
