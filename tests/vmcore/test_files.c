/* vmcore/types_files, types_fit, types_info, debug_dir: what is taken from files that
 * were given, what is refused, and what VMCOREINFO knows itself.
 */
#include "compose.h"
#include "compose_btf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vmcore/types/types_files.h"

static const char info_text[] =
	"OSRELEASE=4.19.0-test\nPAGESIZE=4096\n"
	"SIZE(list_head)=16\nOFFSET(list_head.next)=0\nOFFSET(list_head.prev)=8\n"
	"SIZE(task_struct)=192\nOFFSET(task_struct.tasks)=32\n"
	"OFFSET(task_struct.none)=8\n"
	"SIZE(zone)=1600\nSIZE(free_area)=104\nOFFSET(zone.free_area)=192\n"
	"LENGTH(zone.free_area)=11\nOFFSET(zone.vm_stat)=1280\n"
	"OFFSET(page._refcount)=52\n"
	"OFFSET(page.secret)=60\nOFFSET(pglist_data.node_id)=99999999999\n"
	"NUMBER(NR_FREE_PAGES)=0\nNUMBER(PG_lru)=4\n";

struct world {
	struct machine m;
	struct iq_memory mem;
	struct iq_vmcoreinfo info;
	struct iq_kimage k;
	char dir[64];
};

static int begin(void **state)
{
	struct world *w = calloc(1, sizeof *w);

	machine_init(&w->m, 4096, 8, false);
	w->mem = (struct iq_memory){ machine_read, &w->m, 8, false };
	w->info.text = iq_slice(info_text, sizeof info_text - 1);
	w->k = (struct iq_kimage){ .mem = &w->mem, .info = &w->info, .page_size = 4096,
				   .arch = IQ_ARCH_X86_64 };
	strcpy(w->dir, "/tmp/inquest-test-XXXXXX");
	assert_non_null(mkdtemp(w->dir));
	*state = w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;
	char cmd[128];

	snprintf(cmd, sizeof cmd, "rm -rf '%s'", w->dir);
	assert_int_equal(system(cmd), 0);
	machine_fini(&w->m);
	free(w);
	return 0;
}

static const char *put(struct world *w, const char *name, const void *p, size_t n)
{
	static char path[256];
	size_t base = strlen(w->dir) + 1;

	snprintf(path, sizeof path, "%s/%s", w->dir, name);
	for (char *s = path + base; (s = strchr(s, '/')); s++) {
		*s = 0;
		mkdir(path, 0700);
		*s = '/';
	}
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, p, n), (ssize_t)n);
	close(fd);
	return path;
}

static const char *put_btf(struct world *w, const char *name)
{
	struct composed c;
	uint32_t n;

	compose_base(&c, 8);
	compose_task(&c);
	const void *p = btf__raw_data(c.btf, &n);
	const char *path = put(w, name, p, n);
	btf__free(c.btf);
	return path;
}

static void refused(struct world *w, const char *path, unsigned from, const char *why)
{
	struct iq_types *t;
	struct iq_err err = { 0 };

	assert_int_equal(iq_types_file(&w->k, path, from, &t, &err), -1);
	assert_null(t);
	assert_true(!strncmp(err.text, path, strlen(path)));
	if (!strstr(err.text, why))
		fail_msg("%s", err.text);
}

static void raw_btf(void **state)
{
	struct world *w = *state;
	struct iq_member_at m;
	struct iq_types *t;
	struct iq_err err = { 0 };
	const char *path = put_btf(w, "btf");

	if (iq_types_file(&w->k, path, IQ_TYPES_BTF, &t, &err))
		fail_msg("%s", err.text);
	assert_true(t->ops->member(t->impl, "task_struct", "comm", &m));
	iq_types_free(t);
	refused(w, path, IQ_TYPES_DWARF, "not an ELF file");

	/* another kernel's: one offset is enough */
	char *other = strdup(info_text);
	memcpy(strstr(other, "tasks)=32"), "tasks)=40", 9);
	w->info.text = iq_slice_z(other);
	refused(w, path, IQ_TYPES_BTF, "another kernel: 1 of 5 sizes and offsets");
	free(other);
	w->info.text = IQ_LIT("OSRELEASE=4.19.0-test\nSIZE(list_head)=16\n");
	refused(w, path, IQ_TYPES_BTF, "nothing in it to see");
}

/* A task that is not called swapper where this BTF has the names of tasks. */
static void no_witness(void **state)
{
	struct world *w = *state;
	struct iq_types *t;
	char text[2000];

	snprintf(text, sizeof text, "%sSYMBOL(init_task)=%llx\n", info_text,
		 (unsigned long long)va_of(&w->m, 256));
	w->info.text = iq_slice_z(text);
	memcpy(w->m.mem + 256 + 48, "swapper/0", 10);
	poke(&w->m, 256 + 32, 8, va_of(&w->m, 1024 + 32));
	const char *path = put_btf(w, "btf");
	assert_int_equal(iq_types_file(&w->k, path, IQ_TYPES_BTF, &t, NULL), 0);
	iq_types_free(t);
	memcpy(w->m.mem + 256 + 48, "napper/0", 9);
	refused(w, path, IQ_TYPES_BTF, "another kernel");
}

static void no_file(void **state)
{
	struct world *w = *state;
	char path[128];

	snprintf(path, sizeof path, "%s/none", w->dir);
	refused(w, path, IQ_TYPES_BTF, "cannot be opened");
	refused(w, w->dir, IQ_TYPES_BTF, "not a file");
	assert_int_equal(mkfifo(path, 0600), 0);
	refused(w, path, IQ_TYPES_BTF | IQ_TYPES_DWARF, "not a file");
	refused(w, put(w, "text", "hello", 5), IQ_TYPES_BTF, "neither BTF nor");
	refused(w, put(w, "long", info_text, sizeof info_text), IQ_TYPES_BTF, "BTF");
	refused(w, "/proc/self/exe", IQ_TYPES_BTF, "without .BTF");
}

/* A build id that is not the dump's; none at all and nothing else that fits. */
static void other_build(void **state)
{
	struct world *w = *state;
	char id[65];

	refused(w, "/proc/self/exe", IQ_TYPES_BTF | IQ_TYPES_DWARF, "/proc/self/exe: ");
	w->info.text = IQ_LIT("BUILD-ID=00112233445566778899aabbccddeeff00112233\n");
	iq_kimage_build_id(&w->k, id, sizeof id);
	assert_string_equal(id, "00112233445566778899aabbccddeeff00112233");
	w->info.text = IQ_LIT("");
	iq_kimage_build_id(&w->k, id, sizeof id);
	assert_string_equal(id, "");

	/* older kernels: in the notes of the image */
	char text[200];
	snprintf(text, sizeof text,
		 "SYMBOL(__start_notes)=%llx\nSYMBOL(__stop_notes)=%llx\n",
		 (unsigned long long)va_of(&w->m, 512),
		 (unsigned long long)va_of(&w->m, 512 + 12 + 4 + 4));
	w->info.text = iq_slice_z(text);
	poke(&w->m, 512, 4, 4);
	poke(&w->m, 516, 4, 4);
	poke(&w->m, 520, 4, 3);
	memcpy(w->m.mem + 524, "GNU\0\xde\xad\xbe\xef", 8);
	iq_kimage_build_id(&w->k, id, sizeof id);
	assert_string_equal(id, "deadbeef");
}

static void vmcoreinfo_alone(void **state)
{
	struct world *w = *state;
	struct iq_member_at m;
	struct iq_types *t = NULL;
	uint64_t n;
	int64_t v;

	assert_int_equal(iq_types_vmcoreinfo(&w->k, &t, NULL), 0);
	assert_true(t->ops->member(t->impl, "zone", "free_area", &m));
	assert_int_equal(m.offset, 192);
	assert_int_equal(m.elem_size, 104);
	assert_int_equal(m.size, 11 * 104);
	assert_true(t->ops->member(t->impl, "page", "_refcount", &m));
	assert_int_equal(m.size, 4);
	assert_true(m.is_signed);
	/* how wide it is nobody said; an offset that is none */
	assert_false(t->ops->member(t->impl, "page", "secret", &m));
	assert_false(t->ops->member(t->impl, "pglist_data", "node_id", &m));
	assert_false(t->ops->member(t->impl, "task_struct", "pid", &m));
	assert_true(t->ops->size(t->impl, "zone", &n));
	assert_int_equal(n, 1600);
	assert_true(t->ops->enumerator(t->impl, "pageflags", "PG_lru", &v));
	assert_int_equal(v, 4);
	iq_types_free(t);
	w->info.text = IQ_LIT("OSRELEASE=2.6.18\n");
	assert_int_equal(iq_types_vmcoreinfo(&w->k, &t, NULL), 1);
}

struct found {
	char all[1000];
	int stop_at, n;
	size_t base;
};

static int note(void *arg, const char *path)
{
	struct found *f = arg;
	strcat(f->all, path + f->base);
	strcat(f->all, " ");
	return ++f->n == f->stop_at ? 7 : 0;
}

static void places(void **state)
{
	struct world *w = *state;
	struct found f = { .base = strlen(w->dir) + 1 };
	struct iq_slice rel = IQ_LIT("4.19.0-test");

	put(w, "usr/lib/debug/lib/modules/4.19.0-test/vmlinux", "x", 1);
	put(w, "usr/lib/debug/.build-id/de/adbeef.debug", "x", 1);
	put(w, "boot/vmlinux-4.19.0-test", "x", 1);
	put(w, "boot/vmlinux-4.19.0-other", "x", 1);
	assert_int_equal(
		iq_debug_dir_walk(w->dir, "deadbeef", rel, iq_vmlinux_places, note, &f),
		0);
	assert_string_equal(f.all, "usr/lib/debug/.build-id/de/adbeef.debug "
			    "usr/lib/debug/lib/modules/4.19.0-test/vmlinux "
			    "boot/vmlinux-4.19.0-test ");
	f = (struct found){ .base = f.base, .stop_at = 1 };
	assert_int_equal(iq_debug_dir_walk(w->dir, "", rel, iq_vmlinux_places, note, &f),
			 7);
	assert_string_equal(f.all, "usr/lib/debug/lib/modules/4.19.0-test/vmlinux ");

	/* what a dump says of itself leads nowhere else */
	f = (struct found){ .base = f.base };
	put(w, "outside", "x", 1);
	iq_debug_dir_walk(w->dir, "../outside", IQ_LIT("../../outside"),
			  iq_vmlinux_places, note, &f);
	iq_debug_dir_walk(w->dir, "", IQ_LIT(".."), iq_vmlinux_places, note, &f);
	iq_debug_dir_walk(w->dir, "", IQ_SLICE_NULL, iq_vmlinux_places, note, &f);
	assert_string_equal(f.all, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(raw_btf, begin, end),
		cmocka_unit_test_setup_teardown(no_witness, begin, end),
		cmocka_unit_test_setup_teardown(no_file, begin, end),
		cmocka_unit_test_setup_teardown(other_build, begin, end),
		cmocka_unit_test_setup_teardown(vmcoreinfo_alone, begin, end),
		cmocka_unit_test_setup_teardown(places, begin, end),
	};
	return cmocka_run_group_tests_name("vmcore_files", tests, NULL, NULL);
}
