#!/bin/sh
# What takes too long for every `make check`: many mutations of each corpus, each target
# under a real fuzzer where clang is there, and the whole program on damaged logs.
#
#	long.sh [TARGET]...		all of them without arguments
#
# LONG_MUTATIONS: of each input (3000); LONG_SECONDS: of the fuzzer, a target (120);
# FUZZ_SEED.  make passes the compiler's flags and the libraries.  What a fuzzer found
# lies in fuzz-found/TARGET; cut it down, mend the cause, put it into the corpus.
: "${srcdir:=.}" "${builddir:=.}"
: "${LONG_MUTATIONS:=3000}" "${LONG_SECONDS:=120}" "${FUZZ_SEED:=$(date +%j)}"
: "${CLANG:=clang}"
export srcdir FUZZ_SEED
status=0
targets=$*
[ -n "$targets" ] || targets=$(cd "$srcdir/tests/fuzz" && ls fuzz_*.c | sed 's/^fuzz_//; s/\.c$//')

echo "== $LONG_MUTATIONS mutations of each input, seed $FUZZ_SEED"
for t in $targets; do
	FUZZ_MUTATE=$LONG_MUTATIONS "$builddir/tests/fuzz/fuzz_$t" || status=1
done

# All rooms but the command line, once, for the fuzzer.
build() {
	flags="-g -O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined
		-fno-sanitize-recover=undefined -std=gnu17 -include $builddir/config.h
		-I$srcdir/src -I$builddir/src -pthread $FUZZ_CFLAGS"
	mkdir -p fuzz-found/objects || return 1
	for c in "$srcdir"/src/*/*.c "$srcdir"/src/*/*/*.c \
		"$builddir"/src/store/schema_sql.c; do
		case $c in */src/cli/*) continue ;; esac
		o=fuzz-found/objects/$(echo "${c##*/src/}" | tr / _).o
		[ "$o" -nt "$c" ] && continue
		# shellcheck disable=SC2086
		echo "$CLANG" $flags -c "$c" -o "$o"
	done | xargs -d '\n' -r -n 1 -P "$(nproc)" sh -c '$0' || return 1
	for t in $targets; do
		# shellcheck disable=SC2086
		$CLANG $flags -fsanitize=fuzzer "$srcdir/tests/fuzz/fuzz_$t.c" \
			fuzz-found/objects/*.o -o "fuzz-found/fuzz_$t" $FUZZ_LIBS || return 1
	done
}

fuzz() {
	mkdir -p "fuzz-found/$1" "fuzz-found/$1-corpus"
	only_ascii=0
	case $1 in alloc | json | line | log | memdump | oom | rule) only_ascii=1 ;; esac
	"fuzz-found/fuzz_$1" -max_total_time="$LONG_SECONDS" -timeout=20 -rss_limit_mb=1500 \
		-max_len=16384 -seed="$FUZZ_SEED" -only_ascii=$only_ascii \
		-artifact_prefix="fuzz-found/$1/" -print_final_stats=1 \
		"fuzz-found/$1-corpus" "$srcdir/tests/fuzz/corpus/$1" \
		>"fuzz-found/$1.log" 2>&1
}

if ! command -v "$CLANG" >/dev/null; then
	echo "== no $CLANG: no runs under a fuzzer"
elif ! build; then
	status=1
else
	for t in $targets; do
		if fuzz "$t"; then
			echo "== $t: $(grep -o 'number_of_executed_units: *[0-9]*' \
				"fuzz-found/$t.log") of the fuzzer, nothing found"
		else
			echo "== $t: FAILED, see fuzz-found/$t.log and fuzz-found/$t/"
			status=1
		fi
	done
fi
exit $status
