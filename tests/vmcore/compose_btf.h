/* tests/vmcore/compose_btf.h - BTF of a small kernel, composed with libbpf's writer. */
#ifndef TESTS_VMCORE_COMPOSE_BTF_H
#define TESTS_VMCORE_COMPOSE_BTF_H

#include <bpf/btf.h>

struct composed {
	struct btf *btf;
	int u8, s32, u32, u64, ch, chars, list, list_ptr, atomic, longs, unsigned_int;
};

static inline void add_member(struct composed *c, const char *name, int type,
			      unsigned bits, unsigned width)
{
	assert_int_equal(btf__add_field(c->btf, name, type, bits, width), 0);
}

/* The words everything is made of. */
static inline void compose_base(struct composed *c, unsigned pointer)
{
	c->btf = btf__new_empty();
	assert_non_null(c->btf);
	btf__set_pointer_size(c->btf, pointer);
	c->u8 = btf__add_int(c->btf, "unsigned char", 1, 0);
	c->ch = btf__add_int(c->btf, "char", 1, BTF_INT_SIGNED);
	c->s32 = btf__add_int(c->btf, "int", 4, BTF_INT_SIGNED);
	c->u32 = btf__add_int(c->btf, "unsigned int", 4, 0);
	c->u64 = btf__add_int(c->btf, "long unsigned int", pointer, 0);
	c->list_ptr = btf__add_ptr(c->btf, c->u64 + 2);
	c->list = btf__add_struct(c->btf, "list_head", 2 * pointer);
	add_member(c, "next", c->list_ptr, 0, 0);
	add_member(c, "prev", c->list_ptr, 8 * pointer, 0);
	int counter = btf__add_struct(c->btf, NULL, 4);
	add_member(c, "counter", c->s32, 0, 0);
	c->atomic = btf__add_typedef(c->btf, "atomic_t", counter);
	c->chars = btf__add_array(c->btf, c->u32, c->ch, 16);
	c->longs = btf__add_array(c->btf, c->u32, c->u64, 5);
}

/* A task of a kernel that never was: 64-bit, two nameless unions in each other, bit
 * fields, a qualified type, an array of structures. */
static inline void compose_task(struct composed *c)
{
	int inner = btf__add_struct(c->btf, NULL, 16);
	add_member(c, "rcu_users", c->atomic, 0, 0);
	add_member(c, "tgid", c->s32, 32, 0);
	add_member(c, "flags", c->u32, 64, 0);
	int deep = btf__add_union(c->btf, NULL, 16);
	add_member(c, NULL, inner, 0, 0);
	add_member(c, "raw", c->u64, 0, 0);
	int constant = btf__add_const(c->btf, btf__add_volatile(c->btf, c->s32));
	int lists = btf__add_array(c->btf, c->u32, c->list, 3);
	btf__add_struct(c->btf, "task_struct", 0);	/* as a mere promise has it */
	btf__add_struct(c->btf, "task_struct", 192);
	add_member(c, "__state", c->u32, 0, 0);
	add_member(c, "in_execve", c->u32, 32 + 3, 1);
	add_member(c, "prio3", c->s32, 32 + 4, 3);
	add_member(c, "pid", constant, 64, 0);
	add_member(c, NULL, deep, 128, 0);
	add_member(c, "tasks", c->list, 256, 0);
	add_member(c, "comm", c->chars, 384, 0);
	add_member(c, "children", lists, 512, 0);
	add_member(c, "rlim", c->longs, 1024, 0);
	btf__add_enum(c->btf, "zone_stat_item", 4);
	btf__add_enum_value(c->btf, "NR_FREE_PAGES", 0);
	btf__add_enum_value(c->btf, "NR_MLOCK", 7);
	btf__add_enum(c->btf, NULL, 4);
	btf__add_enum_value(c->btf, "MMF_NONE", -1);
	btf__add_enum64(c->btf, "wide", 8, false);
	btf__add_enum64_value(c->btf, "WIDE", UINT64_C(0x123456789a));
}

#endif
